"""Stories with mouse and keys: a signal, pooling compared, a kernel turned, a shift."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from explorer.document.view import Unit
from explorer.engine.layer import layer_of
from explorer.engine.network import Network, Node
from explorer.ui.panels.pooling import PoolingPanel
from explorer.ui.panels.shift import WHOLE, ShiftPanel
from explorer.ui.panels.signal import SignalPanel
from explorer.ui.panels.turned import TurnedPanel
from explorer.ui.signal_settings import ROW, TYPED
from explorer.ui.window import Window
from explorer.ui.workspace import Workspace
from tests.stories.comparing import Button, Key, Open, drag, move, type_into
from tests.ui.conftest import answer, show_picture

# ---- A5: one dimension -----------------------------------------------------------------------------------------------


def test_minus_one_one_on_a_step_shows_the_rate_of_change(open_panel: Open) -> None:
    panel: SignalPanel = open_panel("signal")
    assert panel.kernel_field.text() == "-1 1"
    assert panel.correlation is not None
    assert np.flatnonzero(panel.correlation.result).tolist() == [11]
    assert panel.result_field.text().split()[11] == "1"


def test_pointing_at_an_output_shows_its_products_and_their_sum(open_panel: Open) -> None:
    panel: SignalPanel = open_panel("signal")
    move(panel.plot, panel.plot.places.point_of(11))
    assert panel.formula.text() == "Output 11:   0·(-1) + 1·1 = 1"


def test_a_click_pins_an_output_and_the_arrows_walk_on(open_panel: Open, qtbot: QtBot) -> None:
    panel: SignalPanel = open_panel("signal")
    qtbot.mouseClick(panel.plot, Button.LeftButton, pos=panel.plot.places.point_of(4).toPoint())
    qtbot.keyClick(panel.plot, Key.Key_Right)
    assert panel.plot.pinned == 5
    qtbot.keyClick(panel.plot, Key.Key_Escape)
    assert panel.plot.output is None


def test_a_signal_is_drawn_with_the_mouse(open_panel: Open, qtbot: QtBot) -> None:
    panel: SignalPanel = open_panel("signal")
    area = panel.plot.places.areas()[0]
    start, end = (QPointF(panel.plot.places.x_of(at), area.top() + 4) for at in (2, 6))
    drag(qtbot, panel.plot, start, end)
    assert panel.settings.source == TYPED
    drawn = [float(text) for text in panel.signal_field.text().split()]
    assert min(drawn[2:7]) > 0.9
    assert drawn[0] == drawn[8] == 0


def test_a_row_of_the_image_follows_the_camera(open_panel: Open, workspace: Workspace) -> None:
    panel: SignalPanel = open_panel("signal")
    panel.form.fields["source"].box.setCurrentText(ROW)
    assert panel.correlation is not None
    before = panel.correlation.signal
    show_picture(workspace, brightness=51)
    assert len(panel.correlation.signal) == 160
    assert not np.array_equal(panel.correlation.signal, before)
    assert np.allclose(panel.correlation.signal, 0.2, atol=0.01)


def test_the_slider_goes_through_the_rows_of_the_image(
    open_panel: Open, workspace: Workspace, qtbot: QtBot
) -> None:
    panel: SignalPanel = open_panel("signal")
    panel.form.fields["source"].box.setCurrentText(ROW)
    slider = panel.form.fields["place"].slider
    assert slider is not None
    qtbot.keyClick(slider, Key.Key_Home)
    assert workspace.answer is not None
    assert panel.correlation is not None
    assert np.array_equal(panel.correlation.signal, workspace.answer.trace.image[0, 0, 0])
    assert panel.headline.startswith("row 0 of the image")
    qtbot.keyClick(slider, Key.Key_End)
    assert np.array_equal(panel.correlation.signal, workspace.answer.trace.image[0, 0, 159])


def test_a_number_that_cannot_be_read_is_one_sentence(open_panel: Open, qtbot: QtBot) -> None:
    panel: SignalPanel = open_panel("signal")
    type_into(qtbot, panel.signal_field, "0 1 x")
    assert panel.plot.correlation is None
    assert "number 3" in panel.plot.accessibleDescription()
    type_into(qtbot, panel.signal_field, "0 1 2")
    assert panel.plot.correlation is not None


# ---- A6 and A7: side by side -----------------------------------------------------------------------------------------


def test_six_ways_of_pooling_stand_beside_the_map(open_panel: Open, qtbot: QtBot) -> None:
    panel: PoolingPanel = open_panel("pooling")
    qtbot.waitUntil(lambda: len(panel.strip.maps) == 7)
    titles = [one.title for one in panel.strip.maps]
    assert titles == ["conv1:2", "Max", "Average", "Min", "L2", "Weighted", "Strided"]
    pinned = panel.strip.maps[0].values
    assert np.allclose(panel.strip.maps[1].values, pinned.reshape(80, 2, 80, 2).max(axis=(1, 3)))
    assert all("edges" in one.note and "peak" in one.note for one in panel.strip.maps[1:])


def test_another_window_is_pooled_at_once(open_panel: Open, qtbot: QtBot) -> None:
    panel: PoolingPanel = open_panel("pooling")
    qtbot.waitUntil(lambda: len(panel.strip.maps) == 7)
    type_into(qtbot, panel.form.fields["window"].boxes[0], "4")
    type_into(qtbot, panel.form.fields["stride"].boxes[0], "4")
    qtbot.waitUntil(lambda: panel.strip.maps[1].values.shape == (40, 40))


def test_pointing_at_one_map_tells_the_value_in_all(open_panel: Open, qtbot: QtBot) -> None:
    panel: PoolingPanel = open_panel("pooling")
    qtbot.waitUntil(lambda: len(panel.strip.maps) == 7)
    spots: list[object] = []
    panel.strip.pointed.connect(spots.append)
    picture = panel.strip.picture_rect(1)
    move(panel.strip, picture.topLeft() + QPointF(picture.width(), picture.height()) * 40.5 / 80)
    assert spots[-1] == (1, 40, 40)
    panel.strip.setFocus()
    qtbot.keyClick(panel.strip, Key.Key_Right)
    assert spots[-1] == (0, 81, 82)


def test_a_kernel_and_the_same_turned_give_other_maps(open_panel: Open, qtbot: QtBot) -> None:
    panel: TurnedPanel = open_panel("turned")
    qtbot.waitUntil(lambda: len(panel.strip.maps) == 6)
    kernel, turned, _, correlation, convolution, difference = (one.values for one in panel.strip.maps)
    assert np.array_equal(turned, kernel[::-1, ::-1])
    assert np.allclose(difference, convolution - correlation, atol=1e-4)
    assert np.abs(difference).max() > 0.1


def test_a_symmetric_kernel_is_told_to_be_one(open_panel: Open, qtbot: QtBot) -> None:
    panel: TurnedPanel = open_panel("turned")
    type_into(qtbot, panel.typed, "1 2; 2 1")
    qtbot.waitUntil(lambda: "the same when turned" in panel.headline)


def test_a_kernel_with_rows_of_two_lengths_is_refused(open_panel: Open, qtbot: QtBot) -> None:
    panel: TurnedPanel = open_panel("turned")
    type_into(qtbot, panel.typed, "1 2; 3")
    assert "Row 2 has 1 number" in panel.strip.sentence


# ---- A8: the shift meter ---------------------------------------------------------------------------------------------


def test_a_stride_of_two_keeps_up_with_every_second_shift(
    open_panel: Open, workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.view.select(Unit("pool1", 2))
    answer(workspace)
    panel: ShiftPanel = open_panel("shift")
    qtbot.waitUntil(lambda: len(panel.plot.errors) == 9)
    errors = panel.plot.errors
    assert all(errors[even] < 1e-5 for even in (0, 2, 4, 6, 8))
    assert all(errors[odd] > 0.05 for odd in (1, 3, 5, 7))
    assert "only by multiples of 2" in panel.sentence.text()


def test_dragging_the_picture_shifts_the_input(open_panel: Open, workspace: Workspace, qtbot: QtBot) -> None:
    panel: ShiftPanel = open_panel("shift")
    qtbot.waitUntil(lambda: len(panel.strip.maps) == 4)
    picture = panel.strip.picture_rect(0)
    pixel = picture.width() / 160
    drag(qtbot, panel.strip, picture.center(), picture.center() + QPointF(20 * pixel, -10 * pixel))
    assert abs(panel.settings.right - 21) <= 2  # it was 1 before
    assert abs(panel.settings.down + 10) <= 2
    qtbot.waitUntil(lambda: f"{panel.settings.right} px right" in panel.headline)


def test_a_click_on_the_curve_sets_the_shift(open_panel: Open, qtbot: QtBot) -> None:
    panel: ShiftPanel = open_panel("shift")
    qtbot.waitUntil(lambda: len(panel.plot.errors) == 9)
    qtbot.mouseClick(panel.plot, Button.LeftButton, pos=panel.plot.point_of(4).toPoint())
    assert panel.settings.right == 4


def test_the_prediction_shows_what_went_elsewhere(open_panel: Open, qtbot: QtBot) -> None:
    panel: ShiftPanel = open_panel("shift")
    panel.form.fields["of"].box.setCurrentText(WHOLE)
    qtbot.waitUntil(lambda: "invariance" in panel.sentence.text())
    assert panel.pages.currentIndex() == 1
    assert panel.headline.startswith("average · ")


def test_the_bars_of_a_prediction_have_the_names_of_its_classes(
    open_panel: Open, workspace: Workspace, qtbot: QtBot
) -> None:
    classes = [f"kind {number}" for number in range(32)]
    document = workspace.document
    nodes = (*document.network.nodes, Node("answer", layer_of("flatten", {}), ("average",)))
    document.start_over(Network(nodes).fitted().with_classes(classes), document.preparation)
    answer(workspace)
    panel: ShiftPanel = open_panel("shift")
    panel.form.fields["of"].box.setCurrentText(WHOLE)
    qtbot.waitUntil(lambda: "invariance" in panel.sentence.text())
    assert panel.bars.names == tuple(classes)


def test_a_shift_as_large_as_the_image_is_refused_below_its_field(open_panel: Open, qtbot: QtBot) -> None:
    panel: ShiftPanel = open_panel("shift")
    type_into(qtbot, panel.form.fields["right"].box, "160")
    assert "The image has 160 px" in panel.form.sentence("right")
    assert panel.settings.right == 1


def test_every_panel_is_in_the_menu_and_closed_at_first(window: Window, workspace: Workspace) -> None:
    for name in ("signal", "pooling", "turned", "shift", "gradient", "patch"):
        assert not window.is_shown(name)
        assert window.docks[name].kind.help

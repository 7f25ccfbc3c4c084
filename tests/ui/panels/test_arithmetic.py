"""The arithmetic panel: what is pointed at is explained, a click pins it, keys move it, and the maps show its field."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.document.view import Unit
from explorer.engine.arithmetic.receptive_field import receptive_field
from explorer.engine.layer import layer_of
from explorer.engine.network import Network, Node
from explorer.engine.presets.networks import build_network
from explorer.ui import pixel_arithmetic
from explorer.ui.panels.arithmetic import ArithmeticPanel, field_text
from explorer.ui.panels.maps import MapsPanel
from explorer.ui.panels.unit import UnitPanel
from explorer.ui.pixel_arithmetic import HINT
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.window import Window
from explorer.ui.workspace import Workspace
from tests.ui.conftest import Said, answer, show_picture

Key = Qt.Key


@pytest.fixture
def panel(window: Window, workspace: Workspace, qtbot: QtBot) -> ArithmeticPanel:
    """The panel in the whole window, in front of the summary, with conv1:2 pinned."""
    workspace.view.select(Unit("conv1", 2))
    answer(workspace)
    window.set_shown("arithmetic", True)
    panel = window.panel("arithmetic")
    assert isinstance(panel, ArithmeticPanel)
    qtbot.waitUntil(lambda: not panel.visibleRegion().isEmpty())
    return panel


@pytest.fixture
def unit_panel(window: Window) -> UnitPanel:
    panel = window.panel("unit")
    assert isinstance(panel, UnitPanel)
    return panel


@pytest.fixture
def maps(window: Window, workspace: Workspace) -> MapsPanel:
    panel = window.panel("maps")
    assert isinstance(panel, MapsPanel)
    panel.flow.ask_now()
    answer(workspace)
    return panel


def move(widget: QWidget, at: QPointF) -> None:
    none = Qt.MouseButton.NoButton
    where = widget.mapToGlobal(at)
    event = QMouseEvent(QEvent.Type.MouseMove, at, where, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def place(panel: UnitPanel, row: int, column: int) -> QPointF:
    """The middle of a pixel of the large map, which has 160 x 160."""
    target = panel.map_view.target()
    side = target.width() / 160
    return target.topLeft() + QPointF((column + 0.5) * side, (row + 0.5) * side)


def pin(workspace: Workspace, panel: ArithmeticPanel, unit: Unit, pixel: tuple[int, int] | None) -> None:
    workspace.view.select(unit)
    workspace.view.pin_pixel(pixel)
    panel.refresh()


def value(workspace: Workspace, node: str, *unit: int) -> float:
    assert workspace.answer is not None
    return float(workspace.answer.trace.activations[node][0][unit])


def shown(panel: ArithmeticPanel) -> str:
    explanation = panel.view.explanation
    return explanation.name if explanation is not None else ""


def test_without_a_pixel_it_says_what_to_do(panel: ArithmeticPanel) -> None:
    panel.refresh()
    assert panel.view.explanation is None
    assert panel.view._sentence == HINT
    assert panel.headline == ""


def test_pointing_previews_and_leaving_goes_back(
    panel: ArithmeticPanel, unit_panel: UnitPanel, qtbot: QtBot
) -> None:
    move(unit_panel.map_view, place(unit_panel, 30, 40))
    qtbot.waitUntil(lambda: shown(panel) == "conv1:2 (30, 40)")
    assert "pinned" not in panel.headline
    QApplication.sendEvent(unit_panel.map_view, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: shown(panel) == "")


def test_a_click_on_the_large_map_pins(
    panel: ArithmeticPanel, unit_panel: UnitPanel, workspace: Workspace, qtbot: QtBot
) -> None:
    at = place(unit_panel, 64, 81).toPoint()
    qtbot.mouseClick(unit_panel.map_view, Qt.MouseButton.LeftButton, pos=at)
    row, column = workspace.view.pixel or (-1, -1)
    assert abs(row - 64) <= 1
    assert abs(column - 81) <= 1
    QApplication.sendEvent(unit_panel.map_view, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: ", pinned" in panel.headline)
    assert panel.headline.startswith(f"conv1:2 at ({row}, {column}) = ")
    assert unit_panel.map_view.pinned == (column, row)


def test_the_shown_total_is_the_engines_value(panel: ArithmeticPanel, workspace: Workspace) -> None:
    pin(workspace, panel, Unit("conv2", 5), (7, 9))
    assert panel.view.explanation is not None
    assert panel.view.explanation.total == pytest.approx(value(workspace, "conv2", 5, 7, 9), abs=1e-5)


def test_a_tile_of_the_maps_is_pointed_at_and_pinned(
    panel: ArithmeticPanel, maps: MapsPanel, workspace: Workspace, qtbot: QtBot
) -> None:
    tile, cell = maps.flow.find(Unit("relu1", 3))
    assert tile is not None
    assert cell is not None
    at = tile.tile(cell).center()
    move(maps.flow, at)
    qtbot.waitUntil(lambda: shown(panel).startswith("relu1:3 ("))
    qtbot.mouseClick(maps.flow, Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert workspace.view.selection == Unit("relu1", 3)
    row, column = workspace.view.pixel or (-1, -1)
    assert 60 < row < 100
    assert 60 < column < 100


def test_arrows_move_the_pixel_and_stop_at_the_border(
    panel: ArithmeticPanel, workspace: Workspace, qtbot: QtBot
) -> None:
    pin(workspace, panel, Unit("conv1", 2), (1, 1))
    qtbot.keyClick(panel, Key.Key_Right)
    qtbot.keyClick(panel, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert workspace.view.pixel == (11, 2)
    for _ in range(5):
        qtbot.keyClick(panel, Key.Key_Left)
    assert workspace.view.pixel == (11, 0)
    qtbot.waitUntil(lambda: shown(panel) == "conv1:2 (11, 0)")


def test_arrows_move_through_a_list(panel: ArithmeticPanel, workspace: Workspace, qtbot: QtBot) -> None:
    workspace.document.start_over(build_network("lenet-5"), workspace.document.preparation)
    answer(workspace)
    pin(workspace, panel, Unit("softmax", 3), None)
    assert shown(panel) == "softmax:3"
    qtbot.keyClick(panel, Key.Key_Right)
    qtbot.waitUntil(lambda: shown(panel) == "softmax:4")


def test_escape_lets_the_pixel_go(panel: ArithmeticPanel, workspace: Workspace, qtbot: QtBot) -> None:
    pin(workspace, panel, Unit("conv1", 2), (5, 5))
    qtbot.keyClick(panel, Key.Key_Escape)
    assert workspace.view.pixel is None
    assert workspace.view.selection == Unit("conv1", 2)
    qtbot.waitUntil(lambda: shown(panel) == "")


def test_a_new_frame_is_explained_when_the_one_before_could_be_read(
    panel: ArithmeticPanel, workspace: Workspace, qtbot: QtBot
) -> None:
    pin(workspace, panel, Unit("conv1", 0), (80, 80))
    before = panel.view.explanation
    show_picture(workspace, brightness=200)
    qtbot.waitUntil(lambda: panel.view.explanation is not before)
    after = panel.view.explanation
    assert before is not None
    assert after is not None
    assert after.value == value(workspace, "conv1", 0, 80, 80) != before.value


def test_behind_a_tab_nothing_is_explained(
    panel: ArithmeticPanel, window: Window, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    pin(workspace, panel, Unit("conv1", 0), (80, 80))
    window.set_shown("summary", True)

    def refuse(*_: object) -> None:
        raise AssertionError("nobody sees it")

    monkeypatch.setattr(pixel_arithmetic, "explain", refuse)
    show_picture(workspace, brightness=200)
    workspace.view.pin_pixel((3, 3))
    QApplication.processEvents()
    assert workspace.view.field is not None  # what the pinned pixel sees is shown all the same
    assert workspace.view.field.unit == (0, 3, 3)


def test_in_front_again_it_is_up_to_date(
    panel: ArithmeticPanel, window: Window, workspace: Workspace, qtbot: QtBot
) -> None:
    window.set_shown("summary", True)
    workspace.view.pin_pixel((3, 4))
    window.set_shown("arithmetic", True)
    qtbot.waitUntil(lambda: shown(panel) == "conv1:2 (3, 4)")


def test_a_node_that_is_gone_is_let_go(panel: ArithmeticPanel, workspace: Workspace) -> None:
    pin(workspace, panel, Unit("conv2", 3), (5, 5))
    workspace.document.start_over(build_network("one-filter"), workspace.document.preparation)
    answer(workspace)
    panel.refresh()
    assert panel.view.explanation is None


def test_a_node_that_cannot_run_says_why(panel: ArithmeticPanel, workspace: Workspace) -> None:
    image = Node("image", layer_of("input", {"channels": 3, "height": 8, "width": 8}))
    small = Node("pool", layer_of("max_pool", {"window": (20, 20)}), ("image",))
    workspace.document.start_over(Network((image, small)), workspace.document.preparation)
    answer(workspace)
    pin(workspace, panel, Unit("pool", 0), (0, 0))
    assert "pool" in panel.view._sentence
    assert panel.view._sentence != HINT


def test_a_map_of_one_pixel_needs_no_pointing(panel: ArithmeticPanel, workspace: Workspace) -> None:
    pin(workspace, panel, Unit("average", 3), None)
    assert shown(panel) == "average:3 (0, 0)"


def test_the_image_tells_its_numbers(panel: ArithmeticPanel, workspace: Workspace) -> None:
    pin(workspace, panel, Unit("image"), (0, 159))
    assert panel.view._sentence.startswith("image at (0, 159) is given: ")


def test_a_large_explanation_is_made_in_a_thread(
    panel: ArithmeticPanel, workspace: Workspace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pixel_arithmetic, "MOST_NUMBERS", 4)
    pin(workspace, panel, Unit("conv1", 2), (5, 5))
    workspace.view.pin_pixel((6, 6))
    workspace.view.pin_pixel((7, 7))

    def fetched() -> bool:
        workspace.clock.tick()
        return shown(panel) == "conv1:2 (7, 7)"

    qtbot.waitUntil(fetched)
    assert workspace.errands.under_way == []


def test_double_clicking_a_number_leads_back_towards_the_image(
    panel: ArithmeticPanel, workspace: Workspace, qtbot: QtBot
) -> None:
    pin(workspace, panel, Unit("pool1", 2), (4, 4))
    box = panel.view.box_of("patch", (1, 1))
    assert box is not None
    at = (box.rect.center() + QPointF(4, 4)).toPoint()
    move(panel.view, QPointF(at))
    qtbot.mouseDClick(panel.view, Qt.MouseButton.LeftButton, pos=at)
    assert workspace.view.selection == Unit("relu1", 2)
    assert workspace.view.pixel == (9, 9)


def test_ctrl_c_copies_the_line(
    panel: ArithmeticPanel, workspace: Workspace, said: Said, qtbot: QtBot
) -> None:
    pin(workspace, panel, Unit("conv1", 2), (5, 5))
    qtbot.keyClick(panel, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    line = QApplication.clipboard().text()
    assert " + " in line
    assert float(line.rsplit("= ", 1)[1]) == pytest.approx(value(workspace, "conv1", 2, 5, 5), abs=1e-4)
    assert said[-1] == ("Copied the arithmetic.", "note")


# ---- the receptive field -----------------------------------------------------------------------------------------


def test_the_field_is_told_in_numbers(panel: ArithmeticPanel, workspace: Workspace) -> None:
    pin(workspace, panel, Unit("conv1", 2), (64, 81))
    assert "sees 3 × 3 px, step 1 × 1: rows 63…65, columns 80…82" in panel.headline


def test_a_flattened_value_sees_a_part_of_the_image_and_no_more() -> None:
    nodes = (
        Node("image", layer_of("input", {"channels": 1, "height": 6, "width": 6})),
        Node("pool", layer_of("max_pool", {}), ("image",)),
        Node("flat", layer_of("flatten", {}), ("pool",)),
        Node("dense", layer_of("dense", {}), ("flat",)),
    )
    network = Network(nodes).fitted()
    assert field_text(receptive_field(network, "flat", (4,))) == "sees 2 × 2 px: rows 2…3, columns 2…3"
    assert field_text(receptive_field(network, "dense", (4,))).startswith("sees the whole image: rows 0…5")


def test_a_rule_that_is_too_long_ends_in_dots(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.setText("y = Σ patch · kernel + bias, and a sentence about what is special in this place")
    label.resize(120, 20)
    assert label.drawn.startswith("y = Σ")
    assert label.drawn.endswith("…")
    assert label.fontMetrics().horizontalAdvance(label.drawn) <= 120
    label.resize(2000, 20)
    assert label.drawn == label.text()


def test_the_maps_show_the_field_and_veil_the_rest(
    panel: ArithmeticPanel, maps: MapsPanel, workspace: Workspace
) -> None:
    before = maps.flow.grab().toImage()
    pin(workspace, panel, Unit("conv2", 2), (40, 40))
    assert maps.flow.field is not None
    assert set(maps.flow.field.regions) == {"image", "conv1", "relu1", "pool1", "conv2"}
    tile, cell = maps.flow.find(Unit("pool1", 0))
    assert tile is not None
    assert cell is not None
    corner = tile.tile(cell).topLeft().toPoint() + QPointF(2, 2).toPoint()
    after = maps.flow.grab().toImage()
    assert after.pixelColor(corner) != before.pixelColor(corner)


def test_layers_behind_the_unit_keep_their_colours(
    panel: ArithmeticPanel, maps: MapsPanel, workspace: Workspace
) -> None:
    tile, cell = maps.flow.find(Unit("conv3", 0))
    assert tile is not None
    assert cell is not None
    area = tile.tile(cell).adjusted(2, 2, -3, -3).toRect()
    before = maps.flow.grab(area).toImage()
    pin(workspace, panel, Unit("conv2", 2), (40, 40))
    assert maps.flow.grab(area).toImage() == before


def test_the_button_takes_the_veil_away(panel: ArithmeticPanel, workspace: Workspace, qtbot: QtBot) -> None:
    pin(workspace, panel, Unit("conv2", 2), (40, 40))
    assert workspace.view.field is not None
    qtbot.mouseClick(panel.field_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: workspace.view.field is None)


def test_letting_the_pixel_go_takes_the_veil_away(panel: ArithmeticPanel, workspace: Workspace) -> None:
    pin(workspace, panel, Unit("conv2", 2), (40, 40))
    workspace.view.pin_pixel(None)
    QApplication.processEvents()
    assert workspace.view.field is None


def test_the_panel_follows_the_theme(panel: ArithmeticPanel, workspace: Workspace, window: Window) -> None:
    pin(workspace, panel, Unit("conv1", 2), (40, 40))
    dark = panel.view.grab().toImage()
    window.set_scheme("light")
    light = panel.view.grab().toImage()
    assert np.mean(light.constBits()) > np.mean(dark.constBits())


def test_the_maps_are_painted_before_the_arithmetic_is_laid_out(
    panel: ArithmeticPanel,
    maps: MapsPanel,
    workspace: Workspace,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order: list[str] = []
    paint, show = maps.flow._painter.paint, panel.view.show_explanation
    monkeypatch.setattr(maps.flow._painter, "paint", lambda stage: (order.append("maps"), paint(stage)))
    monkeypatch.setattr(
        panel.view, "show_explanation", lambda *found: (order.append("arithmetic"), show(*found))
    )
    workspace.view.pin_pixel((30, 40))
    qtbot.waitUntil(lambda: "arithmetic" in order)
    assert order[0] == "maps"


def test_what_is_copied_is_what_is_pointed_at_though_it_was_not_shown_yet(
    panel: ArithmeticPanel, workspace: Workspace
) -> None:
    pin(workspace, panel, Unit("conv1", 2), (5, 5))
    workspace.view.pin_pixel((7, 9))
    panel.arithmetic.refresh()
    panel.copy_formula()
    line = QApplication.clipboard().text()
    assert float(line.rsplit("= ", 1)[1]) == pytest.approx(value(workspace, "conv1", 2, 7, 9), abs=1e-4)

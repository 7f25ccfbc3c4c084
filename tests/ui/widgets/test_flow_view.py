"""The flow view under mouse and keys: hover, pin, open, back, zoom, walk."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.document.edits import remove
from explorer.document.view import Unit
from explorer.ui.widgets.flow_pointing import card_lines
from explorer.ui.widgets.flow_scene import NETWORK
from tests.ui.widgets.flow_in_use import Shown, network

Key = Qt.Key


class Painted(QObject):
    """How often a widget was painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.Paint
        return False

    def times(self) -> int:
        """When all that was asked for is painted."""
        QApplication.processEvents()
        return self.count


@pytest.fixture
def shown(qtbot: QtBot, dark: None) -> Shown:
    return Shown(qtbot, network())


# ---- pointing -----------------------------------------------------------------------------------------------------


def test_pointing_at_a_tile_previews_the_unit(shown: Shown) -> None:
    shown.move(shown.middle("conv1:3"))
    assert shown.pointed == [Unit("conv1", 3)]
    shown.move(QPointF(2, 2))
    assert shown.pointed == [Unit("conv1", 3), None]


def test_the_card_tells_the_value_under_the_pointer(shown: Shown) -> None:
    shown.move(shown.middle("conv1:3"))
    spot = shown.view.spot
    assert spot is not None
    x, y = spot.pixel
    value = float(shown.trace.activations["conv1"][0, 3, y, x])
    texts = [text for _, text in card_lines(shown.view, spot)]
    assert texts[0] == "conv1:3"
    assert texts[1].endswith(f"at ({y}, {x})")
    assert float(texts[1].split()[0].replace("−", "-")) == pytest.approx(value, rel=0.05, abs=1e-3)


def test_pointing_changes_the_picture_on_screen(shown: Shown) -> None:
    before = shown.view.grab().toImage()
    shown.move(shown.middle("conv1:3"))
    assert shown.view.grab().toImage() != before


def test_leaving_the_view_ends_the_preview(shown: Shown) -> None:
    shown.move(shown.middle("conv1:3"))
    QApplication.sendEvent(shown.view, QEvent(QEvent.Type.Leave))
    assert shown.pointed[-1] is None


# ---- clicking -----------------------------------------------------------------------------------------------------


def test_a_click_on_a_tile_pins_the_unit(shown: Shown) -> None:
    shown.click(shown.middle("relu1:5"))
    assert shown.chosen == [Unit("relu1", 5)]
    assert shown.view.selection == Unit("relu1", 5)


def test_a_click_on_a_title_pins_the_layer(shown: Shown) -> None:
    shown.click(shown.middle("conv1"))
    assert shown.chosen == [Unit("conv1")]


def test_a_click_on_a_bar_pins_the_feature(shown: Shown) -> None:
    shown.click(shown.middle("softmax:2"))
    assert shown.chosen == [Unit("softmax", 2)]


def test_a_click_on_nothing_unpins(shown: Shown) -> None:
    shown.click(shown.middle("conv1:3"))
    shown.click(QPointF(3, 3))
    assert shown.chosen[-1] is None


def test_a_drag_moves_the_scene_and_pins_nothing(shown: Shown) -> None:
    start = shown.middle("conv1:3")
    under = shown.view.camera.to_scene(start.x(), start.y())
    shown.drag(start, start + QPointF(60, 40))
    assert shown.view.camera.to_scene(start.x() + 60, start.y() + 40) == pytest.approx(under)
    assert shown.chosen == []


# ---- levels -------------------------------------------------------------------------------------------------------


def test_a_double_click_on_a_title_opens_the_layer_and_esc_leads_back(shown: Shown, qtbot: QtBot) -> None:
    shown.double_click(shown.middle("conv1"))
    assert shown.view.level == Unit("conv1")
    assert {tiles.node for tiles in shown.tiles} == {"conv1"}
    qtbot.keyClick(shown.view, Key.Key_Escape)
    assert shown.view.level == NETWORK


def test_layer_then_unit_then_back_step_by_step(shown: Shown, qtbot: QtBot) -> None:
    shown.double_click(shown.middle("conv1"))
    shown.double_click(shown.middle("conv1:6"))
    assert shown.view.level == Unit("conv1", 6)
    assert shown.tiles[0].only == 6
    qtbot.keyClick(shown.view, Key.Key_Escape)
    shown.answer()
    assert shown.view.level == Unit("conv1")
    shown.click(QPointF(3, 300))
    assert shown.view.level == NETWORK


def test_a_unit_opened_from_the_network_leads_back_to_the_network(shown: Shown, qtbot: QtBot) -> None:
    shown.double_click(shown.middle("relu1:2"))
    assert shown.view.level == Unit("relu1", 2)
    qtbot.keyClick(shown.view, Key.Key_Escape)
    assert shown.view.level == NETWORK


def test_coming_back_one_is_where_one_was(shown: Shown, qtbot: QtBot) -> None:
    shown.view.zoom(2.0, QPointF(300, 200))
    shown.answer()
    camera = shown.view.camera
    shown.view.open(Unit("conv1", 1))
    shown.answer()
    qtbot.keyClick(shown.view, Key.Key_Escape)
    shown.answer()
    assert shown.view.camera == camera


def test_the_passage_is_drawn_at_every_moment(shown: Shown) -> None:
    shown.view.open(Unit("conv1"))
    for share in (0.0, 0.4, 0.9):
        shown.view.share = share
        shown.view.repaint()
    shown.view.open(NETWORK)
    shown.view.share = 0.5
    shown.view.repaint()
    shown.view.finish_motion()
    assert shown.view.is_still


def test_a_layer_that_goes_while_one_passes_by_it_is_drawn_no_more(shown: Shown) -> None:
    shown.view.open(Unit("conv1"))
    shown.view.share = 0.4
    network = shown.view.scene.network
    shown.view.set_network(remove(network.nodes[-1].name)(network))
    shown.view.repaint()  # a fault in painting fails the test
    assert shown.view.passage is None


def test_z_shows_the_pinned_unit_large_and_again_leads_back(shown: Shown, qtbot: QtBot) -> None:
    shown.click(shown.middle("conv1:3"))
    qtbot.keyClick(shown.view, Key.Key_Z)
    assert shown.view.level == Unit("conv1", 3)
    qtbot.keyClick(shown.view, Key.Key_Z)
    assert shown.view.level == NETWORK


def test_enter_opens_what_is_pinned(shown: Shown, qtbot: QtBot) -> None:
    shown.click(shown.middle("pool1"))
    qtbot.keyClick(shown.view, Key.Key_Return)
    assert shown.view.level == Unit("pool1")


# ---- zoom ---------------------------------------------------------------------------------------------------------


def test_the_wheel_keeps_what_is_under_the_pointer(shown: Shown) -> None:
    at = shown.middle("conv1:3")
    before = shown.view.camera.to_scene(at.x(), at.y())
    shown.wheel(at, 2)
    shown.wheel(at, 1)
    shown.view.finish_motion()
    assert shown.view.camera.scale > 1.5
    assert shown.view.camera.to_scene(at.x(), at.y()) == pytest.approx(before)


def test_while_zooming_the_old_pictures_are_shown_at_once(shown: Shown) -> None:
    before = shown.view.grab().toImage()
    shown.wheel(shown.middle("conv1:3"), 5)
    shown.view.finish_motion()
    assert shown.view.grab().toImage() != before  # without a new answer


def test_a_double_click_on_the_ground_fits_everything_again(shown: Shown) -> None:
    fitted = shown.view.camera
    shown.wheel(shown.middle("conv1:3"), -6)
    shown.view.finish_motion()
    assert shown.view.camera != fitted
    shown.double_click(QPointF(2, 2))
    assert shown.view.camera == fitted


def test_other_numbers_alone_are_painted_once_with_their_maps(shown: Shown) -> None:
    painted = Painted(shown.view)
    before = network()
    shown.set_network(before)
    painted.count = 0
    kernel = before["conv1"].parameters["kernel"]

    shown.view.set_network(before.with_parameters({"conv1": {"kernel": kernel + 1}}))
    assert painted.times() == 0, "the maps are still those of before"
    shown.answer()
    assert painted.times() == 1
    shown.view.set_network(before)
    shown.view.set_network(network(filters=4))
    assert painted.times() == 2, "other layers are drawn before they are evaluated"


def test_resizing_keeps_everything_in_view(shown: Shown) -> None:
    shown.view.resize(600, 400)
    layout = shown.view.layout_now
    right, bottom = shown.view.camera.to_screen(layout.width, layout.height)
    assert right <= 601
    assert bottom <= 401


# ---- keys ---------------------------------------------------------------------------------------------------------


def test_arrows_walk_from_tile_to_tile(shown: Shown, qtbot: QtBot) -> None:
    shown.click(shown.middle("conv1:0"))
    block = next(shown.view.layout_now.of("conv1"))
    qtbot.keyClick(shown.view, Key.Key_Down)
    assert shown.view.selection == Unit("conv1", block.columns)
    qtbot.keyClick(shown.view, Key.Key_Up)
    assert shown.view.selection == Unit("conv1", 0)


def test_walking_ends_the_preview_under_a_resting_pointer(shown: Shown, qtbot: QtBot) -> None:
    shown.move(shown.middle("conv1:0"))
    shown.click(shown.middle("conv1:0"))
    qtbot.keyClick(shown.view, Key.Key_Down)
    assert shown.pointed[-1] is None
    assert shown.view.spot is None


def test_shift_goes_further_and_home_and_end_to_the_ends(shown: Shown, qtbot: QtBot) -> None:
    shown.click(shown.middle("conv1:0"))
    block = next(shown.view.layout_now.of("conv1"))
    qtbot.keyClick(shown.view, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert shown.view.selection == Unit("conv1", min(3, block.rows - 1) * block.columns)
    qtbot.keyClick(shown.view, Key.Key_End)
    assert shown.view.selection == Unit("conv1", 7)
    qtbot.keyClick(shown.view, Key.Key_Home)
    assert shown.view.selection == Unit("conv1", 0)


def test_beyond_the_edge_of_a_layer_is_the_next_layer(shown: Shown, qtbot: QtBot) -> None:
    last = next(shown.view.layout_now.of("conv1")).columns - 1
    shown.click(shown.middle(f"conv1:{last}"))
    qtbot.keyClick(shown.view, Key.Key_Right)
    assert shown.view.selection == Unit("relu1", last)


def test_u_and_o_change_the_layer_and_keep_the_unit(shown: Shown, qtbot: QtBot) -> None:
    shown.click(shown.middle("relu1:5"))
    qtbot.keyClick(shown.view, Key.Key_O)
    assert shown.view.selection == Unit("pool1", 5)
    qtbot.keyClick(shown.view, Key.Key_U)
    qtbot.keyClick(shown.view, Key.Key_U)
    assert shown.view.selection == Unit("conv1", 5)


def test_walking_on_the_level_of_units_shows_the_next_unit(shown: Shown, qtbot: QtBot) -> None:
    shown.view.open(Unit("conv1", 3))
    shown.view.choose(Unit("conv1", 3))
    shown.answer()
    qtbot.keyClick(shown.view, Key.Key_Right)
    assert shown.view.level == Unit("conv1", 4)
    qtbot.keyClick(shown.view, Key.Key_O)
    assert shown.view.level == Unit("relu1", 4)


def test_the_first_arrow_begins_at_the_first_layer(shown: Shown, qtbot: QtBot) -> None:
    qtbot.keyClick(shown.view, Key.Key_Right)
    assert shown.view.selection == Unit("conv1", 0)


def test_walking_brings_the_unit_into_sight(shown: Shown, qtbot: QtBot) -> None:
    shown.click(shown.middle("conv1:0"))
    shown.view.zoom(6.0, shown.middle("conv1:0"))
    shown.answer()
    qtbot.keyClick(shown.view, Key.Key_End)
    shown.view.finish_motion()
    assert shown.view.rect().contains(shown.middle("conv1:7").toPoint())


def test_ctrl_c_copies_the_name(shown: Shown, qtbot: QtBot) -> None:
    shown.click(shown.middle("conv1:3"))
    qtbot.keyClick(shown.view, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "conv1:3"

"""The flow view under mouse and keys: hover, pin, open, back, zoom, walk, and what it asks for."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import explorer.engine.layers  # noqa: F401  - register
from explorer.document.view import Unit
from explorer.engine.evaluate import evaluate
from explorer.engine.layer import layer_of
from explorer.engine.network import Network, Node
from explorer.rendering.look import Look
from explorer.rendering.pictures import Painter, Tiles, Wanted
from explorer.ui.widgets import flow_painter
from explorer.ui.widgets.flow_pointing import card_lines
from explorer.ui.widgets.flow_scene import NETWORK
from explorer.ui.widgets.flow_view import FlowView

Key = Qt.Key


def network(filters: int = 8, size: int = 24) -> Network:
    return Network(
        (
            Node("input", layer_of("input", {"channels": 3, "height": size, "width": size})),
            Node("conv1", layer_of("conv2d", {"filters": filters}), ("input",)),
            Node("relu1", layer_of("relu", {}), ("conv1",)),
            Node("pool1", layer_of("max_pool", {}), ("relu1",)),
            Node("flatten", layer_of("flatten", {}), ("pool1",)),
            Node("dense", layer_of("dense", {"units": 5}), ("flatten",)),
            Node("softmax", layer_of("softmax", {}), ("dense",)),
        )
    ).fitted()


class Shown:
    """A view with the pictures that it asks for, made at once."""

    def __init__(self, qtbot: QtBot, net: Network, width: int = 900, height: int = 560) -> None:
        self.view = FlowView()
        qtbot.addWidget(self.view)
        self.painter = Painter()
        self.tiles: tuple[Tiles, ...] = ()
        self.chosen: list[Unit | None] = []
        self.pointed: list[Unit | None] = []
        self.view.wanted_changed.connect(self._take)
        self.view.chosen.connect(self.chosen.append)
        self.view.pointed.connect(self.pointed.append)
        self.view.resize(width, height)
        self.view.show()
        qtbot.waitExposed(self.view)
        self.image = np.random.default_rng(0).random((1, *net.input_shape), np.float32)
        self.set_network(net)

    def set_network(self, net: Network) -> None:
        self.view.set_network(net)
        self.trace = evaluate(
            net, self.image if net.input_shape == self.image.shape[1:] else self._image(net)
        )
        self.answer()

    def _image(self, net: Network) -> np.ndarray:
        return np.random.default_rng(0).random((1, *net.input_shape), np.float32)

    def _take(self, tiles: tuple[Tiles, ...]) -> None:
        self.tiles = tiles

    def answer(self) -> None:
        """Let the view ask for what it sees, and give it."""
        self.view.finish_motion()
        self.view.ask_now()
        self.view.show_answer(self.trace, self.painter.paint(self.trace, Wanted(self.tiles)))
        self.view.repaint()

    def middle(self, name: str) -> QPointF:
        """The middle of a unit's tile, or of a layer's title."""
        unit = Unit.parse(name)
        assert unit is not None
        place, cell = self.view.find(unit)
        assert place is not None
        if cell is None:
            return QPointF(place.x + place.width / 2, place.y - 10)
        return place.tile(cell).center()

    def move(self, at: QPointF, buttons: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
        self._mouse(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, buttons)

    def click(self, at: QPointF) -> None:
        self._mouse(QEvent.Type.MouseButtonPress, at, Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton)
        self._mouse(QEvent.Type.MouseButtonRelease, at, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton)

    def double_click(self, at: QPointF) -> None:
        self.click(at)
        self._mouse(QEvent.Type.MouseButtonDblClick, at, Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton)
        self._mouse(QEvent.Type.MouseButtonRelease, at, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton)
        self.answer()

    def drag(self, start: QPointF, end: QPointF) -> None:
        button = Qt.MouseButton.LeftButton
        self._mouse(QEvent.Type.MouseButtonPress, start, button, button)
        self.move(QPointF((start + end) / 2), button)
        self.move(end, button)
        self._mouse(QEvent.Type.MouseButtonRelease, end, button, Qt.MouseButton.NoButton)

    def wheel(self, at: QPointF, notches: float) -> None:
        view = self.view
        event = QWheelEvent(
            at, view.mapToGlobal(at), QPoint(), QPoint(0, round(notches * 120)), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(view, event)

    def _mouse(self, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, buttons: Qt.MouseButton) -> None:
        event = QMouseEvent(
            kind, at, self.view.mapToGlobal(at), button, buttons, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(self.view, event)


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
    assert texts[1].endswith(f"at {x}, {y}")
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


# ---- what is wanted -----------------------------------------------------------------------------------------------


def test_everything_in_view_is_wanted_once(shown: Shown) -> None:
    keys = [tiles.key for tiles in shown.tiles]
    assert sorted(keys) == ["conv1", "flatten", "input", "input:image", "pool1", "relu1"]


def test_after_zooming_in_only_what_is_visible_is_wanted(shown: Shown) -> None:
    shown.view.zoom(12.0, shown.middle("conv1:7"))
    shown.answer()
    (conv,) = [tiles for tiles in shown.tiles if tiles.node == "conv1"]
    assert "pool1" not in {tiles.node for tiles in shown.tiles}
    assert conv.top > 0
    assert (conv.width, conv.height) == (24, 24)  # enlarged by the screen, not by the painter


def test_nothing_is_asked_for_twice(shown: Shown) -> None:
    asked: list[object] = []
    shown.view.wanted_changed.connect(asked.append)
    shown.view.ask_now()
    shown.view.pan(0.0, 0.0)
    shown.view.ask_now()
    assert asked == []


# ---- networks -----------------------------------------------------------------------------------------------------


def test_another_weight_leaves_the_zoom_alone(shown: Shown) -> None:
    shown.view.zoom(3.0)
    shown.answer()
    camera = shown.view.camera
    node = network()["conv1"]
    shown.set_network(network().replacing(node.changed()))
    assert shown.view.camera == camera


def test_a_layer_that_is_gone_closes_its_level(shown: Shown) -> None:
    shown.view.open(Unit("softmax"))
    shown.answer()
    shown.set_network(Network(network().nodes[:-1]))
    assert shown.view.level == NETWORK


def test_a_node_that_cannot_run_keeps_its_last_maps_and_says_why(shown: Shown) -> None:
    before = shown.view.scene.shown(next(shown.view.layout_now.of("conv1")))
    broken = network()["conv1"].changed(
        layer=layer_of("conv2d", {"filters": 8, "kernel": (15, 15), "padding": "valid"})
    )
    small = network(size=24)
    small = small.with_nodes(
        [small.input.changed(layer=layer_of("input", {"height": 4, "width": 4})), *small.nodes[1:]]
    )
    shown.set_network(small.replacing(broken).fitted())
    scene = shown.view.scene
    assert "kernel" in scene.problem("conv1")
    assert scene.waits("relu1")
    assert scene.shown(next(shown.view.layout_now.of("conv1"))) is before


def test_ordered_tiles_are_pinned_by_their_channel(shown: Shown) -> None:
    look = Look(order="activity")
    shown.view.show_answer(shown.trace, shown.painter.paint(shown.trace, Wanted(shown.tiles, look=look)))
    block = next(shown.view.layout_now.of("conv1"))
    order = shown.view.scene.shown(block).picture.channels  # type: ignore[union-attr]
    place, _ = shown.view.find(Unit("conv1"))
    assert place is not None
    shown.click(place.tile(0).center())
    assert shown.chosen == [Unit("conv1", int(order[0]))]


@pytest.mark.parametrize(("filters", "size"), [(512, 1), (1, 200), (64, 3)])
def test_extreme_layers_are_shown_and_can_be_pinned(
    qtbot: QtBot, dark: None, filters: int, size: int
) -> None:
    net = Network(network(filters, size).nodes[:3])
    shown = Shown(qtbot, net)
    shown.click(shown.middle(f"relu1:{filters - 1}"))
    assert shown.chosen == [Unit("relu1", filters - 1)]


def test_a_query_lets_the_others_step_back(shown: Shown) -> None:
    before = shown.view.grab().toImage()
    shown.view.set_query("dead")
    assert shown.view.grab().toImage() != before


def test_frozen_and_stale_are_seen(shown: Shown) -> None:
    before = shown.view.grab().toImage()
    shown.view.set_state(frozen=True, stale=True)
    assert shown.view.grab().toImage() != before


def test_after_an_error_while_painting_the_next_painting_works(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(flow_painter, "draw_badges", fail)
    with pytest.raises(RuntimeError, match="on purpose"):
        shown.view.repaint()
    monkeypatch.undo()
    shown.view.repaint()


def test_old_pictures_are_not_hoarded(shown: Shown) -> None:
    for channel in range(6):
        shown.view.open(Unit("conv1", channel))
        shown.answer()
    assert sum("large" in key for key in shown.view.scene._shown) <= 2

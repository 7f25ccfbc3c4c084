"""What the flow view asks for, and what it shows of changed and broken networks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.document.view import Unit
from explorer.engine.layer import layer_of
from explorer.engine.network import Network
from explorer.rendering.look import Look
from explorer.rendering.pictures import Wanted
from explorer.ui.widgets import flow_painter
from explorer.ui.widgets.flow_scene import NETWORK
from tests.ui.widgets.flow_in_use import Shown, network

Key = Qt.Key


@pytest.fixture
def shown(qtbot: QtBot, dark: None) -> Shown:
    return Shown(qtbot, network())


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

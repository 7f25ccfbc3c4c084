"""Close-ups of unusual networks: one pixel, many channels, branches, a node that cannot run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from explorer.document.view import Unit
from explorer.engine.layer import layer_of
from explorer.engine.network import Network, Node
from tests.stories.hands import SOON, Hands
from tests.ui.conftest import answer


def _input(channels: int, size: int) -> Node:
    return Node("input", layer_of("input", {"channels": channels, "height": size, "width": size}))


def _one_pixel() -> Network:
    return Network((_input(1, 1), Node("conv", layer_of("conv2d", {"filters": 2}), ("input",)))).fitted()


def _many_channels() -> Network:
    nodes = (
        _input(3, 8),
        Node("wide", layer_of("conv2d", {"filters": 512, "kernel": (1, 1)}), ("input",)),
        Node("conv", layer_of("conv2d", {"filters": 4}), ("wide",)),
    )
    return Network(nodes).fitted()


def _branches() -> Network:
    nodes = (
        _input(1, 12),
        Node("left", layer_of("conv2d", {"filters": 3}), ("input",)),
        Node("right", layer_of("conv2d", {"filters": 3}), ("input",)),
        Node("conv", layer_of("add", {}), ("left", "right")),
    )
    return Network(nodes).fitted()


@pytest.mark.parametrize(
    ("build", "readings"), [(_one_pixel, 1), (_many_channels, 512), (_branches, 2)], ids=["1x1", "512", "branches"]
)  # fmt: skip
def test_the_close_up_of_unusual_networks(hands: Hands, build: Callable[[], Network], readings: int) -> None:
    hands.workspace.document.start_over(build(), hands.workspace.document.preparation)
    answer(hands.workspace)
    hands.workspace.view.select(Unit("conv", 1))
    hands.workspace.view.pin_pixel((0, 0))
    hands.command("X")
    view = hands.close_up.view
    hands.qtbot.waitUntil(lambda: view.explained is not None, timeout=SOON)
    assert len(view.readings) == readings
    hands.close_up.grab()
    assert view.explained is not None
    assert view.explained.explanation.total == pytest.approx(hands.value("conv", 1, 0, 0), abs=1e-4)


def test_another_network_with_fewer_maps_comes_while_the_close_up_is_open(hands: Hands) -> None:
    hands.click("conv1:7", 20, 20)
    hands.command("X")
    few = Network((
        Node("image", layer_of("input", {"channels": 3, "height": 9, "width": 9})),
        Node("conv1", layer_of("conv2d", {"filters": 2}), ("image",)),
    )).fitted()  # fmt: skip
    hands.workspace.document.start_over(few, hands.workspace.document.preparation)
    hands.see()
    assert hands.flow.find(Unit("conv1", 7))[1] is None
    hands.workspace.view.select(Unit("conv1", 1))
    hands.see()
    assert hands.close_up.title.text().startswith("conv1:1")


def test_a_list_in_the_close_up_tells_where_its_element_comes_from(hands: Hands) -> None:
    flat = Network((
        Node("image", layer_of("input", {"channels": 3, "height": 4, "width": 5})),
        Node("flatten", layer_of("flatten", {}), ("image",)),
    )).fitted()  # fmt: skip
    hands.workspace.document.start_over(flat, hands.workspace.document.preparation)
    hands.see()
    hands.workspace.view.select(Unit("flatten", 30))
    hands.see()
    hands.command("X")
    hands.see()
    assert "channel 1, (2, 0)" in hands.close_up.note.text()


def test_a_node_that_cannot_run_says_why_in_the_close_up(hands: Hands) -> None:
    nodes = (
        _input(1, 4),
        Node("conv", layer_of("conv2d", {"kernel": (9, 9), "padding": "valid"}), ("input",)),
    )
    hands.workspace.document.start_over(Network(nodes).fitted(), hands.workspace.document.preparation)
    answer(hands.workspace)
    hands.workspace.view.select(Unit("conv"))
    hands.command("X")
    assert hands.close_up.view.explained is None
    assert hands.close_up.view._sentence

"""Close-ups of unusual networks: one pixel, many channels, branches, a node that cannot run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from explorer.document.view import Unit
from explorer.engine.arithmetic.receptive_field import receptive_field
from explorer.engine.layer import layer_of
from explorer.engine.network import Network, Node
from explorer.ui.panels.arithmetic import field_text
from tests.stories.comparing import Open
from tests.stories.hands import SOON, Hands
from tests.ui.conftest import answer


def _input(channels: int, size: int) -> Node:
    return Node("input", layer_of("input", {"channels": channels, "height": size, "width": size}))


def _one_pixel() -> Network:
    return Network((_input(1, 1), Node("conv", layer_of("conv2d", {"filters": 2}), ("input",)))).fitted()


def _list() -> Network:
    nodes = (
        Node("image", layer_of("list_input", {})),
        Node("conv1", layer_of("dense", {"units": 4}), ("image",)),
    )
    return Network(nodes).fitted()


def _signal() -> Network:
    nodes = Node("image", layer_of("signal_input", {})), Node("conv1", layer_of("conv1d", {}), ("image",))
    return Network(nodes).fitted()


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


def test_a_list_of_the_same_name_comes_in_the_middle_of_a_sweep(hands: Hands) -> None:
    hands.click("conv1:1", 20, 20)
    hands.command("X")
    hands.command("L")
    hands.workspace.document.start_over(_list(), hands.workspace.document.preparation)
    hands.see()
    hands.command("L")
    hands.workspace.view.select(Unit("conv1", 1))
    hands.see()
    assert hands.close_up.title.text().startswith("conv1:1 = ")


@pytest.mark.parametrize("name", ["patch", "gradient", "shift", "pooling", "turned", "signal", "compare"])
def test_a_panel_bears_another_network_with_the_same_names(hands: Hands, open_panel: Open, name: str) -> None:
    hands.command("X")
    panel = open_panel(name)
    for network in (_list(), _signal(), _many_channels(), _list()):
        hands.workspace.document.start_over(network, hands.workspace.document.preparation)
        panel.refresh()  # with the answer for the network before
        hands.see()
        hands.workspace.view.select(Unit(network.nodes[1].name, 1))
        hands.see()
        assert hands.close_up.title.text().startswith(f"{network.nodes[1].name}:1")


def test_what_a_unit_sees_of_a_list() -> None:
    assert field_text(receptive_field(_list(), "conv1", (1,))) == "sees the whole list"


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
    assert hands.close_up.view.sentence

"""Networks that are unusual: every comparing panel shows something, or says in a sentence why not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from explorer.document.edits import set_settings
from explorer.document.view import Unit
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.global_pooling import GlobalAveragePool
from explorer.engine.layers.input import Input, ListInput, SignalInput, VolumeInput
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.layers.signals import Conv1d, MaxPool1d
from explorer.engine.layers.volumes import Conv3d
from explorer.engine.network import Network, Node
from explorer.engine.presets.networks import build_network
from explorer.sources.preparation import Preparation
from explorer.ui.window import Window
from explorer.ui.workspace import Workspace
from tests.ui.conftest import answer

PANELS = "signal", "pooling", "turned", "shift", "patch", "gradient"


def chain(height: int, width: int, *layers: Any) -> Network:
    return behind(Input(channels=1, height=height, width=width), *layers)


def behind(start: Any, *layers: Any) -> Network:
    nodes = [Node("image", start)]
    for number, layer in enumerate(layers, 1):
        nodes.append(Node(f"it{number}", layer, (nodes[-1].name,)))
    return Network(tuple(nodes)).fitted()


NETWORKS = {
    "a signal": lambda: behind(SignalInput(length=40), Conv1d(filters=2), MaxPool1d()),
    "a volume": lambda: behind(VolumeInput(channels=1, depth=4, height=6, width=7), Conv3d(filters=2)),
    "a list": lambda: behind(ListInput(features=12), Dense(units=3)),
    "no convolution": lambda: chain(12, 12, ReLU(), MaxPool()),
    "maps of one pixel": lambda: chain(12, 12, Conv2d(filters=3), GlobalAveragePool()),
    "an image of one pixel": lambda: chain(1, 1, Conv2d(filters=2), ReLU()),
    "a thin image": lambda: chain(1, 30, Conv2d(filters=2)),
    "512 channels": lambda: chain(8, 8, Conv2d(filters=512), ReLU()),
    "branches": lambda: build_network("residual"),
    "a list at the end": lambda: build_network("lenet-5"),
}


def shows_something(panel: Any) -> bool:
    """Maps, a curve or a sentence."""
    if panel.name == "signal":
        return panel.plot.correlation is not None or bool(panel.plot.accessibleDescription())
    if panel.name == "gradient":
        return bool(panel.note.text())
    return (
        bool(panel.strip.maps)
        or bool(panel.strip.sentence)
        or bool(getattr(panel, "picture", panel.strip).maps)
    )


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_has_an_answer_to_every_network(
    name: str, window: Window, workspace: Workspace, qtbot: QtBot
) -> None:
    window.set_shown(name, True)
    panel: Any = window.panel(name)
    qtbot.waitUntil(lambda: not panel.visibleRegion().isEmpty())
    for title, build in NETWORKS.items():
        workspace.document.start_over(build(), Preparation())
        network = workspace.document.network
        answer(workspace)
        for node in (network.nodes[0], network.nodes[-1]):
            workspace.view.select(Unit(node.name, 0))
            panel.refresh()
            qtbot.waitUntil(lambda: not workspace.explaining.under_way)
            assert shows_something(panel), f"{name} is blank for {title}, {node.name}"


@pytest.mark.parametrize("name", ["pooling", "turned", "shift", "gradient"])
def test_a_node_that_cannot_run_says_why(
    name: str, window: Window, workspace: Workspace, qtbot: QtBot
) -> None:
    window.set_shown(name, True)
    panel: Any = window.panel(name)
    qtbot.waitUntil(lambda: not panel.visibleRegion().isEmpty())
    network = chain(
        6, 6, MaxPool(window=(4, 4), stride=(4, 4)), Conv2d(filters=2, kernel=(5, 5), padding="valid")
    )
    workspace.document.start_over(network, Preparation())
    answer(workspace)
    workspace.view.select(Unit("it2"))
    panel.refresh()
    qtbot.waitUntil(lambda: not workspace.explaining.under_way)
    said = panel.note.text() if name == "gradient" else panel.strip.sentence
    assert said.startswith("it2: ")


def test_an_edit_while_a_panel_works_is_shown_in_the_end(
    window: Window, workspace: Workspace, qtbot: QtBot
) -> None:
    window.set_shown("pooling", True)
    panel: Any = window.panel("pooling")
    workspace.view.select(Unit("conv1", 0))
    qtbot.waitUntil(lambda: bool(panel.strip.maps))
    for stride in ((2, 2), (3, 3), (4, 4)):
        workspace.document.edit("Stride", set_settings("conv1", stride=stride))
        answer(workspace)
    qtbot.waitUntil(lambda: panel.strip.maps[0].values.shape == (40, 40))


def test_what_is_compared_is_the_newest_picture(window: Window, workspace: Workspace, qtbot: QtBot) -> None:
    window.set_shown("turned", True)
    panel: Any = window.panel("turned")
    workspace.view.select(Unit("relu1", 0))
    qtbot.waitUntil(lambda: bool(panel.strip.maps))
    workspace.document.edit("Filter", set_settings("conv1", border="wrap"))
    trace = answer(workspace).trace
    newest = trace.activations["relu1"][0, 0]
    qtbot.waitUntil(lambda: np.array_equal(panel.strip.maps[2].values, newest))


@pytest.mark.parametrize("name", ["compare", "pooling", "turned", "shift"])
def test_a_pinned_channel_of_the_image_is_grey_and_not_in_the_colours_of_maps(
    name: str, window: Window, workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.document.start_over(chain(12, 12, Conv2d(filters=2)), Preparation())
    workspace.view.select(Unit("image", 0))
    answer(workspace)
    window.set_shown(name, True)
    panel: Any = window.panel(name)
    qtbot.waitUntil(lambda: not panel.visibleRegion().isEmpty())
    panel.refresh()
    qtbot.waitUntil(lambda: len(panel.strip.maps) > 2)
    shown = [one for one in panel.strip.maps if one.title in ("image:0", "map(shift(x))", "Max")]
    assert shown
    for one in shown:
        colours = one.pixels.view(np.uint8).reshape(-1, 4)[:, :3]
        assert np.ptp(colours) > 0
        assert (colours == colours[:, :1]).all()


@pytest.mark.parametrize(("name", "field"), [("compare", "opacity"), ("patch", "layer"), ("turned", "typed")])
def test_what_stands_beside_the_form_is_in_line_with_it(
    name: str, field: str, window: Window, qtbot: QtBot
) -> None:
    window.set_shown(name, True)
    panel: Any = window.panel(name)
    qtbot.waitUntil(lambda: not panel.visibleRegion().isEmpty())
    first = next(iter(panel.form.fields.values()))
    assert getattr(panel, field).mapTo(panel, QPoint()).x() == first.mapTo(panel, QPoint()).x()

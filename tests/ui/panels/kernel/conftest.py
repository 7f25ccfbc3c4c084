"""A kernel panel on a small network of two convolutions and a dense layer."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from explorer.document.document import Document
from explorer.document.view import View
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.input import Input
from explorer.engine.network import Network, Node
from explorer.runtime.capture import Capture
from explorer.runtime.evaluator import Evaluator
from explorer.ui.panels.kernel import KernelPanel
from explorer.ui.workspace import Workspace


def small_network() -> Network:
    return Network(
        (
            Node("image", Input(channels=3, height=20, width=20)),
            Node("conv1", Conv2d(filters=4, kernel=(3, 3)), ("image",)),
            Node("relu1", ReLU(), ("conv1",)),
            Node("conv2", Conv2d(filters=2, kernel=(5, 5), bias=False), ("relu1",)),
            Node("flatten", Flatten(), ("conv2",)),
            Node("dense1", Dense(units=3), ("flatten",)),
        )
    ).fitted()


@pytest.fixture
def workspace(dark) -> Iterator[Workspace]:
    workspace = Workspace(Document(small_network()), View(), Capture(), Evaluator())
    yield workspace
    workspace.stop()


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> KernelPanel:
    panel = KernelPanel(workspace)
    qtbot.addWidget(panel)
    panel.resize(320, 700)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel

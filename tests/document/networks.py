"""Small networks that the tests of the document edit."""

from __future__ import annotations

import explorer.engine.layers
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.input import Input
from explorer.engine.layers.merge import Add
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.network import Network, Node

assert explorer.engine.layers  # every layer is registered


def chain() -> Network:
    """image 1x8x8, conv1 4 of 3x3, relu1, pool1 2x2, conv2 2 of 3x3, flatten, dense 3."""
    return Network(
        (
            Node("image", Input(channels=1, height=8, width=8)),
            Node("conv1", Conv2d(filters=4), ("image",)),
            Node("relu1", ReLU(), ("conv1",)),
            Node("pool1", MaxPool(), ("relu1",)),
            Node("conv2", Conv2d(filters=2), ("pool1",)),
            Node("flatten", Flatten(), ("conv2",)),
            Node("dense", Dense(units=3), ("flatten",)),
        )
    ).fitted()


def residual() -> Network:
    """image 4x8x8, conv1, relu1, conv2, add of conv2 and image, relu2."""
    return Network(
        (
            Node("image", Input(channels=4, height=8, width=8)),
            Node("conv1", Conv2d(filters=4), ("image",)),
            Node("relu1", ReLU(), ("conv1",)),
            Node("conv2", Conv2d(filters=4), ("relu1",)),
            Node("add", Add(), ("conv2", "image")),
            Node("relu2", ReLU(), ("add",)),
        )
    ).fitted()


def wiring(network: Network) -> dict[str, tuple[str, ...]]:
    """What every node reads."""
    return {node.name: node.inputs for node in network.nodes}

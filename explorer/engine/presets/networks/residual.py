"""A network with ways around: residual blocks."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.global_pooling import GlobalAveragePool
from explorer.engine.layers.input import Input
from explorer.engine.layers.merge import Add
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.layers.softmax import Softmax
from explorer.engine.network import Node
from explorer.engine.presets.network_preset import chain, network_preset


def _conv(filters: int, stride: int = 1, size: int = 3) -> Conv2d:
    # Explicit sides: with a stride, 'same' would pad the right and bottom side only, unlike the published nets.
    side = size // 2
    return Conv2d(
        filters=filters, kernel=(size, size), stride=(stride, stride), padding="explicit", sides=(side,) * 4, bias=False
    )  # fmt: skip


def _residual_block(number: int, before: str, filters: int, stride: int) -> list[Node]:
    """Two convolutions whose result is added to what came in (He et al. 2015, figure 2)."""

    def name(what: str) -> str:
        return f"block{number}_{what}"

    nodes = [
        Node(name("conv1"), _conv(filters, stride), (before,)),
        Node(name("norm1"), BatchNormalization(), (name("conv1"),)),
        Node(name("relu1"), ReLU(), (name("norm1"),)),
        Node(name("conv2"), _conv(filters), (name("relu1"),)),
        Node(name("norm2"), BatchNormalization(), (name("conv2"),)),
    ]
    skip = before
    if stride > 1:  # the way around needs the new shape too
        skip = name("skip")
        nodes.append(Node(skip, _conv(filters, stride, size=1), (before,)))
    nodes.append(Node(name("add"), Add(), (name("norm2"), skip)))
    nodes.append(Node(name("relu2"), ReLU(), (name("add"),)))
    return nodes


@network_preset("residual", "Small residual net", is_untrained=True)
def residual() -> Sequence[Node]:
    """Three residual blocks: each adds what it found to what it was given, along a way around."""
    nodes = chain(
        ("image", Input(channels=3, height=64, width=64)),
        ("conv1", _conv(16)), ("norm1", BatchNormalization()), ("relu1", ReLU()),
    )  # fmt: skip
    for number, filters in enumerate((16, 32, 64), start=1):
        nodes += _residual_block(number, nodes[-1].name, filters, stride=1 if number == 1 else 2)
    nodes.append(Node("average", GlobalAveragePool(), (nodes[-1].name,)))
    nodes.append(Node("flatten", Flatten(), ("average",)))
    nodes.append(Node("dense", Dense(units=10), ("flatten",)))
    nodes.append(Node("softmax", Softmax(), ("dense",)))
    return nodes

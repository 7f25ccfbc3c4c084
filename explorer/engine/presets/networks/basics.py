"""Networks of hand-made filters, small enough to follow every number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.engine.layer import Array
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.input import Input
from explorer.engine.layers.merge import Add
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.layers.rectifiers import Absolute
from explorer.engine.network import Node
from explorer.engine.presets.kernels import KERNEL_PRESETS
from explorer.engine.presets.network_preset import chain, network_preset

GREY = Input(channels=1, height=240, width=320)


def _kernels(*names: str) -> dict[str, Array]:
    """A stack of 3 x 3 presets for one grey channel, (filters, 1, 3, 3), without a bias."""
    return {"kernel": np.stack([KERNEL_PRESETS[name].build(3, 3) for name in names])[:, None]}


def _filters(count: int) -> Conv2d:
    # Mirrored borders, so that the frame of the image is not taken for an edge.
    return Conv2d(filters=count, kernel=(3, 3), padding="same", border="reflect-101", bias=False)


@network_preset("one-filter", "One filter")
def one_filter() -> Sequence[Node]:
    """A single Sobel kernel on the grey image: change its nine numbers and see what it finds."""
    return chain(("image", GREY), ("conv1", _filters(1)), parameters={"conv1": _kernels("sobel_x")})


@network_preset("edges", "Horizontal and vertical edges")
def edges() -> Sequence[Node]:
    """Two Sobel kernels side by side; their absolute values added give the strength of edges in any direction."""
    return [
        Node("image", GREY),
        Node("vertical", _filters(1), ("image",), _kernels("sobel_x")),
        Node("horizontal", _filters(1), ("image",), _kernels("sobel_y")),
        Node("abs1", Absolute(), ("vertical",)),
        Node("abs2", Absolute(), ("horizontal",)),
        Node("strength", Add(), ("abs1", "abs2")),
    ]


@network_preset("filter-relu-pool", "Filter, ReLU, pool")
def filter_relu_pool() -> Sequence[Node]:
    """The three steps that every CNN repeats: look for something, keep what was found, keep the strongest."""
    kernels = _kernels("sobel_x", "sobel_y", "laplacian_8", "falling_line")
    return chain(
        ("image", GREY), ("conv1", _filters(4)), ("relu1", ReLU()), ("pool1", MaxPool()),
        parameters={"conv1": kernels},
    )  # fmt: skip

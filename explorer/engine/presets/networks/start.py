"""The network a newcomer sees first: every kernel of its first layer has a meaning."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.engine.layer import Array
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.global_pooling import GlobalAveragePool
from explorer.engine.layers.input import Input
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.network import Node
from explorer.engine.presets.kernels import KERNEL_PRESETS
from explorer.engine.presets.network_preset import SEED, chain, network_preset

# How much of red, green and blue counts.
GREY = (0.299, 0.587, 0.114)  # brightness, ITU-R BT.601
RED, GREEN, BLUE = (1, -0.5, -0.5), (-0.5, 1, -0.5), (-0.5, -0.5, 1)  # one colour against the other two
RED_GREEN, BLUE_YELLOW = (1, -1, 0), (-0.5, -0.5, 1)  # the opponents of human vision


def _spatial(name: str, **parameters: float) -> Array:
    """A 3 x 3 preset, scaled so that its positive weights sum to 1: it answers with 1 at most."""
    kernel = KERNEL_PRESETS[name].build(3, 3, **parameters)
    return np.asarray(kernel / kernel[kernel > 0].sum(), np.float32)


def _stripes(angle: float) -> Array:
    return _spatial("gabor", theta=angle, wavelength=3.0, sigma=1.2)


def _diagonal_edge(falling: bool) -> Array:
    x, y = _spatial("sobel_x"), _spatial("sobel_y")
    kernel = x + y if falling else x - y
    return np.asarray(kernel / kernel[kernel > 0].sum(), np.float32)


def first_kernels() -> Array:
    """The sixteen hand-made kernels, (16, 3, 3, 3): colours outer spatial pattern."""
    smooth = _spatial("gaussian")
    pairs = [
        (GREY, smooth),  # brightness
        (GREY, _spatial("sobel_x")), (GREY, _spatial("sobel_y")),  # edges
        (GREY, _diagonal_edge(True)), (GREY, _diagonal_edge(False)),
        (GREY, _stripes(0)), (GREY, _stripes(45)), (GREY, _stripes(90)), (GREY, _stripes(135)),  # lines
        (GREY, _spatial("laplacian_8")), (GREY, -_spatial("laplacian_8")),  # dots, of either sign
        (RED, smooth), (GREEN, smooth), (BLUE, smooth),  # colours
        (RED_GREEN, _spatial("sobel_x")), (BLUE_YELLOW, _spatial("sobel_y")),  # edges between colours
    ]  # fmt: skip
    return np.stack([np.multiply.outer(np.array(colour, np.float32), kernel) for colour, kernel in pairs])


def combinations(filters: int, channels: int, rng: np.random.Generator) -> Array:
    """Kernels that each look for two features near each other and against a third, (filters, channels, 3, 3)."""
    patterns = [_spatial("gaussian"), _stripes(0), _stripes(90), _spatial("sobel_x"), _spatial("sobel_y")]
    kernels = np.zeros((filters, channels, 3, 3), np.float32)
    for number, kernel in enumerate(kernels):
        wanted = number % channels  # every channel below is used
        other, unwanted = rng.choice([c for c in range(channels) if c != wanted], 2, replace=False)
        kernel[wanted] = patterns[0]
        kernel[other] = patterns[rng.integers(len(patterns))]
        kernel[unwanted] = -0.5 * patterns[rng.integers(len(patterns))]
    return kernels


@network_preset("edges-and-colours", "Edges and colours")
def edges_and_colours() -> Sequence[Node]:
    """Sixteen hand-made filters for edges, lines, dots and colours, and two layers of combinations of them."""
    rng = np.random.default_rng(SEED)

    def conv(filters: int) -> Conv2d:
        # Mirrored borders, so that the frame of the image is not taken for an edge.
        return Conv2d(filters=filters, kernel=(3, 3), padding="same", border="reflect-101", bias=True)

    def parameters(kernel: Array) -> dict[str, Array]:
        return {"kernel": kernel, "bias": np.zeros(len(kernel), np.float32)}

    return chain(
        ("image", Input(channels=3, height=160, width=160)),
        ("conv1", conv(16)), ("relu1", ReLU()), ("pool1", MaxPool()),
        ("conv2", conv(32)), ("relu2", ReLU()), ("pool2", MaxPool()),
        ("conv3", conv(32)), ("relu3", ReLU()), ("average", GlobalAveragePool()),
        parameters={
            "conv1": parameters(first_kernels()),
            "conv2": parameters(combinations(32, 16, rng)),
            "conv3": parameters(combinations(32, 32, rng)),
        },
    )  # fmt: skip

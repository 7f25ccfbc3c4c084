"""Local response normalisation: channels that are strong at a pixel hold their neighbours down."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from explorer.engine.layer import Array, Layer, Parameters, Shape, setting
from explorer.engine.memory import each_channel_block
from explorer.engine.onnx_form import OnnxNode
from explorer.engine.spatial import any_extents
from explorer.engine.tape import Gradients, Needed, Tape


class LocalResponseNormalization(Layer):
    """x / s^beta with s = bias + alpha / size * sum of x² over `size` channels around (Krizhevsky et al. 2012, 3.3).

    The channels around are (size - 1) / 2 before and as many after; of an even size the odd one is after, as in
    ONNX. Their sum is divided by `size`, as in ONNX, PyTorch and Caffe; the paper's alpha is ours / size.
    """

    kind = "local_response_norm"
    onnx_name = "LRN"
    onnx_settings = {
        "size": ("size", 5), "alpha": ("alpha", 1e-4), "beta": ("beta", 0.75), "bias": ("bias", 1.0),
    }  # fmt: skip
    title = "Local response normalisation"
    group = "Normalisation"
    help = "Divides every value by what the neighbouring channels say at the same pixel. Known from AlexNet."

    size: int = setting(
        default=5, low=1, high=255, help="How many neighbouring channels count, itself included."
    )
    alpha: float = setting(default=1e-4, low=0, high=10, help="How much the neighbours count.")
    beta: float = setting(default=0.75, low=0, high=4, step=0.05, help="How sharply the answer falls.")
    bias: float = setting(
        default=1.0,
        low=0,
        high=10,
        step=0.1,
        help="What a value is divided by where the neighbours are silent.",
    )

    def onnx_nodes(self, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:
        channels, *extents = shapes[0]
        if len(extents) == 2 and self.size % 2:
            return super().onnx_nodes(shapes)
        # Runtimes know maps and odd sizes only: the neighbours are summed by a convolution of one pixel.
        before, after = self._neighbours()
        distance = np.arange(channels) - np.arange(channels)[:, None]
        near = ((distance >= -before) & (distance <= after)) * np.float32(self.alpha / self.size)
        kernel = near.reshape(channels, channels, *(1,) * len(extents))
        return (
            OnnxNode("Mul", (0, 0)),
            OnnxNode("Conv", (-1, kernel, np.full(channels, self.bias, np.float32))),
            OnnxNode("Pow", (-1, np.array(-self.beta, np.float32))),
            OnnxNode("Mul", (0, -1)),
        )

    def summary(self) -> str:
        return f"local norm {self.size}"

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        any_extents(self, shapes[0])
        return shapes[0]

    def multiply_adds(self, shapes: Sequence[Shape]) -> int:
        return min(self.size, shapes[0][0]) * math.prod(shapes[0])

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        tape.keep(x)

        def normalise(block: Array, out: Array) -> None:
            np.multiply(block, np.power(self._strength(block), block.dtype.type(-self.beta)), out=out)

        return each_channel_block(normalise, x)

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        (x,) = tape
        before, after = self._neighbours()

        def divert(block: Array, gradient: Array, out: Array) -> None:
            strength = self._strength(block)
            shrunk = np.power(strength, block.dtype.type(-self.beta))
            # Every value also makes its neighbours smaller; who its neighbours are is seen from the other side.
            through = channel_window_sums(gradient * block * shrunk / strength, after, before)
            np.multiply(through, block * block.dtype.type(-2 * self.beta * self.alpha / self.size), out=out)
            np.add(out, gradient * shrunk, out=out)

        return Gradients((each_channel_block(divert, x, gradient),))

    def _strength(self, block: Array) -> Array:
        """What the neighbourhood of every value says: s of the formula above."""
        sums = channel_window_sums(np.square(block), *self._neighbours())
        sums *= block.dtype.type(self.alpha / self.size)
        sums += block.dtype.type(self.bias)
        return sums

    def _neighbours(self) -> tuple[int, int]:
        """How many channels before and after a channel count."""
        return (self.size - 1) // 2, self.size // 2


def channel_window_sums(block: Array, before: int, after: int) -> Array:
    """For every channel of `block` (rows, channels, ...) the sum over the channels from `before` to `after` it."""
    channels = block.shape[1]
    sums = block.copy()
    for distance in range(1, min(max(before, after), channels - 1) + 1):
        if distance <= after:
            sums[:, :-distance] += block[:, distance:]
        if distance <= before:
            sums[:, distance:] += block[:, :-distance]
    return sums

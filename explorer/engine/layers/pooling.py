"""Pooling: every window of a map becomes one value. Maximum, minimum, average and L2 norm."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from explorer.engine.distribution import award_windows, spread_windows
from explorer.engine.geometry import Window
from explorer.engine.layer import Array, Layer, Parameters, Shape, ShapeError, maps_shape, setting
from explorer.engine.reduction import counts, reduce_windows
from explorer.engine.tape import Gradients, Needed, Tape
from explorer.engine.windows import PADDINGS, output_extents, sliding_windows

Windows = tuple[Window, Window]


def _is_explicit(layer: Any) -> bool:
    return bool(layer.padding == "explicit")


class SlidingPool(Layer):
    """What all poolings share: a window that slides over every channel by itself."""

    group = "Pooling"

    window: tuple[int, int] = setting(default=(2, 2), low=1, high=512, help="Height and width of the window.")
    stride: tuple[int, int] = setting(
        default=(2, 2), low=1, high=512, help="Pixels from one window to the next, down and across."
    )
    padding: str = setting(
        default="valid",
        choices=PADDINGS,
        help="valid: windows stay inside the map. same: enough padding for one output per stride. "
        "explicit: the four sides as you set them.",
    )
    sides: tuple[int, int, int, int] = setting(
        default=(0, 0, 0, 0),
        low=0,
        high=512,
        when=_is_explicit,
        help="Padding at the top, bottom, left and right.",
    )
    dilation: tuple[int, int] = setting(
        default=(1, 1),
        low=1,
        high=64,
        help="Distance between the pixels that a window reads, down and across.",
    )
    ceil: bool = setting(
        default=False,
        label="Ceil mode",
        help="Also count partial windows at the bottom and right edge instead of leaving those pixels out.",
    )

    def summary(self) -> str:
        return f"{self.title.removesuffix(' pool').lower()} {self.window[0]}x{self.window[1]}"

    def windows(self, shapes: Sequence[Shape]) -> Windows:
        _, height, width = maps_shape(self, shapes[0])
        return sliding_windows(
            (height, width), self.window, self.stride, self.dilation, self.padding, self.sides, self.ceil
        )

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        channels, *extents = maps_shape(self, shapes[0])
        windows = self.windows(shapes)
        rows, columns = output_extents(windows, (extents[0], extents[1]), "pooling window")
        for window, extent, axis in zip(windows, extents, ("high", "wide"), strict=True):
            if (counts(window, extent, padding=False) < 1).any():
                raise ShapeError(
                    f"{self.title} has windows that lie wholly in the padding, with nothing to pool: its "
                    f"input is {extent} pixels {axis}, with {window.before} and {window.after} of padding. "
                    "Use less padding or a larger window."
                )
        return channels, rows, columns

    def size_formulas(self, shapes: Sequence[Shape]) -> tuple[str, ...]:
        _, height, width = maps_shape(self, shapes[0])
        down, across = self.windows(shapes)
        return down.formula(height), across.formula(width)

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        y = self.pooled(x, self.windows([x.shape[1:]]))
        tape.keep(x, y)
        return y

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        x, y = tape
        return Gradients((self.unpooled(gradient, x, y, self.windows([x.shape[1:]])),))

    @abstractmethod
    def pooled(self, x: Array, windows: Windows) -> Array:
        """Every window of `x` (batch, channel, height, width) as one value; padding is not read."""

    @abstractmethod
    def unpooled(self, gradient: Array, x: Array, y: Array, windows: Windows) -> Array:
        """The gradient with respect to `x`, from the one with respect to `y`, which is `x` pooled."""


class ExtremePool(SlidingPool):
    """What max and min pooling share: one pixel of every window wins, and of equal ones the first."""

    combine: ClassVar[np.ufunc]

    def pooled(self, x: Array, windows: Windows) -> Array:
        return reduce_windows(x, windows, type(self).combine)

    def unpooled(self, gradient: Array, x: Array, y: Array, windows: Windows) -> Array:
        return award_windows(gradient, x, y, windows, type(self).combine)


class MaxPool(ExtremePool):
    """The largest value of every window; padding never wins."""

    kind = "max_pool"
    title = "Max pool"
    help = "Keeps the largest value of every window: whether something was found, not exactly where."
    combine = np.maximum


class MinPool(ExtremePool):
    """The smallest value of every window; padding never wins."""

    kind = "min_pool"
    title = "Min pool"
    help = "Keeps the smallest value of every window: thin bright lines vanish, dark ones grow."
    combine = np.minimum


class AveragePool(SlidingPool):
    """The mean of every window, over the real pixels or over the padding too (as zeros)."""

    kind = "average_pool"
    title = "Average pool"
    help = "The mean of every window: a smaller, smoother map."

    count_include_pad: bool = setting(
        default=False,
        label="Count padding",
        help="Padding counts as zeros in the mean, so that edges get darker. What ceil mode reads beyond the "
        "padding never counts.",
    )

    def pooled(self, x: Array, windows: Windows) -> Array:
        down, across = self._counts(x, windows)

        def divide(out: Array, rows: slice) -> None:
            np.divide(out, down[rows, None, None, None] * across[:, None], out=out)

        return reduce_windows(x, windows, np.add, after=divide)

    def unpooled(self, gradient: Array, x: Array, y: Array, windows: Windows) -> Array:
        down, across = self._counts(x, windows)
        return spread_windows(gradient / (down[:, None] * across), windows, (x.shape[2], x.shape[3]))

    def _counts(self, x: Array, windows: Windows) -> tuple[Array, Array]:
        """How many pixels count along a window, per row and per column of the output."""
        down, across = (
            counts(window, extent, padding=self.count_include_pad)
            for window, extent in zip(windows, x.shape[2:], strict=True)
        )
        return down, across


class L2Pool(SlidingPool):
    """The square root of the sum of the squares of every window; padding counts as zeros.

    PyTorch's LPPool2d with norm 2, but for the partial windows of ceil mode: there PyTorch multiplies the
    mean square of what is left by the full window's size, here (and in ONNX) what is left is summed. The slope
    at a window of zeros, a corner, is taken as 0.
    """

    kind = "l2_pool"
    title = "L2 pool"
    help = "The length of every window as a vector: the root of the sum of the squares. Signs are lost."
    signed_output = False

    def multiply_adds(self, shapes: Sequence[Shape]) -> int:
        channels, rows, columns = self.output_shape(shapes)
        return channels * rows * columns * self.window[0] * self.window[1]

    def pooled(self, x: Array, windows: Windows) -> Array:
        def root(out: Array, rows: slice) -> None:
            np.sqrt(out, out=out)

        return reduce_windows(x, windows, np.add, before=np.square, after=root)

    def unpooled(self, gradient: Array, x: Array, y: Array, windows: Windows) -> Array:
        share = np.divide(gradient, y, out=np.zeros_like(gradient), where=y != 0)
        spread = spread_windows(share, windows, (x.shape[2], x.shape[3]))
        return np.multiply(spread, x, out=spread)

"""Pooling: every window of a map becomes one value. Maximum, minimum, average and L2 norm."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from explorer.engine.axes import along_depth, along_sheets
from explorer.engine.distribution import award_windows, spread_windows
from explorer.engine.geometry import Window
from explorer.engine.layer import Array, Parameters, Shape, ShapeError, setting
from explorer.engine.onnx_form import OnnxCall, OnnxNode, Value
from explorer.engine.onnx_windows import check_axes, plain, sliding_settings, window_attributes, without_ceil
from explorer.engine.reduction import counts, window_rows
from explorer.engine.row_work import RowWork
from explorer.engine.rows import computed
from explorer.engine.spatial import (
    PerAxis,
    Spatial,
    axis_setting,
    is_explicit,
    per_axis,
    sides_setting,
    times,
)
from explorer.engine.tape import Gradients, Needed, Tape
from explorer.engine.windows import COUNTED, PADDINGS, output_extents, sliding_windows

Windows = tuple[Window, Window]


def window_setting(axes: int) -> Any:
    """The size of the window."""
    return axis_setting(axes, 2, high=512, help="{axes} of the window.")


def stride_setting(axes: int) -> Any:
    """From one window to the next."""
    return axis_setting(axes, 2, high=512, help="Steps from one window to the next, along {axes}.")


def dilation_setting(axes: int) -> Any:
    """From one place that a window reads to the next."""
    return axis_setting(axes, 1, help="Steps from one place that a window reads to the next, along {axes}.")


class SlidingPool(Spatial):
    """What all poolings share: a window that slides over every channel by itself.

    Every pooling here is separable: a volume is pooled slice by slice, and then along its depth.
    """

    group = "Pooling"

    window: PerAxis = window_setting(2)
    stride: PerAxis = stride_setting(2)
    padding: str = setting(
        default="valid",
        choices=PADDINGS,
        help="valid: windows stay inside the map. same: enough padding for one output per stride. "
        "explicit: the sides as you set them.",
    )
    sides: tuple[int, ...] = sides_setting(2, 0, when=is_explicit)
    dilation: PerAxis = dilation_setting(2)
    ceil: bool = setting(
        default=False,
        label="Ceil mode",
        help="Also count partial windows at the far edges instead of leaving those pixels out.",
    )

    def summary(self) -> str:
        return f"{self.title.partition(' pool')[0].lower()} {times(self.window)}"

    def windows(self, shapes: Sequence[Shape]) -> tuple[Window, ...]:
        return sliding_windows(
            self.extents(shapes[0]), per_axis(self.window), per_axis(self.stride), per_axis(self.dilation),
            self.padding, self.sides, self.ceil,
        )  # fmt: skip

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        extents = self.extents(shapes[0])
        windows = self.windows(shapes)
        outputs = output_extents(windows, extents, "pooling window")
        for window, extent, (unit, way) in zip(windows, extents, COUNTED[self.axes], strict=True):
            if (counts(window, extent, padding=False) < 1).any():
                raise ShapeError(
                    f"{self.title} has windows that lie wholly in the padding, with nothing to pool: its "
                    f"input is {extent} {unit} {way}, with {window.before} and {window.after} of padding. "
                    "Use less padding or a larger window."
                )
        return shapes[0][0], *outputs

    def size_formulas(self, shapes: Sequence[Shape]) -> tuple[str, ...]:
        return tuple(
            window.formula(extent)
            for window, extent in zip(self.windows(shapes), self.extents(shapes[0]), strict=True)
        )

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        passes: list[tuple[Array, Array, Windows]] = []

        def pool_maps(maps: Array, windows: Windows) -> Array:
            y = computed(self.pooled(maps, windows))
            passes.append((maps, y, windows))
            return y

        *deep, down, across = Window(), *self.windows([x.shape[1:]])
        y = along_sheets(lambda maps: pool_maps(maps, (down, across)), x)
        if self.axes == 3:
            y = along_depth(lambda maps: pool_maps(maps, (Window(), deep[-1])), y)
        tape.keep(passes)
        return y

    def by_rows(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> RowWork | None:
        (x,) = inputs
        if x.ndim != 4:
            return None
        down, across = self.windows([x.shape[1:]])
        work = self.pooled(x, (down, across))
        tape.keep([(x, work.output, (down, across))])
        return work

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        (passes,) = tape
        if self.axes == 3:
            gradient = along_depth(lambda maps: self.unpooled(maps, *passes[1]), gradient)
        return Gradients((along_sheets(lambda maps: self.unpooled(maps, *passes[0]), gradient),))

    def onnx_attributes(self, shapes: Sequence[Shape]) -> dict[str, Value]:
        # Padding that no window counts can stand for ceil mode, on which runtimes do not agree.
        return window_attributes(without_ceil(self.windows(shapes), self.extents(shapes[0])))

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[SlidingPool, dict[str, Array]]:
        check_axes(call, cls.axes)
        size = call.numbers("kernel_shape", ())
        ceil = bool(call.expect("ceil_mode", 0, 0, 1))
        settings = {**sliding_settings(call, size), **cls.onnx_values(call)}
        return cls(window=plain(size), ceil=ceil, **settings), {}

    @abstractmethod
    def pooled(self, x: Array, windows: Windows) -> RowWork:
        """The work of every window of `x` (batch, channel, height, width) as one value; padding is not read."""

    @abstractmethod
    def unpooled(self, gradient: Array, x: Array, y: Array, windows: Windows) -> Array:
        """The gradient with respect to `x`, from the one with respect to `y`, which is `x` pooled."""


class ExtremePool(SlidingPool):
    """What max and min pooling share: one pixel of every window wins, and of equal ones the first."""

    combine: ClassVar[np.ufunc]

    def pooled(self, x: Array, windows: Windows) -> RowWork:
        return window_rows(x, windows, type(self).combine)

    def unpooled(self, gradient: Array, x: Array, y: Array, windows: Windows) -> Array:
        return award_windows(gradient, x, y, windows, type(self).combine)


class MaxPool(ExtremePool):
    """The largest value of every window; padding never wins."""

    kind = "max_pool"
    onnx_name = "MaxPool"
    title = "Max pool"
    help = "Keeps the largest value of every window: whether something was found, not exactly where."
    combine = np.maximum


class MinPool(ExtremePool):
    """The smallest value of every window; padding never wins."""

    kind = "min_pool"
    title = "Min pool"
    help = "Keeps the smallest value of every window: thin bright lines vanish, dark ones grow."
    combine = np.minimum

    def onnx_nodes(self, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:
        return (
            OnnxNode("Neg"),
            OnnxNode("MaxPool", (-1,), self.onnx_attributes(shapes)),
            OnnxNode("Neg", (-1,)),
        )


class AveragePool(SlidingPool):
    """The mean of every window, over the real pixels or over the padding too (as zeros)."""

    kind = "average_pool"
    onnx_name = "AveragePool"
    onnx_settings = {"count_include_pad": ("count_include_pad", 0)}
    title = "Average pool"
    help = "The mean of every window: a smaller, smoother map."

    count_include_pad: bool = setting(
        default=False,
        label="Count padding",
        help="Padding counts as zeros in the mean, so that edges get darker. What ceil mode reads beyond the "
        "padding never counts.",
    )

    def onnx_nodes(self, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:
        attributes = {**self.onnx_attributes(shapes), "count_include_pad": int(self.count_include_pad)}
        if self.count_include_pad and self.ceil:
            attributes |= {**window_attributes(self.windows(shapes)), "ceil_mode": 1}
        opset = 14 if set(per_axis(self.dilation)) == {1} else 19
        if opset == 14:
            del attributes["dilations"]
        return (OnnxNode("AveragePool", (0,), attributes, opset),)

    def pooled(self, x: Array, windows: Windows) -> RowWork:
        down, across = self._counts(x, windows)

        def divide(out: Array, rows: slice) -> None:
            np.divide(out, down[rows, None, None, None] * across[:, None], out=out)

        return window_rows(x, windows, np.add, after=divide)

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
    onnx_name = "LpPool"
    title = "L2 pool"
    help = "The length of every window as a vector: the root of the sum of the squares. Signs are lost."
    signed_output = False

    def onnx_nodes(self, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:
        attributes = {**self.onnx_attributes(shapes), "p": 2}
        opset = 14 if set(per_axis(self.dilation)) == {1} else 18
        if opset == 14:
            del attributes["dilations"]
        return (OnnxNode("LpPool", (0,), attributes, opset),)

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[SlidingPool, dict[str, Array]]:
        call.expect("p", 2, 2)
        return super().from_onnx(call)

    def multiply_adds(self, shapes: Sequence[Shape]) -> int:
        return math.prod(self.output_shape(shapes)) * math.prod(per_axis(self.window))

    def pooled(self, x: Array, windows: Windows) -> RowWork:
        def root(out: Array, rows: slice) -> None:
            np.sqrt(out, out=out)

        return window_rows(x, windows, np.add, before=np.square, after=root)

    def unpooled(self, gradient: Array, x: Array, y: Array, windows: Windows) -> Array:
        share = np.divide(gradient, y, out=np.zeros_like(gradient), where=y != 0)
        spread = spread_windows(share, windows, (x.shape[2], x.shape[3]))
        return np.multiply(spread, x, out=spread)

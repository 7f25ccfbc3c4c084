"""Convolution of maps, and what it shares with that of signals and volumes."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from explorer.engine.geometry import BORDERS, Border, Window
from explorer.engine.kernel_weights import (
    check_groups,
    fresh_weights,
    kernel_shapes,
    read_kernel,
    read_weights,
    refitted_weights,
    turned,
    weights_formula,
)
from explorer.engine.layer import Array, Parameters, Shape, setting
from explorer.engine.onnx_form import OnnxCall, OnnxNode
from explorer.engine.onnx_windows import padding_nodes, sliding_settings, window_attributes
from explorer.engine.row_work import RowWork
from explorer.engine.sliding_kernel import SlidingKernel
from explorer.engine.spatial import (
    PerAxis,
    Spatial,
    axis_setting,
    is_explicit,
    per_axis,
    sides_setting,
    times,
)
from explorer.engine.sums import channel_sums, itself
from explorer.engine.tape import Gradients, Needed, Tape
from explorer.engine.windows import PADDINGS, output_extents, sliding_windows


def kernel_setting(axes: int) -> Any:
    """The size of the kernels."""
    return axis_setting(axes, 3, high=255 if axes == 1 else 15, help="{axes} of every kernel.")


def stride_setting(axes: int) -> Any:
    """From one window to the next."""
    return axis_setting(axes, 1, help="Steps from one window to the next, along {axes}.")


def dilation_setting(axes: int) -> Any:
    """From one tap of the kernel to the next."""
    return axis_setting(axes, 1, help="Steps from one tap of the kernel to the next, along {axes}.")


class Convolution(Spatial):
    """y[k] = bias[k] + sum over c of kernel[k, c] correlated with x[c] (Goodfellow et al. 2016, eq. 9.6).

    Parameters: kernel (filters, channels / groups, *size) and bias (filters). With `flip` the kernel is turned by
    180 degrees first, which makes it a true convolution (eq. 9.4).
    """

    group = "Convolution"
    onnx_name = "Conv"

    filters: int = setting(
        default=8, low=1, high=4096, help="How many kernels, and so how many maps come out."
    )
    kernel: PerAxis = kernel_setting(2)
    stride: PerAxis = stride_setting(2)
    padding: str = setting(
        default="same",
        choices=PADDINGS,
        help="valid: only windows inside. same: as many outputs as inputs (per stride). explicit: your own sides.",
    )
    sides: tuple[int, ...] = sides_setting(2, 1, high=256, when=is_explicit)
    border: str = setting(
        default="constant",
        choices=BORDERS,
        help="Where the padding takes its values: a constant, the image mirrored (reflect repeats the edge pixel, "
        "reflect-101 does not), its edge repeated, or its other side.",
        when=lambda layer: layer.padding != "valid",
    )
    padding_value: float = setting(
        default=0.0,
        low=-1e6,
        high=1e6,
        step=0.1,
        help="The constant outside of the image.",
        when=lambda layer: layer.padding != "valid" and layer.border == "constant",
    )
    dilation: PerAxis = dilation_setting(2)
    groups: int = setting(
        default=1,
        low=1,
        high=4096,
        help="Splits channels into groups that do not see each other. As many groups as channels: depthwise.",
    )
    bias: bool = setting(default=True, help="Adds a number of its own to every map.")
    flip: bool = setting(
        default=False,
        label="True convolution",
        help="Turns the kernel by 180 degrees first, as mathematics defines convolution. Off: cross-correlation, "
        "as CNNs compute it.",
    )

    def summary(self) -> str:
        stride = set(per_axis(self.stride))
        step = "" if stride == {1} else f" /{stride.pop() if len(stride) == 1 else times(self.stride)}"
        return f"conv {times(self.kernel)}{step}"

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        extents = self.extents(shapes[0])
        check_groups(self.groups, shapes[0][0], self.filters)
        return self.filters, *output_extents(self.windows(shapes), extents, "kernel")

    def parameter_shapes(self, shapes: Sequence[Shape]) -> dict[str, Shape]:
        kernel = self.filters, shapes[0][0] // self.groups, *per_axis(self.kernel)
        return kernel_shapes(kernel, self.filters if self.bias else None)

    def initial_parameters(self, shapes: Sequence[Shape], rng: np.random.Generator) -> dict[str, Array]:
        needed = self.parameter_shapes(shapes)
        return fresh_weights(needed, math.prod(needed["kernel"][1:]), rng)

    def fitted_parameters(
        self, parameters: Parameters, shapes: Sequence[Shape], rng: np.random.Generator
    ) -> dict[str, Array]:
        return refitted_weights(parameters, self.room_for(parameters, shapes, rng))

    def parameter_formula(self, shapes: Sequence[Shape]) -> str:
        return weights_formula(self.parameter_shapes(shapes), self.filters)

    def multiply_adds(self, shapes: Sequence[Shape]) -> int:
        return math.prod(self.output_shape(shapes)) * math.prod(self.parameter_shapes(shapes)["kernel"][1:])

    def windows(self, shapes: Sequence[Shape]) -> tuple[Window, ...]:
        return sliding_windows(
            self.extents(shapes[0]), per_axis(self.kernel), per_axis(self.stride), per_axis(self.dilation),
            self.padding, self.sides,
        )  # fmt: skip

    def size_formulas(self, shapes: Sequence[Shape]) -> tuple[str, ...]:
        return tuple(
            window.formula(extent)
            for window, extent in zip(self.windows(shapes), self.extents(shapes[0]), strict=True)
        )

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        kernel = turned(parameters["kernel"], self.flip)
        tape.keep(x, kernel)
        return self._sliding(x).correlate(x, kernel, parameters.get("bias"))

    def by_rows(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> RowWork | None:
        (x,) = inputs
        kernel = turned(parameters["kernel"], self.flip)
        tape.keep(x, kernel)
        work = self._sliding(x).by_rows(x, kernel, parameters.get("bias"))
        if work is None or work.load is None or not self.flip:
            return work
        load = work.load
        return dataclasses.replace(work, load=lambda new: load({**new, "kernel": turned(new["kernel"])}))

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        x, kernel = tape
        sliding = self._sliding(x)
        inputs = sliding.input_gradient(gradient, kernel, x.shape[2:]) if needed.inputs[0] else None
        if not needed.parameters:
            return Gradients((inputs,))
        learned = sliding.kernel_gradient(gradient, x, kernel.shape[2:])
        parameters = {"kernel": turned(learned, self.flip)}
        if self.bias:
            parameters["bias"] = channel_sums(itself, gradient)
        return Gradients((inputs,), parameters)

    def onnx_nodes(self, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:
        windows, extents = self.windows(shapes), self.extents(shapes[0])
        pads = [(window.before, window.after) for window in windows]
        border: tuple[OnnxNode, ...] = ()
        if any(max(pair) for pair in pads) and (self.border != "constant" or self.padding_value != 0):
            border = padding_nodes(pads, extents, self._border, self.padding_value)
            windows = tuple(dataclasses.replace(window, before=0, after=0) for window in windows)
        attributes = {**window_attributes(windows), "group": self.groups}
        inputs = (-1 if border else 0, *self.parameter_shapes(shapes))
        return *border, OnnxNode("Conv", inputs, attributes)

    def onnx_parameters(self, parameters: Parameters, shapes: Sequence[Shape]) -> Parameters:
        return {**parameters, "kernel": turned(parameters["kernel"])} if self.flip else parameters

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[Convolution, dict[str, Array]]:
        kernel, settings = read_kernel(call, cls.axes)
        layer = cls(filters=len(kernel), **settings, **sliding_settings(call, kernel.shape[2:]))
        return layer, read_weights(call, kernel, len(kernel))

    def _sliding(self, x: Array) -> SlidingKernel:
        return SlidingKernel(self.windows([x.shape[1:]]), self.groups, self._border, self.padding_value)

    @property
    def _border(self) -> Border:
        return self.border  # type: ignore[return-value]


class Conv2d(Convolution):
    """Convolution of maps (channels, height, width)."""

    kind = "conv2d"
    title = "Convolution"
    help = (
        "Slides every kernel over its input and sums the products. A kernel answers where the image looks "
        "like the kernel."
    )

    kernel: tuple[int, int] = kernel_setting(2)
    stride: tuple[int, int] = stride_setting(2)
    sides: tuple[int, int, int, int] = sides_setting(2, 1, high=256, when=is_explicit)
    dilation: tuple[int, int] = dilation_setting(2)

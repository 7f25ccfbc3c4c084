"""Transposed convolution of maps, and what it shares with that of signals and volumes."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from explorer.engine.geometry import Window
from explorer.engine.kernel_weights import (
    check_groups,
    exchanged,
    fresh_weights,
    kernel_shapes,
    read_kernel,
    read_weights,
    refitted_weights,
    turned,
    weights_formula,
)
from explorer.engine.layer import Array, Parameters, Shape, ShapeError, setting, shape_text
from explorer.engine.layers.convolution import dilation_setting, kernel_setting
from explorer.engine.onnx_form import OnnxCall, OnnxNode, Source, integers
from explorer.engine.onnx_windows import plain, sliding_settings, window_attributes
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
from explorer.engine.stamping import Stamping
from explorer.engine.tape import Gradients, Needed, Tape
from explorer.engine.windows import PADDINGS


def stride_setting(axes: int) -> Any:
    """From one stamp to the next."""
    return axis_setting(axes, 2, help="Steps from one stamp of the kernel to the next, along {axes}.")


def output_padding_setting(axes: int) -> Any:
    """What is added at the end."""
    return axis_setting(
        axes, 0, low=0, help="Added to {axes} at the end, where a stride leaves it open how large the output is.",
        when=lambda layer: layer.padding != "same",
    )  # fmt: skip


class TransposedConvolution(Spatial):
    """Every input value times the kernel is added where a convolution would have read (Dumoulin & Visin 2016, 4).

    The transpose of the convolution of the same settings, as a matrix: its gradient, run forward. Parameters:
    kernel (filters, channels / groups, *size), the order of a convolution's, and bias (filters). Padding is cut
    off the output. With `flip` the kernel is turned by 180 degrees, and it is the transpose of true convolution.
    """

    group = "Convolution"
    onnx_name = "ConvTranspose"

    filters: int = setting(default=8, low=1, high=4096, help="How many maps come out.")
    kernel: PerAxis = kernel_setting(2)
    stride: PerAxis = stride_setting(2)
    padding: str = setting(
        default="same",
        choices=PADDINGS,
        help="What is cut off the output. valid: nothing. same: as much as makes the output stride times as large as "
        "the input. explicit: your own sides.",
    )
    sides: tuple[int, ...] = sides_setting(2, 1, high=256, when=is_explicit, what="cut off")
    output_padding: PerAxis = output_padding_setting(2)
    dilation: PerAxis = dilation_setting(2)
    groups: int = setting(
        default=1, low=1, high=4096, help="Splits channels into groups that do not see each other."
    )
    bias: bool = setting(default=True, help="Adds a number of its own to every map.")
    flip: bool = setting(
        default=False,
        label="Turn the kernel",
        help="Stamps the kernel turned by 180 degrees, which is the transpose of true convolution. Off: as it is, the "
        "transpose of cross-correlation.",
    )

    def summary(self) -> str:
        stride = set(per_axis(self.stride))
        step = "" if stride == {1} else f" ·{stride.pop() if len(stride) == 1 else times(self.stride)}"
        return f"transposed {times(self.kernel)}{step}"

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        self.extents(shapes[0])
        check_groups(self.groups, shapes[0][0], self.filters)
        outputs = tuple(place.output for place in self._places(shapes[0]))
        if min(outputs) < 1:
            raise ShapeError(
                f"{self.title} would give an output of {shape_text((self.filters, *outputs))}: the padding cuts off "
                "all there is. Use less padding or a larger kernel."
            )
        return self.filters, *outputs

    def parameter_shapes(self, shapes: Sequence[Shape]) -> dict[str, Shape]:
        kernel = self.filters, shapes[0][0] // self.groups, *per_axis(self.kernel)
        return kernel_shapes(kernel, self.filters if self.bias else None)

    def initial_parameters(self, shapes: Sequence[Shape], rng: np.random.Generator) -> dict[str, Array]:
        needed = self.parameter_shapes(shapes)
        stamps = math.prod(needed["kernel"][1:]) // math.prod(per_axis(self.stride))
        return fresh_weights(needed, stamps, rng)  # as many as fall on one output, on average

    def fitted_parameters(
        self, parameters: Parameters, shapes: Sequence[Shape], rng: np.random.Generator
    ) -> dict[str, Array]:
        return refitted_weights(parameters, self.room_for(parameters, shapes, rng))

    def parameter_formula(self, shapes: Sequence[Shape]) -> str:
        return weights_formula(self.parameter_shapes(shapes), self.filters)

    def multiply_adds(self, shapes: Sequence[Shape]) -> int:
        return math.prod(shapes[0][1:]) * math.prod(self.parameter_shapes(shapes)["kernel"])

    def windows(self, shapes: Sequence[Shape]) -> tuple[Window, ...]:
        return tuple(place.window for place in self._places(shapes[0]))

    def size_formulas(self, shapes: Sequence[Shape]) -> tuple[str, ...]:
        return tuple(place.formula for place in self._places(shapes[0]))

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        kernel = turned(parameters["kernel"], self.flip)
        tape.keep(x, kernel)
        outputs = tuple(place.output for place in self._places(x.shape[1:]))
        return self._sliding(x).input_gradient(
            x, exchanged(kernel, self.groups), outputs, parameters.get("bias")
        )

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        x, kernel = tape
        sliding = self._sliding(x)
        weights = exchanged(kernel, self.groups)
        if not needed.parameters:
            return Gradients((sliding.correlate(gradient, weights) if needed.inputs[0] else None,))
        inputs, learned, sums = sliding.all_gradients(gradient, x, weights)
        learned = exchanged(learned, self.groups)
        parameters = {"kernel": turned(learned, self.flip)}
        if self.bias:
            parameters["bias"] = sums
        return Gradients((inputs,), parameters)

    def onnx_nodes(self, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:
        places = self._places(shapes[0])
        cut = [dataclasses.replace(place.read, after=max(0, place.read.after)) for place in places]
        beyond = tuple(max(0, -place.read.after) for place in places)  # outputs that no stamp reaches
        attributes = {**window_attributes(cut), "group": self.groups}
        if not self._has_wide_end(shapes[0]):
            inputs: tuple[Source, ...] = (0, *self.parameter_shapes(shapes))
            return (OnnxNode("ConvTranspose", inputs, {**attributes, "output_padding": beyond}),)
        widened = integers(*(0,) * (2 + self.axes), 0, 0, *beyond)
        nodes = OnnxNode("ConvTranspose", (0, "kernel"), attributes), OnnxNode("Pad", (-1, widened))
        return (*nodes, OnnxNode("Add", (-1, "bias"))) if self.bias else nodes

    def onnx_parameters(self, parameters: Parameters, shapes: Sequence[Shape]) -> Parameters:
        kernel = turned(parameters["kernel"], self.flip)
        found = {**parameters, "kernel": exchanged(kernel, self.groups)}
        if self.bias and self._has_wide_end(shapes[0]):
            found["bias"] = parameters["bias"].reshape(-1, *(1,) * self.axes)
        return found

    def _has_wide_end(self, shape: Shape) -> bool:
        """Whether more outputs are added at an end than ONNX allows for: less than the stride or the dilation."""
        reads = (place.read for place in self._places(shape))
        return any(-read.after >= max(read.stride, read.dilation) for read in reads)

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[TransposedConvolution, dict[str, Array]]:
        weights, settings = read_kernel(call, cls.axes)
        kernel = exchanged(weights, settings["groups"])
        settings |= stamping_settings(call, kernel.shape[2:])
        return cls(filters=len(kernel), **settings), read_weights(call, kernel, len(kernel))

    def _places(self, shape: Shape) -> list[Stamping]:
        """How the kernel is stamped along every axis of an input of this shape."""
        extents = self.extents(shape)
        numbers = zip(
            extents, per_axis(self.kernel), per_axis(self.stride), per_axis(self.dilation),
            per_axis(self.output_padding), strict=True,
        )  # fmt: skip
        return [
            Stamping.of(*one, self.padding, self.sides[2 * axis : 2 * axis + 2])
            for axis, one in enumerate(numbers)
        ]

    def _sliding(self, x: Array) -> SlidingKernel:
        """The convolution whose transpose this is: from the output to the input."""
        return SlidingKernel(tuple(place.read for place in self._places(x.shape[1:])), self.groups)


def stamping_settings(call: OnnxCall, size: Sequence[int]) -> dict[str, Any]:
    """The settings of an ONNX ConvTranspose that do not follow from its kernel."""
    axes = len(size)
    found = sliding_settings(call, size)
    extra = call.numbers("output_padding", (0,) * axes)
    wanted = call.numbers("output_shape", ())[-axes:]
    if "SAME" in call.attributes.get("auto_pad", "NOTSET") and not wanted:
        strides = call.numbers("strides", (1,) * axes)
        wanted = tuple(extent * stride for extent, stride in zip(call.shapes[0][1:], strides, strict=True))
    if not wanted:
        return {**found, "output_padding": plain(extra)}
    # What the operator's text says: the padding follows from the output, the larger half of an odd one comes
    # first unless SAME_UPPER asks for the opposite.
    sides: list[int] = []
    numbers = zip(
        call.shapes[0][1:],
        size,
        per_axis(found["stride"]),
        per_axis(found["dilation"]),
        extra,
        wanted,
        strict=True,
    )
    missing = []
    for extent, one, stride, dilation, more, output in numbers:
        total = (extent - 1) * stride + dilation * (one - 1) + 1 + more - output
        small, large = max(0, total) // 2, max(0, total) - max(0, total) // 2
        sides += [small, large] if call.attributes.get("auto_pad") == "SAME_UPPER" else [large, small]
        missing.append(more + max(0, -total))
    return {**found, "padding": "explicit", "sides": tuple(sides), "output_padding": plain(missing)}


class ConvTranspose2d(TransposedConvolution):
    """Transposed convolution of maps (channels, height, width)."""

    kind = "conv_transpose2d"
    title = "Transposed convolution"
    help = (
        "Stamps every kernel, times the value, at every pixel: maps grow by the stride. How decoders draw pictures; "
        "also called deconvolution."
    )

    kernel: tuple[int, int] = kernel_setting(2)
    stride: tuple[int, int] = stride_setting(2)
    sides: tuple[int, int, int, int] = sides_setting(2, 1, high=256, when=is_explicit, what="cut off")
    output_padding: tuple[int, int] = output_padding_setting(2)
    dilation: tuple[int, int] = dilation_setting(2)

"""Convolution in two dimensions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from explorer.engine.correlation import correlate
from explorer.engine.correlation_gradients import input_gradient, kernel_gradient
from explorer.engine.geometry import BORDERS, Border, Window
from explorer.engine.initializers import he_normal, zeros
from explorer.engine.layer import (
    Array,
    Layer,
    Parameters,
    Shape,
    ShapeError,
    maps_shape,
    overlapping,
    setting,
)
from explorer.engine.sums import channel_sums
from explorer.engine.tape import Gradients, Needed, Tape
from explorer.engine.windows import PADDINGS, output_extents, sliding_windows


class Conv2d(Layer):
    """y[k] = bias[k] + sum over c of kernel[k, c] correlated with x[c] (Goodfellow et al. 2016, eq. 9.6).

    Parameters: kernel (filters, channels / groups, height, width) and bias (filters). With `flip` the kernel
    is turned by 180 degrees first, which makes it a true convolution (eq. 9.4).
    """

    kind = "conv2d"
    title = "Convolution"
    group = "Convolution"
    help = (
        "Slides every kernel over its input and sums the products. A kernel answers where the image looks "
        "like the kernel."
    )

    filters: int = setting(
        default=8, low=1, high=4096, help="How many kernels, and so how many maps come out."
    )
    kernel: tuple[int, int] = setting(
        default=(3, 3), low=1, high=15, help="Height and width of every kernel."
    )
    stride: tuple[int, int] = setting(
        default=(1, 1), low=1, high=64, help="Pixels from one window to the next."
    )
    padding: str = setting(
        default="same",
        choices=PADDINGS,
        help="valid: only windows inside. same: as many outputs as inputs (per stride). explicit: your own sides.",
    )
    sides: tuple[int, int, int, int] = setting(
        default=(1, 1, 1, 1),
        low=0,
        high=256,
        help="Pixels added at each side.",
        when=lambda layer: layer.padding == "explicit",
    )
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
    dilation: tuple[int, int] = setting(
        default=(1, 1), low=1, high=64, help="Pixels between two taps of the kernel."
    )
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
        stride = "" if self.stride == (1, 1) else f" /{_pair(self.stride)}"
        return f"conv {self.kernel[0]}x{self.kernel[1]}{stride}"

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        channels, height, width = maps_shape(self, shapes[0])
        for count, what in ((channels, "channels that come in"), (self.filters, "filters")):
            if count % self.groups:
                raise ShapeError(
                    f"{self.groups} groups do not divide the {count} {what}. "
                    f"Expected one of {', '.join(map(str, common_divisors(channels, self.filters)))}."
                )
        return self.filters, *output_extents(self.windows(shapes), (height, width), "kernel")

    def parameter_shapes(self, shapes: Sequence[Shape]) -> dict[str, Shape]:
        needed: dict[str, Shape] = {"kernel": (self.filters, shapes[0][0] // self.groups, *self.kernel)}
        if self.bias:
            needed["bias"] = (self.filters,)
        return needed

    def initial_parameters(self, shapes: Sequence[Shape], rng: np.random.Generator) -> dict[str, Array]:
        needed = self.parameter_shapes(shapes)
        fresh = {"kernel": he_normal(needed["kernel"], math.prod(needed["kernel"][1:]), rng)}
        if self.bias:
            fresh["bias"] = zeros(needed["bias"])
        return fresh

    def fitted_parameters(
        self, parameters: Parameters, shapes: Sequence[Shape], rng: np.random.Generator
    ) -> dict[str, Array]:
        fresh = self.initial_parameters(shapes, rng)
        old = parameters.get("kernel")
        if old is not None and old.shape[2:] != self.kernel:
            # A kernel that grows gets a margin of zeros, so that it does what it did.
            fresh["kernel"][: old.shape[0], : old.shape[1]] = 0
        return {
            name: overlapping(parameters.get(name), array, centred=(2, 3) if name == "kernel" else ())
            for name, array in fresh.items()
        }

    def parameter_formula(self, shapes: Sequence[Shape]) -> str:
        filters, channels, height, width = self.parameter_shapes(shapes)["kernel"]
        weights = filters * height * width * channels
        product = f"{filters}x{height}x{width}x{channels}"
        if not self.bias:
            return f"{product} = {weights:,}"
        return f"{product} + {filters} = {weights + filters:,}"

    def multiply_adds(self, shapes: Sequence[Shape]) -> int:
        return math.prod(self.output_shape(shapes)) * (shapes[0][0] // self.groups) * math.prod(self.kernel)

    def windows(self, shapes: Sequence[Shape]) -> tuple[Window, Window]:
        _, height, width = maps_shape(self, shapes[0])
        return sliding_windows(
            (height, width), self.kernel, self.stride, self.dilation, self.padding, self.sides
        )

    def size_formulas(self, shapes: Sequence[Shape]) -> tuple[str, ...]:
        vertical, horizontal = self.windows(shapes)
        return vertical.formula(shapes[0][1]), horizontal.formula(shapes[0][2])

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        kernel = parameters["kernel"]
        if self.flip:
            kernel = kernel[:, :, ::-1, ::-1]
        tape.keep(x, kernel)
        windows = self.windows([x.shape[1:]])
        return correlate(
            x, kernel, parameters.get("bias"), windows, self.groups, self._border, self.padding_value
        )

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        x, kernel = tape
        windows, extents = self.windows([x.shape[1:]]), (x.shape[2], x.shape[3])
        inputs = None
        if needed.inputs[0]:
            inputs = input_gradient(gradient, kernel, windows, extents, self.groups, self._border)
        if not needed.parameters:
            return Gradients((inputs,))
        learned = kernel_gradient(
            gradient, x, kernel.shape[2:], windows, self.groups, self._border, self.padding_value
        )
        parameters = {"kernel": learned[:, :, ::-1, ::-1] if self.flip else learned}
        if self.bias:
            parameters["bias"] = channel_sums(np.positive, gradient)
        return Gradients((inputs,), parameters)

    @property
    def _border(self) -> Border:
        return self.border  # type: ignore[return-value]


def common_divisors(*counts: int) -> list[int]:
    """Numbers that divide all the counts: the group counts that are possible."""
    common = math.gcd(*counts)
    return [number for number in range(1, common + 1) if common % number == 0]


def _pair(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}x{pair[1]}"

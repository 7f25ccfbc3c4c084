"""Rectifiers: activations of straight pieces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.engine.layer import Array, Layer, Parameters, SettingError, Shape, setting
from explorer.engine.layers.activation import Activation
from explorer.engine.memory import each_channel_block
from explorer.engine.onnx_form import OnnxCall, OnnxMismatch, OnnxNode, parameter
from explorer.engine.selection import rest_of, select
from explorer.engine.sums import channel_sums
from explorer.engine.tape import Gradients, Needed, Tape

LARGEST = float(np.finfo(np.float32).max)  # what an open end of a range stands at


class LeakyReLU(Activation):
    """x where it is positive, leak * x elsewhere (Maas et al. 2013)."""

    kind = "leaky_relu"
    onnx_name = "LeakyRelu"
    onnx_settings = {"leak": ("alpha", 0.01)}
    title = "Leaky ReLU"
    help = "Keeps what is positive and lets a small share of the negative through, so that no unit dies."

    leak: float = setting(
        default=0.1, low=0, high=1, step=0.01, help="Share of a negative value that passes."
    )

    def summary(self) -> str:
        return f"leaky ReLU {self.leak:g}"

    def apply(self, x: Array, out: Array) -> None:
        zero = np.zeros_like(x)
        np.multiply(np.minimum(x, zero), np.float32(self.leak), out=out)
        np.add(out, np.maximum(x, zero), out=out)

    def derive(self, x: Array, gradient: Array, out: Array) -> None:
        select(gradient, x > 0, out)
        leaking = rest_of(gradient, out)
        np.add(out, np.multiply(leaking, np.float32(self.leak), out=leaking), out=out)


class PReLU(Layer):
    """x where it is positive, slope * x elsewhere, with a slope per channel (He et al. 2015)."""

    kind = "prelu"
    onnx_name = "PRelu"
    title = "PReLU"
    group = "Activation"
    help = "A leaky ReLU whose leak is a parameter of every channel and can be learned."

    def onnx_parameters(self, parameters: Parameters, shapes: Sequence[Shape]) -> Parameters:
        return {"slope": parameters["slope"].reshape(-1, *(1,) * (len(shapes[0]) - 1))}

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[Layer, dict[str, Array]]:
        slope = call.constant(1)
        if slope is None:
            raise OnnxMismatch("The slope of PRelu must be a constant.")
        channels = call.shapes[0][0]  # one slope may stand for all
        return cls(), {
            "slope": parameter(np.repeat(slope, channels) if slope.size == 1 else slope, (channels,))
        }

    def parameter_shapes(self, shapes: Sequence[Shape]) -> dict[str, Shape]:
        return {"slope": (shapes[0][0],)}

    def initial_parameters(self, shapes: Sequence[Shape], rng: np.random.Generator) -> dict[str, Array]:
        return {"slope": np.full(shapes[0][0], 0.25, np.float32)}  # He et al. 2015, section 2.1

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs

        def bend(block: Array, slope: Array, out: Array) -> None:
            zero = np.zeros_like(block)
            np.multiply(np.minimum(block, zero), slope, out=out)
            np.add(out, np.maximum(block, zero), out=out)

        tape.keep(x, parameters["slope"])
        return each_channel_block(bend, x, parameters["slope"])

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        x, slope = tape

        def bend_back(block: Array, gradient: Array, slope: Array, out: Array) -> None:
            select(gradient, block > 0, out)
            np.add(out, rest_of(gradient, out) * slope, out=out)

        def share(block: Array, gradient: Array) -> Array:
            return np.minimum(block, np.zeros_like(block)) * gradient  # what the slope multiplied

        inputs = each_channel_block(bend_back, x, gradient, slope) if needed.inputs[0] else None
        learned = {"slope": channel_sums(share, x, gradient)} if needed.parameters else {}
        return Gradients((inputs,), learned)


class Clip(Activation):
    """min(max(x, low), high); ReLU6 (Krizhevsky 2010) with its defaults. The slope at both bounds is 0."""

    kind = "clip"
    onnx_name = "Clip"
    title = "Clip"
    help = "Cuts values off below a lowest and above a highest one. From 0 to 6 it is known as ReLU6."

    low: float = setting(default=0.0, label="Lowest", help="Smaller values become this one.")
    high: float = setting(default=6.0, label="Highest", help="Larger values become this one.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low > self.high:
            raise SettingError(
                f"Lowest must not be above highest, got {self.low:g} and {self.high:g}. "
                "Change the other one first."
            )

    def onnx_nodes(self, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:
        return (OnnxNode("Clip", (0, np.array(self.low, np.float32), np.array(self.high, np.float32))),)

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[Layer, dict[str, Array]]:
        bounds = []
        for place, name, open_end in ((1, "min", -LARGEST), (2, "max", LARGEST)):
            constant = call.constant(place)  # attributes before opset 11
            bound = call.attributes.get(name, open_end) if constant is None else float(constant.item())
            bounds.append(min(max(bound, -LARGEST), LARGEST))
        return cls(low=bounds[0], high=bounds[1]), {}

    def summary(self) -> str:
        return f"clip {self.low:g} to {self.high:g}"

    def plateaus(self) -> tuple[float, ...]:
        # Many zeros are sparse, not stuck.
        return tuple(bound for bound in (self.low, self.high) if bound != 0)

    def apply(self, x: Array, out: Array) -> None:
        np.minimum(np.maximum(x, np.full_like(x, self.low)), np.full_like(x, self.high), out=out)

    def derive(self, x: Array, gradient: Array, out: Array) -> None:
        select(gradient, ~((x <= self.low) | (x >= self.high)), out)


class Absolute(Activation):
    """|x|."""

    kind = "abs"
    onnx_name = "Abs"
    title = "Absolute value"
    help = "Drops the sign: an edge from dark to bright counts as much as one from bright to dark."
    signed_output = False

    def apply(self, x: Array, out: Array) -> None:
        np.abs(x, out=out)

    def derive(self, x: Array, gradient: Array, out: Array) -> None:
        np.multiply(np.sign(x), gradient, out=out)

"""Sigmoids: activations that level off on both sides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.engine.layer import Array, Layer, Shape
from explorer.engine.layers.activation import Activation
from explorer.engine.onnx_form import OnnxCall, OnnxMismatch, Value
from explorer.engine.selection import select


def sigmoid(x: Array, out: Array) -> None:
    """1 / (1 + exp(-x)); an exponential that overflows gives 0, which is right."""
    np.negative(x, out=out)
    np.exp(out, out=out)
    np.add(out, np.float32(1), out=out)
    np.reciprocal(out, out=out)


def hard_sigmoid(x: Array, out: Array) -> None:
    """min(max(x + 3, 0), 6) / 6, as in MobileNetV3 (Howard et al. 2019, section 5.2) and PyTorch."""
    np.add(x, np.float32(3), out=out)
    np.maximum(out, np.zeros_like(out), out=out)
    np.minimum(out, np.full_like(out, 6), out=out)
    np.divide(out, np.float32(6), out=out)


class Sigmoid(Activation):
    """1 / (1 + exp(-x))."""

    kind = "sigmoid"
    onnx_name = "Sigmoid"
    title = "Sigmoid"
    help = "Squeezes every value between 0 and 1; 0 becomes a half."
    signed_output = False
    slope_from_output = True

    def plateaus(self) -> tuple[float, ...]:
        return 0.0, 1.0

    def apply(self, x: Array, out: Array) -> None:
        sigmoid(x, out)

    def derive(self, y: Array, gradient: Array, out: Array) -> None:
        np.subtract(1, y, out=out)
        np.multiply(out, y, out=out)
        np.multiply(out, gradient, out=out)


class HardSigmoid(Activation):
    """A sigmoid of three straight pieces: 0, x / 6 + 1/2, 1."""

    kind = "hard_sigmoid"
    onnx_name = "HardSigmoid"
    title = "Hard sigmoid"
    help = "A sigmoid of three straight pieces: 0 below -3, 1 above 3, a ramp between."
    signed_output = False

    def onnx_attributes(self, shapes: Sequence[Shape]) -> dict[str, Value]:
        return {"alpha": 1 / 6, "beta": 0.5}

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[Layer, dict[str, Array]]:
        slope, middle = call.attributes.get("alpha", 0.2), call.attributes.get("beta", 0.5)
        if abs(slope - 1 / 6) > 1e-6 or middle != 0.5:
            raise OnnxMismatch(f"HardSigmoid of slope {slope:g} is not supported, only of 1/6 around 1/2.")
        return cls(), {}

    def plateaus(self) -> tuple[float, ...]:
        return 0.0, 1.0

    def apply(self, x: Array, out: Array) -> None:
        hard_sigmoid(x, out)

    def derive(self, x: Array, gradient: Array, out: Array) -> None:
        select(gradient, (x > -3) & (x < 3), out)
        np.divide(out, 6, out=out)


class Tanh(Activation):
    """The hyperbolic tangent."""

    kind = "tanh"
    onnx_name = "Tanh"
    title = "Tanh"
    help = "Squeezes every value between -1 and 1 and keeps 0 at 0."
    slope_from_output = True

    def plateaus(self) -> tuple[float, ...]:
        return -1.0, 1.0

    def apply(self, x: Array, out: Array) -> None:
        np.tanh(x, out=out)

    def derive(self, y: Array, gradient: Array, out: Array) -> None:
        np.multiply(y, y, out=out)
        np.subtract(1, out, out=out)
        np.multiply(out, gradient, out=out)

"""Smooth rectifiers: activations that bend with an exponential below zero."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.engine.layer import Array, Layer, Shape, setting
from explorer.engine.layers.activation import Activation
from explorer.engine.layers.sigmoids import sigmoid
from explorer.engine.onnx_form import OnnxCall, OnnxMismatch, Value
from explorer.engine.selection import rest_of, select

# Klambauer et al. 2017, Self-Normalizing Neural Networks, equation 14
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


def _elu(x: Array, out: Array, alpha: float) -> None:
    zero = np.zeros_like(x)
    np.expm1(np.minimum(x, zero), out=out)
    np.multiply(out, np.float32(alpha), out=out)
    np.add(out, np.maximum(x, zero), out=out)


def _elu_slope(x: Array, gradient: Array, out: Array, alpha: float) -> None:
    sinking = np.empty_like(out)
    select(gradient, x <= 0, sinking)
    np.copyto(out, rest_of(gradient, sinking))
    np.multiply(sinking, np.exp(np.minimum(x, np.zeros_like(x))), out=sinking)
    np.add(out, np.multiply(sinking, np.float32(alpha), out=sinking), out=out)


class ELU(Activation):
    """x where it is positive, alpha * (exp(x) - 1) elsewhere (Clevert et al. 2015)."""

    kind = "elu"
    onnx_name = "Elu"
    onnx_settings = {"alpha": ("alpha", 1.0)}
    title = "ELU"
    help = "Like ReLU, but negative values sink smoothly towards a floor instead of being cut off."

    alpha: float = setting(
        default=1.0, low=0, high=10, step=0.1, help="How deep the floor lies for very negative values."
    )

    def apply(self, x: Array, out: Array) -> None:
        _elu(x, out, self.alpha)

    def derive(self, x: Array, gradient: Array, out: Array) -> None:
        _elu_slope(x, gradient, out, self.alpha)


class SELU(Activation):
    """An ELU scaled so that mean 0 and variance 1 keep themselves (Klambauer et al. 2017)."""

    kind = "selu"
    onnx_name = "Selu"
    title = "SELU"
    help = "An ELU whose two numbers keep the activations of deep dense networks at mean 0 and variance 1."

    def onnx_attributes(self, shapes: Sequence[Shape]) -> dict[str, Value]:
        return {"alpha": SELU_ALPHA, "gamma": SELU_SCALE}

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[Layer, dict[str, Array]]:
        for name, expected in (("alpha", SELU_ALPHA), ("gamma", SELU_SCALE)):
            value = call.attributes.get(name, expected)
            if abs(value - expected) > 1e-5:
                raise OnnxMismatch(f"Selu with {name} = {value} is not supported, only {expected:.6f}.")
        return cls(), {}

    def apply(self, x: Array, out: Array) -> None:
        _elu(x, out, SELU_ALPHA)
        np.multiply(out, np.float32(SELU_SCALE), out=out)

    def derive(self, x: Array, gradient: Array, out: Array) -> None:
        _elu_slope(x, gradient, out, SELU_ALPHA)
        np.multiply(out, np.float32(SELU_SCALE), out=out)


class Softplus(Activation):
    """log(1 + exp(x)) (Dugas et al. 2000)."""

    kind = "softplus"
    onnx_name = "Softplus"
    title = "Softplus"
    help = "A ReLU with a rounded corner; never quite 0."
    signed_output = False

    def apply(self, x: Array, out: Array) -> None:
        # max(x, 0) + log(1 + exp(-|x|)): the exponential cannot overflow
        np.abs(x, out=out)
        np.negative(out, out=out)
        np.exp(out, out=out)
        np.log1p(out, out=out)
        np.add(out, np.maximum(x, np.zeros_like(x)), out=out)

    def derive(self, x: Array, gradient: Array, out: Array) -> None:
        sigmoid(x, out)
        np.multiply(out, gradient, out=out)

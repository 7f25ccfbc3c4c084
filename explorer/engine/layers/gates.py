"""Gates: activations that multiply a value by how far open it finds itself."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from explorer.engine.layer import Array, Layer, Shape, setting
from explorer.engine.layers.activation import Activation
from explorer.engine.layers.sigmoids import hard_sigmoid, sigmoid
from explorer.engine.onnx_form import OnnxCall, OnnxNode, Value
from explorer.engine.selection import rest_of, select

# Of erfc(z) = t exp(-z² + P(t)), t = 1 / (1 + z / 2): Press et al. 1992, Numerical Recipes in C, section 6.2.
ERFC_P = (0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807,
          -0.18628806, 0.09678418, 0.37409196, 1.00002368, -1.26551223)  # fmt: skip


def half_erfc(z: Array) -> Array:
    """Half of the complementary error function of every value, none below 0, to within 2e-7 of 1."""
    t: Array = np.reciprocal(z * np.float32(0.5) + np.float32(1))
    value: Array = np.full_like(t, ERFC_P[0])
    for coefficient in ERFC_P[1:]:  # Horner's scheme
        np.multiply(value, t, out=value)
        np.add(value, np.float32(coefficient), out=value)
    np.subtract(value, np.square(z), out=value)
    np.exp(value, out=value)
    np.multiply(value, t, out=value)
    value *= np.float32(0.5)
    return value


class SiLU(Activation):
    """x * sigmoid(x), also called swish (Elfwing et al. 2017; Ramachandran et al. 2017)."""

    kind = "silu"
    title = "SiLU"
    help = "Multiplies a value by its own sigmoid: a smooth ReLU with a dip below zero. Also called swish."

    def onnx_nodes(self, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:
        return OnnxNode("Sigmoid"), OnnxNode("Mul", (0, -1))

    def apply(self, x: Array, out: Array) -> None:
        sigmoid(x, out)
        np.multiply(out, x, out=out)

    def derive(self, x: Array, gradient: Array, out: Array) -> None:
        sigmoid(x, out)
        np.multiply(out, 1 + x * (1 - out), out=out)
        np.multiply(out, gradient, out=out)


class HardSwish(Activation):
    """x * hard_sigmoid(x) (Howard et al. 2019, MobileNetV3)."""

    kind = "hard_swish"
    onnx_name = "HardSwish"
    title = "Hard swish"
    help = "A SiLU of straight and square pieces, cheaper to compute."

    def onnx_nodes(self, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:
        return (OnnxNode("HardSwish"),)

    def apply(self, x: Array, out: Array) -> None:
        hard_sigmoid(x, out)
        np.multiply(out, x, out=out)

    def derive(self, x: Array, gradient: Array, out: Array) -> None:
        select(gradient, x > -3, out)
        passing = np.empty_like(out)
        select(out, x >= 3, passing)
        bent = rest_of(out, passing)
        np.add(passing, bent * (x / 3 + 0.5), out=out)


class GELU(Activation):
    """x * Φ(x), Φ the normal distribution (Hendrycks & Gimpel 2016); exact or by their tanh formula."""

    kind = "gelu"
    onnx_name = "Gelu"
    title = "GELU"
    help = "Multiplies a value by the chance that a normal number is smaller: a smooth ReLU of transformers."

    form: str = setting(
        default="exact",
        choices=("exact", "tanh"),
        help="exact: by the error function. tanh: the usual approximation.",
    )

    def onnx_nodes(self, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:
        attributes: dict[str, Value] = {"approximate": "none" if self.form == "exact" else "tanh"}
        return (OnnxNode("Gelu", (0,), attributes, opset=20),)

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[Layer, dict[str, Array]]:
        approximate = call.expect("approximate", "none", "none", "tanh")
        return cls(form="exact" if approximate == "none" else "tanh"), {}

    def apply(self, x: Array, out: Array) -> None:
        self._chance(x, out)
        np.multiply(out, x, out=out)

    def derive(self, x: Array, gradient: Array, out: Array) -> None:
        self._chance(x, out)
        if self.form == "exact":
            density = np.exp(x * x * np.float32(-0.5)) * np.float32(1 / math.sqrt(2 * math.pi))
        else:  # tanh' = 1 - tanh², and tanh = 2 Φ - 1
            bend = np.float32(math.sqrt(2 / math.pi)) * (1 + np.float32(3 * 0.044715) * x * x)
            density = 2 * out * (1 - out) * bend
        np.add(out, x * density, out=out)  # (x Φ)' = Φ + x Φ'
        np.multiply(out, gradient, out=out)

    def _chance(self, x: Array, out: Array) -> None:
        """Φ(x), the chance that a normal number is smaller."""
        if self.form == "exact":
            tail = half_erfc(np.abs(x) * np.float32(math.sqrt(0.5)))
            np.copyto(out, np.where(x < 0, tail, 1 - tail))
            return
        np.multiply(x * x, x * np.float32(0.044715), out=out)
        np.add(out, x, out=out)
        np.tanh(out * np.float32(math.sqrt(2 / math.pi)), out=out)
        np.add(out, np.float32(1), out=out)
        np.multiply(out, np.float32(0.5), out=out)

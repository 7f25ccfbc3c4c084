"""Gates: activations that multiply a value by how far open it finds itself."""

from __future__ import annotations

import math

import numpy as np

from explorer.engine.layer import Array, setting
from explorer.engine.layers.activation import Activation
from explorer.engine.layers.sigmoids import hard_sigmoid, sigmoid

# erf(x) = x P(x²) / Q(x²) on [-4, 4], the rational approximation that Eigen and XLA use for float32
ERF_P = (-2.72614225801306e-10, 2.77068142495902e-08, -2.10102402082508e-06, -5.69250639462346e-05,
         -7.34990630326855e-04, -2.95459980854025e-03, -1.60960333262415e-02)  # fmt: skip
ERF_Q = (-1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03, -7.37332916720468e-03,
         -1.42647390514189e-02)  # fmt: skip


def erf(x: Array) -> Array:
    """The error function of every value, to within 3e-7."""
    x = np.minimum(np.maximum(x, np.full_like(x, -4)), np.full_like(x, 4))
    square = x * x
    return x * _polynomial(square, ERF_P) / _polynomial(square, ERF_Q)


def _polynomial(x: Array, coefficients: tuple[float, ...]) -> Array:
    value = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:  # Horner's scheme
        np.multiply(value, x, out=value)
        np.add(value, np.float32(coefficient), out=value)
    return value


class SiLU(Activation):
    """x * sigmoid(x), also called swish (Elfwing et al. 2017; Ramachandran et al. 2017)."""

    kind = "silu"
    title = "SiLU"
    help = "Multiplies a value by its own sigmoid: a smooth ReLU with a dip below zero. Also called swish."

    def apply(self, x: Array, out: Array) -> None:
        sigmoid(x, out)
        np.multiply(out, x, out=out)


class HardSwish(Activation):
    """x * hard_sigmoid(x) (Howard et al. 2019, MobileNetV3)."""

    kind = "hard_swish"
    title = "Hard swish"
    help = "A SiLU of straight and square pieces, cheaper to compute."

    def apply(self, x: Array, out: Array) -> None:
        hard_sigmoid(x, out)
        np.multiply(out, x, out=out)


class GELU(Activation):
    """x * Φ(x), Φ the normal distribution (Hendrycks & Gimpel 2016); exact or by their tanh formula."""

    kind = "gelu"
    title = "GELU"
    help = "Multiplies a value by the chance that a normal number is smaller: a smooth ReLU of transformers."

    form: str = setting(
        default="exact",
        choices=("exact", "tanh"),
        help="exact: by the error function. tanh: the usual approximation.",
    )

    def apply(self, x: Array, out: Array) -> None:
        if self.form == "exact":
            np.add(erf(x * np.float32(math.sqrt(0.5))), np.float32(1), out=out)
        else:
            np.multiply(x * x, x * np.float32(0.044715), out=out)
            np.add(out, x, out=out)
            np.tanh(out * np.float32(math.sqrt(2 / math.pi)), out=out)
            np.add(out, np.float32(1), out=out)
        np.multiply(out, x, out=out)
        np.multiply(out, np.float32(0.5), out=out)

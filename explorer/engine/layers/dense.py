"""The dense layer: every output reads every input."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.engine.initializers import he_normal, zeros
from explorer.engine.layer import Array, Layer, Parameters, Shape, ShapeError, setting, shape_text
from explorer.engine.pool import pool
from explorer.engine.sums import channel_sums, itself
from explorer.engine.tape import Gradients, Needed, Tape

UNITS_AT_ONCE = 256


class Dense(Layer):
    """x @ kernel.T + bias, for a list of features. Parameters: kernel (units, features), bias (units,)."""

    kind = "dense"
    title = "Dense"
    group = "Dense"
    help = "Every unit is a weighted sum of all features. Also called fully connected or linear."

    units: int = setting(default=10, low=1, high=65536, help="How many numbers come out.")
    bias: bool = setting(default=True, help="Adds a number of its own to every unit.")

    def summary(self) -> str:
        return f"dense {self.units}"

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        if len(shapes[0]) != 1:
            raise ShapeError(
                f"Dense works on a list of features, got maps of {shape_text(shapes[0])}. "
                "Put a Flatten before it."
            )
        return (self.units,)

    def parameter_shapes(self, shapes: Sequence[Shape]) -> dict[str, Shape]:
        kernel = (self.units, shapes[0][0])
        return {"kernel": kernel, "bias": (self.units,)} if self.bias else {"kernel": kernel}

    def initial_parameters(self, shapes: Sequence[Shape], rng: np.random.Generator) -> dict[str, Array]:
        features = shapes[0][0]
        parameters = {"kernel": he_normal((self.units, features), features, rng)}
        if self.bias:
            parameters["bias"] = zeros((self.units,))
        return parameters

    def multiply_adds(self, shapes: Sequence[Shape]) -> int:
        return self.units * shapes[0][0]

    def windows(self, shapes: Sequence[Shape]) -> None:
        return None

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        kernel = parameters["kernel"]
        tape.keep(x, kernel)
        out = np.empty((len(x), len(kernel)), x.dtype)

        def work(first: int) -> None:
            units = slice(first, first + UNITS_AT_ONCE)
            out[:, units] = x @ kernel[units].T
            if self.bias:
                out[:, units] += parameters["bias"][units]

        pool.each(work, range(0, len(kernel), UNITS_AT_ONCE))
        return out

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        x, kernel = tape
        inputs = _product(gradient, kernel) if needed.inputs[0] else None
        if not needed.parameters:
            return Gradients((inputs,))
        parameters = {"kernel": _product(gradient.T, x)}
        if self.bias:
            parameters["bias"] = channel_sums(itself, gradient)
        return Gradients((inputs,), parameters)


def _product(left: Array, right: Array) -> Array:
    """left @ right, a block of columns at a time."""
    out = np.empty((len(left), right.shape[1]), left.dtype)

    def work(first: int) -> None:
        columns = slice(first, first + UNITS_AT_ONCE)
        np.matmul(left, right[:, columns], out=out[:, columns])

    pool.each(work, range(0, right.shape[1], UNITS_AT_ONCE))
    return out

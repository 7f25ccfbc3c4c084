"""The dense layer: every output reads every input."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.engine.initializers import grown, he_normal, zeros
from explorer.engine.layer import (
    Array,
    Layer,
    Parameters,
    Shape,
    ShapeError,
    overlapping,
    setting,
    shape_text,
)
from explorer.engine.onnx_form import OnnxCall, OnnxMismatch, Value, parameter
from explorer.engine.pool import pool
from explorer.engine.sums import channel_sums, itself
from explorer.engine.tape import Gradients, Needed, Tape

UNITS_AT_ONCE = 256


class Dense(Layer):
    """x @ kernel.T + bias, for a list of features. Parameters: kernel (units, features), bias (units,)."""

    kind = "dense"
    onnx_name = "Gemm"
    onnx_also = ("MatMul",)
    title = "Dense"
    group = "Dense"
    help = "Every unit is a weighted sum of all features. Also called fully connected or linear."

    units: int = setting(default=10, low=1, high=65536, help="How many numbers come out.")
    bias: bool = setting(default=True, help="Adds a number of its own to every unit.")

    def summary(self) -> str:
        return f"dense {self.units}"

    def onnx_attributes(self, shapes: Sequence[Shape]) -> dict[str, Value]:
        return {"transB": 1}

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[Layer, dict[str, Array]]:
        kernel, bias = call.constant(1), call.constant(2)
        if kernel is None or kernel.ndim != 2 or len(call.shapes[0]) != 1:
            raise OnnxMismatch(
                f"{call.operator} must multiply a list by a constant matrix to be a Dense layer."
            )
        call.expect("transA", 0, 0)
        kernel = kernel * np.float32(call.attributes.get("alpha", 1.0))
        kernel = np.ascontiguousarray(kernel if call.attributes.get("transB", 0) else kernel.T, np.float32)
        layer = cls(units=len(kernel), bias=bias is not None)
        if bias is not None and bias.ndim == 2 and len(bias) > 1:
            raise OnnxMismatch("The bias of a Dense layer is the same for every image, this one is not.")
        if bias is None:
            return layer, {"kernel": kernel}
        whole = np.broadcast_to(bias * np.float32(call.attributes.get("beta", 1.0)), (1, len(kernel)))
        return layer, {"kernel": kernel, "bias": parameter(whole, (len(kernel),))}

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

    def fitted_parameters(
        self, parameters: Parameters, shapes: Sequence[Shape], rng: np.random.Generator
    ) -> dict[str, Array]:
        # Only what is missing is drawn: a window before it that shrinks by one brings millions of weights.
        needed, features = self.parameter_shapes(shapes), shapes[0][0]
        fitted = {"kernel": grown(parameters.get("kernel"), needed["kernel"], features, rng)}
        if self.bias:
            fitted["bias"] = overlapping(parameters.get("bias"), zeros((self.units,)))
        return fitted

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

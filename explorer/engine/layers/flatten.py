"""From maps to a list of features."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from explorer.engine.layer import Array, Layer, Parameters, Shape
from explorer.engine.onnx_form import OnnxCall, Value
from explorer.engine.tape import Gradients, Needed, Tape


class Flatten(Layer):
    """All maps as one list, channel by channel, row by row (PyTorch's and ONNX's order)."""

    kind = "flatten"
    onnx_name = "Flatten"
    title = "Flatten"
    group = "Shape"
    help = "Writes all maps one after another into a single list, which is what a Dense layer needs."

    def onnx_attributes(self, shapes: Sequence[Shape]) -> dict[str, Value]:
        return {"axis": 1}

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[Layer, dict[str, Array]]:
        call.expect("axis", 1, 1, -len(call.shapes[0]))
        return cls(), {}

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        return (math.prod(shapes[0]),)

    def windows(self, shapes: Sequence[Shape]) -> None:
        return None  # neighbours in the list are not neighbours in the image

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        tape.keep(x.shape)
        return np.ascontiguousarray(x).reshape(len(x), -1)  # (n, c * h * w)

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        (shape,) = tape
        return Gradients((gradient.reshape(shape),))  # (n, c, h, w)

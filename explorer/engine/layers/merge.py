"""Layers that join branches: add, multiply, concatenate."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import ClassVar

import numpy as np

from explorer.engine.geometry import Window
from explorer.engine.layer import Array, Layer, Parameters, Shape, ShapeError, setting, shape_text
from explorer.engine.memory import each_channel_block, empty_activation
from explorer.engine.onnx_form import OnnxCall, OnnxNode, Value
from explorer.engine.row_work import RowWork
from explorer.engine.rows import rows_of_blocks
from explorer.engine.spatial import AXIS_CHOICES, axis_name, axis_of
from explorer.engine.sums import sums_along
from explorer.engine.tape import Gradients, Needed, Tape


class Elementwise(Layer):
    """What Add and Multiply share: equal shapes, but an axis of size 1 counts for all of the others' (broadcasting)."""

    group = "Merge"
    arity = (2, None)
    combine: ClassVar[np.ufunc]

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        try:
            if len({len(shape) for shape in shapes}) == 1:
                return tuple(np.broadcast_shapes(*shapes))
        except ValueError:
            pass
        got = " and ".join(shape_text(shape) for shape in shapes)
        raise ShapeError(
            f"{self.title} needs equal shapes (an axis of size 1 counts for all of the others'), got {got}. "
            f"{_advice(shapes)}"
        )

    def windows(self, shapes: Sequence[Shape]) -> tuple[Window, ...] | None:
        # One pixel that counts for all is read by units that are far away from it.
        return super().windows(shapes) if len({shape[1:] for shape in shapes}) == 1 else None

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        tape.keep(*inputs)
        return combined(inputs, type(self).combine)

    def by_rows(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> RowWork | None:
        if inputs[0].ndim != 4 or len({x.shape for x in inputs}) > 1:
            return None
        tape.keep(*inputs)
        return rows_of_blocks(_combiner(type(self).combine), *inputs)


def combined(inputs: Sequence[Array], combine: np.ufunc) -> Array:
    """All inputs combined value by value; an axis of size 1 counts for all of the others'."""
    shape = np.broadcast_shapes(*(x.shape for x in inputs))
    return each_channel_block(_combiner(combine), *(np.broadcast_to(x, shape) for x in inputs))


def _combiner(combine: np.ufunc) -> Callable[..., None]:
    """A function of blocks (first, second, *others, out) that combines them in their order."""

    def combine_all(first: Array, second: Array, *others_and_out: Array) -> None:
        *others, out = others_and_out
        combine(first, second, out=out)
        for other in others:
            combine(out, other, out=out)

    return combine_all


def _gathered(gradient: Array, x: Array) -> Array:
    """The gradient of something of the shape of `x`: what counted for a whole axis is summed again."""
    pairs = enumerate(zip(x.shape, gradient.shape, strict=True))
    return sums_along(gradient, tuple(axis for axis, (size, spread) in pairs if size < spread))


def _advice(shapes: Sequence[Shape]) -> str:
    if len({len(shape) for shape in shapes}) > 1:
        if 1 in {len(shape) for shape in shapes}:
            return "Maps and lists cannot be joined: flatten the maps or take the list away."
        return "Put a Reshape before one of them."
    if len(shapes[0]) == 1:
        return "Put a Dense layer with the right number of units before one of them."
    if len({shape[1:] for shape in shapes}) > 1:
        return "Change a stride or a padding, or put a pooling or an upsampling before one of them."
    return "Put a 1x1 convolution with the right number of filters before one of them."


class Add(Elementwise):
    """The sum of two or more inputs, as at the end of a residual block (He et al. 2015)."""

    kind = "add"
    onnx_name = "Add"
    onnx_also = ("Sum",)
    title = "Add"
    help = "Adds two or more branches, value by value. What has size 1 along an axis is added everywhere along it."
    combine = np.add

    def onnx_nodes(self, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:
        return (OnnxNode("Add" if len(shapes) == 2 else "Sum", tuple(range(len(shapes)))),)

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        return Gradients([_gathered(gradient, x) if n else None for x, n in zip(tape, needed.inputs)])


class Multiply(Elementwise):
    """The product of two or more inputs, as in squeeze-and-excitation (Hu et al. 2017)."""

    kind = "multiply"
    onnx_name = "Mul"
    title = "Multiply"
    help = (
        "Multiplies two or more branches, value by value. Maps of 1 x 1 weight whole channels, and the like."
    )
    combine = np.multiply

    def onnx_nodes(self, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:
        others = (OnnxNode("Mul", (-1, place)) for place in range(2, len(shapes)))
        return OnnxNode("Mul", (0, 1)), *others

    def multiply_adds(self, shapes: Sequence[Shape]) -> int:
        return (len(shapes) - 1) * math.prod(self.output_shape(shapes))

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        inputs = list(tape)
        gradients: list[Array | None] = []
        for index, (x, is_needed) in enumerate(zip(inputs, needed.inputs, strict=True)):
            others = inputs[:index] + inputs[index + 1 :]
            gradients.append(_gathered(combined([gradient, *others], np.multiply), x) if is_needed else None)
        return Gradients(gradients)


class Concatenate(Layer):
    """All channels (or features) of two or more inputs, one after another; or whatever else lies along an axis."""

    kind = "concatenate"
    onnx_name = "Concat"
    title = "Concatenate"
    group = "Merge"
    help = "Puts the channels of two or more branches one after another. Their maps must be of the same size."
    arity = (2, None)

    axis: str = setting(
        default="channels",
        choices=AXIS_CHOICES,
        help="Along what they are joined: the channels (of lists the features), or the maps themselves, one behind, "
        "below or beside the other. The length of a signal is its width.",
    )

    def onnx_attributes(self, shapes: Sequence[Shape]) -> dict[str, Value]:
        return {"axis": axis_of(self, self.axis, shapes[0]) + 1}

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[Layer, dict[str, Array]]:
        place = call.attributes.get("axis", 1) % (len(call.shapes[0]) + 1)
        return cls(axis=axis_name(place - 1, call.shapes[0])), {}

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        axis = axis_of(self, self.axis, shapes[0])
        if len({(*shape[:axis], *shape[axis + 1 :]) for shape in shapes}) > 1:
            got = " and ".join(shape_text(shape) for shape in shapes)
            expected = "maps of one size" if axis == 0 else f"shapes that differ along the {self.axis} only"
            raise ShapeError(f"Concatenate needs {expected}, got {got}. {_advice(shapes)}")
        return *shapes[0][:axis], sum(shape[axis] for shape in shapes), *shapes[0][axis + 1 :]

    def windows(self, shapes: Sequence[Shape]) -> tuple[Window, ...] | None:
        return super().windows(shapes) if self.axis == "channels" else None

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        shapes = [x.shape[1:] for x in inputs]
        axis = axis_of(self, self.axis, shapes[0])
        tape.keep(*(shape[axis] for shape in shapes))
        result = empty_activation(len(inputs[0]), self.output_shape(shapes), inputs[0].dtype)
        np.concatenate(inputs, axis=axis + 1, out=result)
        return result

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        ends = list(accumulate(tape))
        before = (slice(None),) * (axis_of(self, self.axis, gradient.shape[1:]) + 1)
        return Gradients([gradient[*before, begin:end] for begin, end in pairwise([0, *ends])])

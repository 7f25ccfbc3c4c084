"""Layers that join branches: add, multiply, concatenate."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import ClassVar

import numpy as np

from explorer.engine.layer import Array, Layer, Parameters, Shape, ShapeError, shape_text
from explorer.engine.memory import BLOCK, empty_maps, rows_first
from explorer.engine.pool import pool
from explorer.engine.sums import map_sums
from explorer.engine.tape import Gradients, Needed, Tape


class Elementwise(Layer):
    """What Add and Multiply share: equal shapes, where maps of 1 x 1 count for every pixel."""

    group = "Merge"
    arity = (2, None)
    combine: ClassVar[np.ufunc]

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        largest = max(shapes, key=lambda shape: shape[1:])
        for shape in shapes:
            spread = len(shape) == 3 and shape[1:] == (1, 1) and shape[0] == largest[0]
            if shape != largest and not spread:
                raise ShapeError(_mismatch(self.title, shapes))
        return largest

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        tape.keep(*inputs)
        return combined(inputs, type(self).combine)


def combined(inputs: Sequence[Array], combine: np.ufunc) -> Array:
    """All inputs combined value by value; maps of 1 x 1 count for every pixel."""
    if inputs[0].ndim == 2:
        out = np.array(combine(inputs[0], inputs[1]))
        for other in inputs[2:]:
            combine(out, other, out=out)
        return out
    batch, channels, height, width = shape = np.broadcast_shapes(*(x.shape for x in inputs))
    result = empty_maps(batch, channels, height, width, inputs[0].dtype)
    target = rows_first(result)
    sources = [rows_first(np.broadcast_to(x, shape)) for x in inputs]  # (h, c, w, n)
    step = max(1, BLOCK * len(target) // max(1, target.size))

    def work(first: int) -> None:
        rows = slice(first, first + step)
        combine(sources[0][rows], sources[1][rows], out=target[rows])
        for other in sources[2:]:
            combine(target[rows], other[rows], out=target[rows])

    pool.each(work, range(0, len(target), step))
    return result


def _gathered(gradient: Array, x: Array) -> Array:
    """The gradient of something of the shape of `x`: what was spread over all pixels is summed again."""
    return gradient if gradient.shape == x.shape else map_sums(gradient)


def _mismatch(title: str, shapes: Sequence[Shape]) -> str:
    got = " and ".join(shape_text(shape) for shape in shapes)
    return f"{title} needs equal shapes (maps of 1 x 1 count for every pixel), got {got}. {_advice(shapes)}"


def _advice(shapes: Sequence[Shape]) -> str:
    if len({len(shape) for shape in shapes}) > 1:
        return "Maps and lists cannot be joined: flatten the maps or take the list away."
    if len(shapes[0]) == 1:
        return "Put a Dense layer with the right number of units before one of them."
    if len({shape[1:] for shape in shapes}) > 1:
        return "Change a stride or a padding, or put a pooling or an upsampling before one of them."
    return "Put a 1x1 convolution with the right number of filters before one of them."


class Add(Elementwise):
    """The sum of two or more inputs, as at the end of a residual block (He et al. 2015)."""

    kind = "add"
    title = "Add"
    help = "Adds two or more branches, value by value. Maps of 1 x 1 are added to every pixel."
    combine = np.add

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        return Gradients([_gathered(gradient, x) if n else None for x, n in zip(tape, needed.inputs)])


class Multiply(Elementwise):
    """The product of two or more inputs, as in squeeze-and-excitation (Hu et al. 2017)."""

    kind = "multiply"
    title = "Multiply"
    help = "Multiplies two or more branches, value by value. Maps of 1 x 1 weight whole channels."
    combine = np.multiply

    def multiply_adds(self, shapes: Sequence[Shape]) -> int:
        channels, *extents = self.output_shape(shapes)
        return (len(shapes) - 1) * channels * int(np.prod(extents, dtype=np.int64))

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        inputs = list(tape)
        gradients: list[Array | None] = []
        for index, (x, is_needed) in enumerate(zip(inputs, needed.inputs, strict=True)):
            others = inputs[:index] + inputs[index + 1 :]
            gradients.append(_gathered(combined([gradient, *others], np.multiply), x) if is_needed else None)
        return Gradients(gradients)


class Concatenate(Layer):
    """All channels (or features) of two or more inputs, one after another."""

    kind = "concatenate"
    title = "Concatenate"
    group = "Merge"
    help = "Puts the channels of two or more branches one after another. Their maps must be of the same size."
    arity = (2, None)

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        if len({shape[1:] for shape in shapes}) > 1:
            got = " and ".join(shape_text(shape) for shape in shapes)
            raise ShapeError(f"Concatenate needs maps of one size, got {got}. {_advice(shapes)}")
        return sum(shape[0] for shape in shapes), *shapes[0][1:]

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        tape.keep(*(x.shape[1] for x in inputs))
        if inputs[0].ndim == 2:
            return np.concatenate(inputs, axis=1)
        batch, _, height, width = inputs[0].shape
        result = empty_maps(batch, sum(x.shape[1] for x in inputs), height, width, inputs[0].dtype)
        np.concatenate(inputs, axis=1, out=result)
        return result

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        ends = list(accumulate(tape))
        return Gradients([gradient[:, begin:end] for begin, end in pairwise([0, *ends])])

"""Where a value comes from, for layers that hand values on or join branches."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from explorer.engine.arithmetic.explaining import Question, explains, handed_on, total_of
from explorer.engine.arithmetic.explanation import Explanation, Line, Link, Part, Places, Unit
from explorer.engine.geometry import border_index
from explorer.engine.layer import Shape
from explorer.engine.layers.dropout import Dropout
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.input import Input, ListInput, SignalInput, VolumeInput
from explorer.engine.layers.merge import Add, Concatenate, Elementwise, Multiply
from explorer.engine.layers.padding import Padding
from explorer.engine.layers.reshape import Reshape
from explorer.engine.spatial import axis_of


@explains(Input, ListInput, SignalInput, VolumeInput)
def explain_input(question: Question) -> Explanation:
    """The pixel itself."""
    node = question.step.node.name
    places = Places(node, question.unit, image=question.image)
    pixel = Part("pixel", np.asarray(question.value), "read", "", "the image", places=places)
    total = total_of(question.value, Link("pixel"), text="the pixel itself")
    return question.explanation((pixel, total), "y = pixel", Line(parts=("pixel",)), "The pixel itself.")


@explains(Flatten, Reshape)
def explain_order(question: Question) -> Explanation:
    """The same value at another place: all of them in a row, channel by channel, row by row."""
    number = int(np.ravel_multi_index(question.unit, question.step.output.shape[1:]))
    unit = tuple(int(one) for one in np.unravel_index(number, question.shapes[0]))
    note = f"It is {_place(unit)} of {question.source()}, number {number} of all values in a row."
    return handed_on(question, 0, unit, "y = x at its place", note)


def _place(unit: Unit) -> str:
    channel, *position = unit
    return f"channel {channel}" + (f", ({', '.join(map(str, position))})" if position else "")


@explains(Concatenate)
def explain_concatenate(question: Question) -> Explanation:
    """A value of one of the inputs, whose channels stand one after another."""
    layer = question.layer
    assert isinstance(layer, Concatenate)
    axis = axis_of(layer, layer.axis, question.shapes[0])
    source, index = concatenated(question.unit[axis], [shape[axis] for shape in question.shapes])
    unit = (*question.unit[:axis], index, *question.unit[axis + 1 :])
    note = f"It is {_place(unit)} of {question.source(source)}."
    return handed_on(question, source, unit, "y = x of the branch that it comes from", note)


def concatenated(index: int, sizes: Sequence[int]) -> tuple[int, int]:
    """Which of the inputs of these sizes an index of the whole comes from, and which index it is there."""
    ends = list(accumulate(sizes))
    source = next(number for number, end in enumerate(ends) if index < end)
    return source, index - (ends[source] - sizes[source])


@explains(Padding)
def explain_pad(question: Question) -> Explanation:
    """A value of the map, or what its border consists of."""
    layer = question.layer
    assert isinstance(layer, Padding)
    channel, *place = question.unit
    positions = [index - before for index, before in zip(place, layer.sides[::2], strict=True)]
    extents = question.shapes[0][1:]
    sources = [
        int(border_index(np.array([position]), extent, layer.border)[0])
        for position, extent in zip(positions, extents, strict=True)
    ]
    if min(sources) < 0:
        border = Part(
            "value", np.asarray(float(np.float32(layer.value))), "weights", "", "the constant of the border",
            places=Places(question.source(), (channel, *sources), (channel, *positions), image=question.image),
        )  # fmt: skip
        total = total_of(border.number, Link("value"), text="the constant of the border")
        return question.explanation(
            (border, total),
            "y = the constant of the border",
            Line(parts=("value",)),
            "It lies in the padding.",
        )
    note = (
        "" if sources == positions else f"It lies in the padding and repeats {_place((channel, *sources))}."
    )
    return handed_on(question, 0, (channel, *sources), "y = x at its place", note)


@explains(Dropout)
def explain_dropout(question: Question) -> Explanation:
    """The value itself; in training 0 or the value made larger."""
    layer = question.layer
    assert isinstance(layer, Dropout)
    tape = question.step.tape
    if tape is None or not tape.is_training or layer.rate == 0:
        return handed_on(question, 0, question.unit, "y = x", "Dropout does something only in training.")
    (factors,) = tape
    factor = Part(
        "factor", np.asarray(float(factors[question.image, *question.unit])), "working", "×",
        f"0 with a chance of {layer.rate:g}, else 1 / (1 − {layer.rate:g})",
    )  # fmt: skip
    x = question.read(question.unit)
    total = total_of(x.number * factor.number, Link("x"), Link("factor"), text="x × factor")
    note = "Switched off in this step." if factor.number == 0 else "Kept in this step, and made larger."
    line = Line(f"{x.number:.4g}·{factor.number:.4g}")
    return question.explanation((x, factor, total), "y = x · factor", line, note)


@explains(Elementwise)
def explain_elementwise(question: Question) -> Explanation:
    """The values of all inputs at the same place, added or multiplied; a map of one pixel counts for every pixel."""
    is_sum = isinstance(question.layer, Add)
    assert is_sum or isinstance(question.layer, Multiply)
    sign = "+" if is_sum else "×"
    parts = []
    for source, shape in enumerate(question.shapes):
        unit = spread_unit(question.unit, shape)
        parts.append(question.read(unit, f"x{source + 1}", source, sign if source else ""))
    numbers = [part.number for part in parts]
    number = float(np.sum(numbers) if is_sum else np.prod(numbers))
    names = tuple(part.name for part in parts)
    text = "the sum of all branches" if is_sum else "the product of all branches"
    total = total_of(number, *map(Link, names), text=text)
    formula = "y = " + f" {'+' if is_sum else '·'} ".join(names)
    line = Line("", names, "{}", " + " if is_sum else "·")
    sources = ", ".join(f"{part.name} from {question.source(one)}" for one, part in enumerate(parts))
    return question.explanation((*parts, total), formula, line, f"{sources}.")


def spread_unit(unit: Unit, shape: Shape) -> Unit:
    """The unit of an input of this shape that counts for `unit` of the output: its own, or the only one of its map."""
    return tuple(0 if size == 1 else index for index, size in zip(unit, shape, strict=True))

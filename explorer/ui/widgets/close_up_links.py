"""How the two boards of a close-up hang together: who won, who reads a value, and what a cell says of itself.

No Qt, only numbers and words.
"""

from __future__ import annotations

import numpy as np

from explorer.engine.arithmetic.explanation import Explanation, Unit
from explorer.engine.arithmetic.readers import new_place, reads_along
from explorer.engine.evaluate import Step
from explorer.rendering.flat_maps import pixel_of
from explorer.ui.short_number import short_number
from explorer.ui.widgets.close_up_cells import CloseCells, Reading

Cell = tuple[int, int]


def winners_of(explanation: Explanation, read: CloseCells, reading: Reading) -> list[Cell]:
    """The cells of the window that matter most: those that won a pooling."""
    marked = explanation[reading.part].marked
    inside = np.argwhere(read.in_window)
    if marked is None or marked.size != len(inside):
        return []
    return [(int(row), int(column)) for row, column in inside[marked.ravel()]]


def readers_of(
    step: Step, unit: Unit, reading: Reading, read: CloseCells, own: CloseCells, cell: Cell
) -> list[Cell]:
    """The cells of the output that read the value in `cell`; `unit` is the one that is explained."""
    place = value_unit(step, reading, read, cell)
    if place is None:
        return []
    shapes = [x.shape[1:] for x in step.inputs]
    moved = new_place(step.node, shapes, place)
    if moved is not None:
        found = own.cell_at(*pixel_of(step.output.shape[1:], moved)) if moved[0] == unit[0] else None
        return [found] if found is not None else []
    source, extents = step.node.inputs.index(reading.node), step.output.shape[2:]
    if len(place) != len(unit):
        return []
    # Of a volume the rows on screen are those of all slices; of a signal there is one.
    rows = (
        np.stack(np.unravel_index(own.rows, extents[:-1])) if len(extents) > 1 else np.zeros((0, 1), np.intp)
    )
    reads = np.ones(rows.shape[1], bool)
    for axis, positions in enumerate(rows, 1):
        each, back = np.unique(positions, return_inverse=True)
        reads &= reads_along(step.node.layer, shapes, source, unit, axis, each, place[axis])[back]
    across = reads_along(step.node.layer, shapes, source, unit, len(unit) - 1, own.columns, place[-1])
    return [(int(row), int(column)) for row in np.flatnonzero(reads) for column in np.flatnonzero(across)]


def value_unit(step: Step, reading: Reading, read: CloseCells, cell: Cell) -> Unit | None:
    """The unit whose value stands in a cell; None for a constant of the padding."""
    if reading.node not in step.node.inputs:
        return None
    row, column = int(read.source_rows[cell[0]]), int(read.source_columns[cell[1]])
    if min(row, column) < 0:
        return None
    extents = step.inputs[step.node.inputs.index(reading.node)].shape[2:]
    lines = np.unravel_index(row, extents[:-1]) if len(extents) > 1 else ()
    return (reading.channel, *(int(one) for one in lines), column)


def moved_to(step: Step, read: CloseCells, reading: Reading, cell: Cell) -> str:
    """Where a value stands afterwards, of a layer that only reorders."""
    if step.node.bypassed or cell[0] >= len(read.source_rows) or cell[1] >= len(read.source_columns):
        return ""
    place = value_unit(step, reading, read, cell)
    moved = new_place(step.node, [x.shape[1:] for x in step.inputs], place) if place is not None else None
    if moved is None:
        return ""
    at = f" at ({', '.join(map(str, moved[1:]))})" if len(moved) > 1 else ""
    return f"; it becomes {step.node.name}:{moved[0]}{at}"


def described(read: CloseCells, reading: Reading, cell: Cell) -> str:
    """What a cell of the map that is read says of itself: its place, its value and what it is multiplied with."""
    row, column = cell
    if row >= len(read.rows) or column >= len(read.columns):
        return ""
    at = f"({read.rows[row]}, {read.columns[column]})"
    if read.is_absent[row, column]:
        return f"{at} lies outside of the map and does not count"
    value = float(read.values[row, column])
    text = f"{reading.node}:{reading.channel} at {at} = {short_number(value)}"
    if read.is_padding[row, column]:
        source = int(read.source_rows[row]), int(read.source_columns[column])
        repeats = f"repeats ({source[0]}, {source[1]})" if min(source) >= 0 else "a constant"
        text = f"padding at {at}, {repeats}: {short_number(value)}"
    if read.is_unread[row, column]:
        return f"{text}; no window reaches it"
    if read.weights is not None and np.isfinite(read.weights[row, column]):
        weight = float(read.weights[row, column])
        text += f"  ×  {short_number(weight)}  =  {short_number(value * weight)}"
    return text

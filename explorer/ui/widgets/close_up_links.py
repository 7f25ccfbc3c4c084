"""How the two boards of a close-up hang together: who won, who reads a value, and what a cell says of itself.

No Qt, only numbers and words.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from explorer.engine.arithmetic.explanation import Explanation
from explorer.engine.evaluate import Step
from explorer.engine.geometry import Border, Window, border_index
from explorer.ui.short_number import short_number
from explorer.ui.widgets.close_up_cells import CloseCells, Flags, Positions, Reading

Cell = tuple[int, int]


def winners_of(explanation: Explanation, read: CloseCells, reading: Reading) -> list[Cell]:
    """The cells of the window that matter most: those that won a pooling."""
    marked = explanation[reading.part].marked
    inside = np.argwhere(read.in_window)
    if marked is None or marked.size != len(inside):
        return []
    return [(int(row), int(column)) for row, column in inside[marked.ravel()]]


def readers_of(step: Step, read: CloseCells, own: CloseCells, cell: Cell) -> list[Cell]:
    """The cells of the output that read the value in `cell`; none where windows overlap in the output."""
    extents = step.inputs[0].shape[2:] if step.inputs else ()
    if len(extents) not in (1, 2) or step.output.ndim != step.inputs[0].ndim:
        return []
    windows = step.node.layer.windows([x.shape[1:] for x in step.inputs])
    if windows is None or step.node.bypassed:
        if step.output.shape[2:] != extents:
            return []
        windows = (Window(),) * len(extents)  # every value is made from the one in its own place
    if any(window.zoom > 1 and window.size > 1 for window in windows):
        return []
    border = cast(Border, getattr(step.node.layer, "border", "constant"))
    rows = np.ones(len(own.rows), bool)  # a signal has one
    if len(extents) == 2:
        rows = _reads(own.rows, windows[0], extents[0], border, int(read.source_rows[cell[0]]))
    columns = _reads(own.columns, windows[-1], extents[-1], border, int(read.source_columns[cell[1]]))
    return [(int(row), int(column)) for row in np.flatnonzero(rows) for column in np.flatnonzero(columns)]


def _reads(outputs: Positions, window: Window, extent: int, border: Border, source: int) -> Flags:
    """Which outputs of an axis read a pixel of it."""
    taps: NDArray[np.intp] = np.arange(window.size) * window.dilation
    positions = (outputs // window.zoom * window.stride - window.before)[:, None] + taps
    return np.asarray((border_index(positions, extent, border) == source).any(1) & (source >= 0))


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

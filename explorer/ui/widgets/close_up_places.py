"""Where the cells of a close-up stand: the map that is read at the left, the unit's own map at the right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from explorer.engine.arithmetic.explanation import Explanation
from explorer.engine.evaluate import Trace
from explorer.rendering.flat_maps import flat_shape, pixel_of
from explorer.ui.widgets.close_up_cells import Reading, Span, padding_of, window_of
from explorer.ui.widgets.pixel_numbers import NARROWEST, Cells

CAPTION = 18.0
BETWEEN = 44.0  # for the arrow
SIDE = 7.0, 46.0  # least and most of a cell
STACKED = 46.0  # between the two rows of a signal, with a caption
READ_SHARE = 0.56  # of the width
EDGE = 4.0
AROUND = 2, 1, 0  # cells that are shown on every side of a window, fewer where they would become too small
CROWDED = 1  # of these, where cells have no room for weights anyway
Ends = Sequence[tuple[int, int]]  # per axis, half open
COMFORTABLE = 31  # pixels of a cell with room for its weight


@dataclass(frozen=True)
class Board:
    """A grid of square cells on screen."""

    left: float
    top: float
    side: float
    rows: int
    columns: int

    @property
    def rect(self) -> QRectF:
        """All of it."""
        return QRectF(self.left, self.top, self.columns * self.side, self.rows * self.side)

    @property
    def cells(self) -> Cells:
        """Its cells, for numbers."""
        lefts = self.left + np.arange(self.columns) * self.side
        tops = self.top + np.arange(self.rows) * self.side
        return Cells(lefts, tops, self.side, self.side)

    def cell(self, row: int, column: int) -> QRectF:
        """One of its cells."""
        return QRectF(self.left + column * self.side, self.top + row * self.side, self.side, self.side)

    def at(self, point: QPointF) -> tuple[int, int] | None:
        """The cell under a point."""
        row, column = (
            math.floor((point.y() - self.top) / self.side),
            math.floor((point.x() - self.left) / self.side),
        )
        return (row, column) if 0 <= row < self.rows and 0 <= column < self.columns else None


@dataclass(frozen=True)
class Places:
    """The two boards, and which positions of the maps stand on them."""

    read: Board
    own: Board
    spans: tuple[Span, ...]  # of the last two axes of the map that is read; of a signal of its one
    own_spans: tuple[Span, Span]  # flat rows and columns of the unit's map


def arrange(
    width: float, height: float, trace: Trace, explanation: Explanation, reading: Reading, before: Places | None
) -> Places:  # fmt: skip
    """Cells as large as shows the whole window with something around it; nothing scrolls that need not."""
    step = trace.steps[explanation.node]
    shape = trace.activations[reading.node].shape[1:]
    window = window_of(explanation[reading.part])
    pads = padding_of(step, shape)
    count = min(2, len(window))
    slices = math.prod(len(np.unique(one)) for one in window[:-count]) if len(window) > count else 1
    ends = [_hull(one, shape[axis]) for axis, one in enumerate(window, 1)][-count:]
    whole = [
        (-before_, extent + after)
        for (before_, after), extent in zip(pads[-count:], shape[1:][-count:], strict=True)
    ]
    high = height - CAPTION - EDGE
    is_list = len(explanation.unit) == 1
    wide = width - 2 * EDGE if count == 1 or is_list else (width - BETWEEN - 2 * EDGE) * READ_SHARE
    has_weights = any(part.role == "weights" and part.numbers.ndim for part in explanation.parts)
    sides = [_side(ends, whole, slices, around, high, wide) for around in AROUND if around or has_weights]
    is_tight = slices > 1 and sides[CROWDED] < NARROWEST
    side = next((one for one in sides if one >= COMFORTABLE), sides[-1 if is_tight else CROWDED])
    fits = [max(1, int(high / side / slices)), max(1, int(wide / side))][-count:]
    known = before.spans if before is not None and len(before.spans) == count else (Span(0, 0),) * count
    spans = tuple(
        span.holding(*end, room, *limits)
        for span, end, room, limits in zip(known, ends, fits, whole, strict=True)
    )
    rows = slices * (spans[0].last - spans[0].first if count == 2 else 1)
    columns = spans[-1].last - spans[-1].first
    read = Board(EDGE, CAPTION, side, rows, columns)
    own_left, own_top = (
        (EDGE, CAPTION + side + STACKED) if count == 1 else (read.rect.right() + BETWEEN, CAPTION)
    )
    if is_list:
        return Places(read, Board(own_left, own_top, side, 0, 0), spans, (Span(0, 0), Span(0, 0)))
    own_shape = step.output.shape[1:]
    _, own_rows, own_columns = flat_shape(own_shape)
    row, column = pixel_of(own_shape, explanation.unit)
    own_known = before.own_spans if before is not None else (Span(0, 0), Span(0, 0))
    own_fits = max(1, int(high / side)), max(1, int((width - EDGE - own_left) / side))
    own_spans = (
        own_known[0].holding(row, row + 1, own_fits[0], 0, own_rows),
        own_known[1].holding(column, column + 1, own_fits[1], 0, own_columns),
    )
    own = Board(
        own_left,
        own_top,
        side,
        own_spans[0].last - own_spans[0].first,
        own_spans[1].last - own_spans[1].first,
    )
    return Places(read, own, spans, own_spans)


def _side(ends: Ends, whole: Ends, slices: int, around: int, high: float, wide: float) -> int:
    """How large cells can be that show the window and so many around it."""
    wanted = [
        min(top - low + 2 * around, last - first)
        for (low, top), (first, last) in zip(ends, whole, strict=True)
    ]
    lines = slices * (wanted[0] if len(wanted) == 2 else 1)
    fitting = min(high / max(1, lines), wide / max(1, wanted[-1]))
    return math.floor(min(max(fitting, SIDE[0]), SIDE[1]))


def _hull(positions: Sequence[int] | np.ndarray, extent: int) -> tuple[int, int]:
    """First and one past the last; a transposed convolution may leave places that nothing reaches."""
    return (int(np.min(positions)), int(np.max(positions)) + 1) if len(positions) else (0, min(1, extent))

"""The cells of a kernel table: where they lie, which are selected, and how a number is shown in one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF

from explorer.engine.kernel_limits import Kernel, KernelError, size_text

Cell = tuple[int, int]  # row, column

LARGEST_CELL = 42.0
SMALLEST_CELL = 15.0
GAP = 1.0
PALEST_UNDER_WHITE = 1.05 / 3 - 0.05  # relative luminance at which white has a contrast of 3


@dataclass(frozen=True)
class CellGrid:
    """Square cells in the middle of an area, as large as fits and no larger than LARGEST_CELL."""

    rows: int
    columns: int
    area: QRectF

    @cached_property
    def side(self) -> float:
        """Height of a cell, with the gap to the next."""
        fitting = min(self.area.width() / self.columns, self.area.height() / self.rows)
        return max(SMALLEST_CELL, min(LARGEST_CELL, math.floor(fitting)))

    @cached_property
    def cell_width(self) -> float:
        """Width of a cell: cells are square, but a single one is as wide as its number may need."""
        alone = self.rows == self.columns == 1
        return min(self.area.width(), 1.5 * LARGEST_CELL) if alone else self.side

    @cached_property
    def origin(self) -> QPointF:
        left = self.area.left() + max(0.0, (self.area.width() - self.columns * self.cell_width) / 2)
        top = self.area.top() + max(0.0, (self.area.height() - self.rows * self.side) / 2)
        return QPointF(math.floor(left), math.floor(top))

    def rect(self, cell: Cell) -> QRectF:
        """Where the cell is painted, without the gap between cells."""
        left = self.origin.x() + cell[1] * self.cell_width
        return QRectF(left, self.origin.y() + cell[0] * self.side, self.cell_width - GAP, self.side - GAP)

    def at(self, point: QPointF) -> Cell | None:
        """The cell under a point, or None beside the cells."""
        row, column = self._unbounded(point)
        return (row, column) if 0 <= row < self.rows and 0 <= column < self.columns else None

    def nearest(self, point: QPointF) -> Cell:
        """The cell under a point, or the nearest to it."""
        row, column = self._unbounded(point)
        return min(max(row, 0), self.rows - 1), min(max(column, 0), self.columns - 1)

    def _unbounded(self, point: QPointF) -> Cell:
        row = math.floor((point.y() - self.origin.y()) / self.side)
        return row, math.floor((point.x() - self.origin.x()) / self.cell_width)


class Selection(NamedTuple):
    """A rectangle of cells between the anchor and the current cell, which the keyboard moves."""

    anchor: Cell
    current: Cell

    @property
    def rows(self) -> slice:
        return slice(min(self.anchor[0], self.current[0]), max(self.anchor[0], self.current[0]) + 1)

    @property
    def columns(self) -> slice:
        return slice(min(self.anchor[1], self.current[1]), max(self.anchor[1], self.current[1]) + 1)

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows.stop - self.rows.start, self.columns.stop - self.columns.start

    @property
    def is_range(self) -> bool:
        return self.anchor != self.current

    def __contains__(self, cell: object) -> bool:
        if not isinstance(cell, tuple):
            return False
        row, column = cell
        return self.rows.start <= row < self.rows.stop and self.columns.start <= column < self.columns.stop

    def within(self, rows: int, columns: int) -> Selection:
        """The selection in a kernel of this size."""
        (r0, c0), (r1, c1) = self
        return Selection((min(r0, rows - 1), min(c0, columns - 1)), (min(r1, rows - 1), min(c1, columns - 1)))


def cell_text(cell: Cell) -> str:
    """The name of a cell, counted from 1 as spreadsheets do."""
    return f"row {cell[0] + 1}, column {cell[1] + 1}"


def place_text(cells: Selection) -> str:
    """The name of a cell, or how many there are."""
    rows, columns = cells.shape
    return cell_text(cells.current) if rows * columns == 1 else f"{rows * columns} cells"


def paste_target(matrix: Kernel, kernel: Kernel, selection: Selection) -> Selection | None:
    """The cells of the kernel that a pasted matrix replaces; None where the kernel needs the matrix's size.

    One number fills the selection. KernelError if the matrix would fit the kernel, but not from here on.
    """
    rows, columns = kernel.shape
    if matrix.size == 1:
        return selection
    if matrix.shape == kernel.shape:
        return Selection((0, 0), (rows - 1, columns - 1))
    if matrix.shape[0] > rows or matrix.shape[1] > columns or selection.shape == kernel.shape:
        return None
    top, left = selection.rows.start, selection.columns.start
    bottom, right = top + matrix.shape[0] - 1, left + matrix.shape[1] - 1
    if bottom >= rows or right >= columns:
        raise KernelError(
            f"{size_text(*matrix.shape)} numbers do not fit from {cell_text((top, left))} on in a kernel of "
            f"{size_text(rows, columns)}. Select a cell further up or left."
        )
    return Selection((top, left), (bottom, right))


def largest_weight(kernel: Kernel) -> float:
    """The largest size of a weight; those that are no number (a file or a training may hold some) do not count."""
    return float(np.abs(kernel).max(initial=0, where=np.isfinite(kernel)))


def shown_number(value: float, decimals: int) -> str:
    """The value with at most so many decimals; 0 is exactly 0, and a dot is too little to be seen."""
    if value == 0:
        return "0"
    if not math.isfinite(value):
        return f"{value:g}"
    if abs(value) >= 10_000 or decimals > 5:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa.removesuffix('.0')}e{int(exponent)}"
    rounded = round(value, decimals)
    if rounded == 0:
        return "·"
    if rounded == round(value, 6):
        return f"{rounded:g}"
    return f"{rounded:.{decimals}f}"


def decimals_for(largest: float) -> int:
    """How many decimals show three digits of the largest weight."""
    if not largest:
        return 0
    return max(0, 2 - math.floor(math.log10(largest)))


def cell_texts(kernel: Kernel, font: QFont, width: float) -> tuple[QFont, list[list[str]]]:
    """The largest font and the most decimals with which every number fits into its cell.

    Where cells are small the 0 before the point goes first. Where nothing fits, it is the smallest font and the
    fewest decimals, and the painter leaves out what is still too wide.
    """
    full = decimals_for(largest_weight(kernel))
    fewest = full if full > 5 else max(0, full - 1)
    ways: list[list[list[str]]] = []
    for decimals in range(full, fewest - 1, -1):
        texts = [[shown_number(value, decimals) for value in row] for row in kernel.tolist()]
        ways += [texts, [[_without_leading_zero(text) for text in row] for row in texts]]
    longest = [sorted({text for row in texts for text in row}, key=len)[-5:] for texts in ways]
    for scale in (1.0, 0.88, 0.76, 0.66):
        smaller = QFont(font)
        smaller.setPointSizeF(max(5.0, font.pointSizeF() * scale))
        metrics = QFontMetricsF(smaller)
        for texts, candidates in zip(ways, longest, strict=True):
            if max(map(metrics.horizontalAdvance, candidates)) <= width:
                return smaller, texts
    return smaller, ways[-1]


def _without_leading_zero(text: str) -> str:
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def text_colour(t: float, background: QColor, ground: QColor) -> QColor:
    """Dark or light text for a cell at t; `ground` is the colour of zero.

    On a light ground it is white where t < 0.2 or t > 0.8, unless the palette is so pale there that white has less
    than the contrast of 3 that WCAG 2.2 asks of large text. On a dark ground it is what reads best.
    """
    if luminance(ground) > 0.4:
        is_strong = (t < 0.2 or t > 0.8) and luminance(background) <= PALEST_UNDER_WHITE
        return QColor("#ffffff") if is_strong else QColor("#20242b")
    return QColor("#10141a") if luminance(background) > 0.42 else QColor("#eef1f5")


@lru_cache(maxsize=1024)
def _luminance(red: float, green: float, blue: float) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def luminance(colour: QColor) -> float:
    """Relative luminance from 0 (black) to 1 (white), WCAG 2.2."""
    return _luminance(colour.redF(), colour.greenF(), colour.blueF())

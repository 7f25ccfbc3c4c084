"""A kernel as coloured cells with their numbers, to look at and to point at."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.engine.kernel_limits import Kernel, size_text
from explorer.engine.kernel_number import number_text
from explorer.ui import theme
from explorer.ui.widgets.kernel_cells import (
    LARGEST_CELL,
    SMALLEST_CELL,
    Cell,
    CellGrid,
    cell_text,
    cell_texts,
    largest_weight,
    text_colour,
)

Colour = Callable[[float], QColor]  # of t from 0 (most negative) over 0.5 (zero) to 1 (most positive)


LARGEST_HEIGHT = 285


class KernelView(QWidget):
    """Shows a kernel (kh, kw) as large as fits and says which cell the pointer is on."""

    hovered = Signal(object)  # the cell under the pointer, or None

    def __init__(self, colour: Colour, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = colour
        self._kernel: Kernel = np.zeros((3, 3), np.float32)
        self._hover: Cell | None = None
        self._marked: Cell | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    @property
    def kernel(self) -> Kernel:
        """The kernel as it is shown."""
        return self._kernel

    def set_kernel(self, kernel: Kernel) -> None:
        """Show a kernel (kh, kw); emits nothing."""
        resized = kernel.shape != self._kernel.shape
        self._kernel = np.array(kernel, np.float32)
        if resized:
            self._hover = self._marked = None
            self.updateGeometry()
        self.setAccessibleDescription(self._description())
        self.update()

    def set_colour(self, colour: Colour) -> None:
        """Other colours, such as after a change of theme."""
        self._colour = colour
        self.update()

    def set_marked(self, cell: Cell | None) -> None:
        """Frame a cell that is pointed at elsewhere."""
        if cell != self._marked:
            self._marked = cell
            self.update()

    def cell_rect(self, cell: Cell) -> QRectF:
        """Where a cell lies, in pixels of the widget."""
        return self._grid().rect(cell)

    def cell_at(self, point: QPointF) -> Cell | None:
        """The cell at a point of the widget, or None beside the cells."""
        return self._grid().at(point)

    def nearest_cell(self, point: QPointF) -> Cell:
        """The cell at a point of the widget, or the nearest to it."""
        return self._grid().nearest(point)

    def height_for(self, width: int) -> int:
        """The height at which the cells are as large as this width allows, and no higher than LARGEST_HEIGHT."""
        rows, columns = self._kernel.shape
        side = min(LARGEST_CELL, (width - 4) // columns, LARGEST_HEIGHT // rows)
        return int(rows * max(SMALLEST_CELL, side)) + 4

    def sizeHint(self) -> QSize:
        rows, columns = self._kernel.shape
        side = max(SMALLEST_CELL, min(LARGEST_CELL, LARGEST_HEIGHT / max(rows, columns)))
        return QSize(int(columns * side) + 4, int(rows * side) + 4)

    def minimumSizeHint(self) -> QSize:
        rows, columns = self._kernel.shape
        return QSize(int(columns * SMALLEST_CELL) + 4, int(rows * SMALLEST_CELL) + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        grid = self._grid()
        font, texts = cell_texts(self._kernel, self.font(), grid.cell_width - 4)
        painter.setFont(font)
        metrics, neutral = painter.fontMetrics(), self._colour(0.5)
        edge = theme.color("border")
        for row, column in np.ndindex(*self._kernel.shape):
            t = self._scaled(float(self._kernel[row, column]))
            rect, background, text = grid.rect((row, column)), self._colour(t), texts[row][column]
            painter.setPen(QPen(edge, 0.7))
            painter.setBrush(background)
            painter.drawRoundedRect(rect, 2, 2)
            if metrics.horizontalAdvance(text) <= grid.cell_width - 1:
                painter.setPen(text_colour(t, background, neutral))
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._paint_frames(painter, grid)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tip(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self.cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)

    def _grid(self) -> CellGrid:
        rows, columns = self._kernel.shape
        return CellGrid(rows, columns, QRectF(self.rect()).adjusted(2, 2, -2, -2))

    def _scaled(self, value: float) -> float:
        """The value as t from 0 to 1 with 0.5 for zero, by the kernel's own largest weight.

        A weight that is no number is as colourless as zero.
        """
        largest = largest_weight(self._kernel)
        if math.isnan(value) or not (largest or math.isinf(value)):
            return 0.5
        return min(max((value / (largest or 1) + 1) / 2, 0.0), 1.0)

    def _paint_frames(self, painter: QPainter, grid: CellGrid) -> None:
        painter.setPen(QPen(self.palette().windowText().color(), 1))
        for cell in {cell for cell in (self._hover, self._marked) if cell is not None}:
            painter.drawRoundedRect(grid.rect(cell).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)

    def _point_at(self, cell: Cell | None) -> None:
        if cell != self._hover:
            self._hover = cell
            self.hovered.emit(cell)
            self.update()

    def _show_tip(self, position: QPoint, on_screen: QPoint) -> None:
        cell = self.cell_at(position.toPointF())
        if cell is None:
            QToolTip.hideText()
        else:
            rect = self.cell_rect(cell).toRect()
            QToolTip.showText(on_screen, f"{cell_text(cell)}: {self._value_text(cell)}", self, rect)

    def _value_text(self, cell: Cell) -> str:
        return number_text(float(self._kernel[cell]))

    def _description(self) -> str:
        rows = "; ".join(" ".join(number_text(float(value)) for value in row) for row in self._kernel)
        return f"{size_text(*self._kernel.shape)}: {rows}"

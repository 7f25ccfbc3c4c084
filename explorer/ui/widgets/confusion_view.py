"""The confusion matrix as a picture: rows are what images are, columns what they were taken for."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.datasets.confusion import Confusion
from explorer.ui import theme
from explorer.ui.widgets.confusion_painter import PAD, Cell, paint_confusion
from explorer.ui.widgets.confusion_picture import cell_pixels
from explorer.ui.widgets.picking_area import PickingArea

SMALLEST_CELL, LARGEST_CELL = 15, 56
LONGEST_SHAPE = 2.0  # of a cell: width by height or the other way round
WIDEST_NAME = 90
ZOOM = 1.2


class ConfusionView(PickingArea):
    """Shows a confusion; click, or arrow keys and Enter, choose a cell. The names stay in sight when it is scrolled.

    Right guesses are in the colour of positive values, wrong ones in that of negative values; the stronger, the
    larger the share of the row.
    """

    cell_picked = Signal(int, int)  # class, guess

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.confusion: Confusion | None = None
        self.current: Cell = (0, 0)
        self.picked: Cell | None = None
        self.cell = QSize(SMALLEST_CELL, SMALLEST_CELL)  # in pixels
        self.left = self.top = 0  # where the cells begin, behind the names
        self.is_upright = False  # the names of the columns
        self.pixels = np.zeros((0, 0), np.uint32)
        self._zoom = 0.0  # side of a cell in pixels; 0 is as it fits
        self.setMouseTracking(True)
        self.setAccessibleName("Confusion matrix")

    def show_confusion(self, confusion: Confusion | None) -> None:
        """Show another one; the current cell stays where it is if there is still one."""
        before = self.confusion
        self.confusion = confusion
        if confusion is None or before is None or before.classes != confusion.classes:
            self.current, self.picked, self._zoom = (0, 0), None, 0.0
        self.lay_out()
        self.viewport().update()

    def set_picked(self, cell: Cell | None) -> None:
        """Mark the cell whose images are shown."""
        self.picked = cell
        if cell is not None:
            self.current = cell
        self.viewport().update()

    # ---- geometry ------------------------------------------------------------------------------------------------

    def _fitting_cell(self) -> QSize:
        """As large as there is room; larger once somebody has asked for it."""
        if self.confusion is None:
            return QSize(SMALLEST_CELL, SMALLEST_CELL)
        if self._zoom:
            return QSize(round(self._zoom), round(self._zoom))
        count, view = max(1, len(self.confusion.classes)), self.viewport()
        across = (view.width() - self.left - self.shares_width) // count
        down = (view.height() - self.top - 1) // count
        width = min(max(across, SMALLEST_CELL), LARGEST_CELL)
        height = min(max(down, SMALLEST_CELL), LARGEST_CELL)
        return QSize(min(width, round(height * LONGEST_SHAPE)), min(height, round(width * LONGEST_SHAPE)))

    def rect_of(self, cell: Cell) -> QRect:
        """Where a cell is, in the viewport."""
        size = self.cell
        x = self.left + cell[1] * size.width() - self.horizontalScrollBar().value()
        y = self.top + cell[0] * size.height() - self.verticalScrollBar().value()
        return QRect(x, y, size.width(), size.height())

    def spot_at(self, point: QPoint) -> Cell | None:
        """Which cell is there."""
        if self.confusion is None or point.x() < self.left or point.y() < self.top:
            return None
        row = (point.y() - self.top + self.verticalScrollBar().value()) // self.cell.height()
        column = (point.x() - self.left + self.horizontalScrollBar().value()) // self.cell.width()
        count = len(self.confusion.classes)
        return (row, column) if row < count and column < count else None

    def sizeHint(self) -> QSize:
        return QSize(260, 260)

    def _color(self) -> None:
        self.pixels = cell_pixels(self.confusion) if self.confusion is not None else self.pixels[:0, :0]

    def lay_out(self) -> None:
        self._color()
        names = self.confusion.classes if self.confusion else ()
        count, metrics = len(names), self.fontMetrics()
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        self.is_upright = widest > SMALLEST_CELL - 2
        self.left = min(widest + 2, WIDEST_NAME) + 2 * PAD
        self.top = self.left if self.is_upright else metrics.height() + PAD
        view, cell = self.viewport().size(), self._fitting_cell()
        self.cell = cell
        across = self.left + self.shares_width + count * cell.width() - view.width()
        down = self.top + count * cell.height() + 1 - view.height()
        for bar, excess, page, step in (
            (self.horizontalScrollBar(), across, view.width(), cell.width()),
            (self.verticalScrollBar(), down, view.height(), cell.height()),
        ):
            bar.setRange(0, max(0, excess))
            bar.setPageStep(page)
            bar.setSingleStep(step)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.color("panel"))
        if self.confusion is not None:
            paint_confusion(painter, self, self.confusion)

    @property
    def rows(self) -> range:
        """The classes whose rows are in sight."""
        return self._in_sight(self.verticalScrollBar().value(), self.cell.height(), self.viewport().height())

    @property
    def columns(self) -> range:
        """The classes whose columns are in sight."""
        return self._in_sight(self.horizontalScrollBar().value(), self.cell.width(), self.viewport().width())

    def _in_sight(self, offset: int, pitch: int, extent: int) -> range:
        first, count = offset // pitch, len(self.confusion.classes) if self.confusion is not None else 0
        return range(first, min(count, first + extent // pitch + 2))

    @property
    def reserved(self) -> int:
        """Pixels at the right edge that belong to the accuracies and not to the cells."""
        return 0 if self.reaches_edge else self.shares_width

    @property
    def reaches_edge(self) -> bool:
        """Whether the accuracies stand right behind the last column and not at the edge."""
        return self.horizontalScrollBar().maximum() == 0

    @property
    def shares_width(self) -> int:
        """Of the column at the right that holds each class's accuracy."""
        return self.fontMetrics().horizontalAdvance("100 %") + 2 * PAD

    # ---- choosing ------------------------------------------------------------------------------------------------

    def describe(self, cell: Cell) -> str:
        """A cell in words."""
        confusion = self.confusion
        assert confusion is not None
        row, column = cell
        name, guess = confusion.classes[row], confusion.classes[column]
        share = f"{confusion.shares[cell]:.1%}".replace("%", " %")
        taken = "recognised" if row == column else f"taken for {guess}"
        return f"{confusion.counts[cell]:,} of {int(confusion.counts[row].sum()):,} images of {name} {taken} ({share})"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {
            Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0),
        }  # fmt: skip
        key = Qt.Key(event.key())
        if self.confusion is None:
            super().keyPressEvent(event)
        elif key in moves:
            last = len(self.confusion.classes) - 1
            row, column = (
                min(max(at + by, 0), last) for at, by in zip(self.current, moves[key], strict=True)
            )
            self.current = (row, column)
            self._bring_into_sight()
            self.viewport().update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pick(self.current)
        else:
            super().keyPressEvent(event)

    def zoom(self, is_in: bool) -> bool:
        if self.confusion is None:
            return False
        wanted = (self._zoom or self.cell.height()) * (ZOOM if is_in else 1 / ZOOM)
        self._zoom = min(max(wanted, SMALLEST_CELL), LARGEST_CELL)
        self.lay_out()
        self.viewport().update()
        return True

    def tip_of(self, spot: Cell) -> str:
        return self.describe(spot)

    def pick(self, spot: Cell) -> None:
        self.set_picked(spot)
        self.cell_picked.emit(*spot)

    def _bring_into_sight(self) -> None:
        rect = self.rect_of(self.current)
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        right = self.viewport().width() - self.reserved
        for bar, near, far, low, high in (
            (across, rect.left(), rect.right(), self.left, right),
            (down, rect.top(), rect.bottom(), self.top, self.viewport().height()),
        ):
            if near < low:
                bar.setValue(bar.value() + near - low)
            elif far >= high:
                bar.setValue(bar.value() + far - high + 1)

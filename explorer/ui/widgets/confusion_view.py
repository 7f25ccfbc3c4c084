"""The confusion matrix as a picture: rows are what images are, columns what they were taken for."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from explorer.datasets.confusion import Confusion
from explorer.ui import theme
from explorer.ui.pixels_image import image_of
from explorer.ui.widgets.confusion_picture import cell_pixels, readable_on

SMALLEST_CELL, LARGEST_CELL = 15, 56
LONGEST_SHAPE = 2.0  # of a cell: width by height or the other way round
WIDEST_NAME = 90
SMALLEST_FONT = 0.6  # of the usual size
PAD = 5
ZOOM = 1.2
Cell = tuple[int, int]  # class and guess


class ConfusionView(QAbstractScrollArea):
    """Shows a confusion; click, or arrow keys and Enter, choose a cell. The names stay in sight when it is scrolled.

    Right guesses are in the colour of positive values, wrong ones in that of negative values; the stronger, the
    larger the share of the row.
    """

    cell_picked = Signal(int, int)  # class, guess

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.confusion: Confusion | None = None
        self.current: Cell = (0, 0)
        self._picked: Cell | None = None
        self.cell = QSize(SMALLEST_CELL, SMALLEST_CELL)  # in pixels
        self._left = self._top = 0  # where the cells begin, behind the names
        self._is_upright = False  # the names of the columns
        self._pixels = np.zeros((0, 0), np.uint32)
        self._zoom = 0.0  # side of a cell in pixels; 0 is as it fits
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAccessibleName("Confusion matrix")
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.valueChanged.connect(self.viewport().update)

    def show_confusion(self, confusion: Confusion | None) -> None:
        """Show another one; the current cell stays where it is if there is still one."""
        before = self.confusion
        self.confusion = confusion
        if confusion is None or before is None or before.classes != confusion.classes:
            self.current, self._picked, self._zoom = (0, 0), None, 0.0
        self._color()
        self._lay_out()
        self.viewport().update()

    def set_picked(self, cell: Cell | None) -> None:
        """Mark the cell whose images are shown."""
        self._picked = cell
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
        across = (view.width() - self._left - self._shares_width()) // count
        down = (view.height() - self._top - 1) // count
        width = min(max(across, SMALLEST_CELL), LARGEST_CELL)
        height = min(max(down, SMALLEST_CELL), LARGEST_CELL)
        return QSize(min(width, round(height * LONGEST_SHAPE)), min(height, round(width * LONGEST_SHAPE)))

    def rect_of(self, cell: Cell) -> QRect:
        """Where a cell is, in the viewport."""
        size = self.cell
        x = self._left + cell[1] * size.width() - self.horizontalScrollBar().value()
        y = self._top + cell[0] * size.height() - self.verticalScrollBar().value()
        return QRect(x, y, size.width(), size.height())

    def cell_at(self, point: QPoint) -> Cell | None:
        """Which cell is there."""
        if self.confusion is None or point.x() < self._left or point.y() < self._top:
            return None
        row = (point.y() - self._top + self.verticalScrollBar().value()) // self.cell.height()
        column = (point.x() - self._left + self.horizontalScrollBar().value()) // self.cell.width()
        count = len(self.confusion.classes)
        return (row, column) if row < count and column < count else None

    def sizeHint(self) -> QSize:
        return QSize(260, 260)

    def _color(self) -> None:
        self._pixels = cell_pixels(self.confusion) if self.confusion is not None else self._pixels[:0, :0]

    def _shares_width(self) -> int:
        """Of the column at the right that holds each class's accuracy."""
        return self.fontMetrics().horizontalAdvance("100 %") + 2 * PAD

    def _lay_out(self) -> None:
        names = self.confusion.classes if self.confusion else ()
        count, metrics = len(names), self.fontMetrics()
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        self._is_upright = widest > SMALLEST_CELL - 2
        self._left = min(widest + 2, WIDEST_NAME) + 2 * PAD
        self._top = self._left if self._is_upright else metrics.height() + PAD
        view, cell = self.viewport().size(), self._fitting_cell()
        self.cell = cell
        across = self._left + self._shares_width() + count * cell.width() - view.width()
        down = self._top + count * cell.height() + 1 - view.height()
        for bar, excess, page, step in (
            (self.horizontalScrollBar(), across, view.width(), cell.width()),
            (self.verticalScrollBar(), down, view.height(), cell.height()),
        ):
            bar.setRange(0, max(0, excess))
            bar.setPageStep(page)
            bar.setSingleStep(step)

    # ---- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.color("panel"))
        if self.confusion is None:
            return
        count, cell = len(self.confusion.classes), self.cell
        left, top = self._left, self._top
        view = self.viewport().rect()
        first_row = self.verticalScrollBar().value() // cell.height()
        first_column = self.horizontalScrollBar().value() // cell.width()
        rows = range(first_row, min(count, first_row + view.height() // cell.height() + 2))
        columns = range(first_column, min(count, first_column + view.width() // cell.width() + 2))
        painter.setClipRect(left, top, view.width() - left - self._reserved(), view.height() - top)
        self._paint_cells(painter, rows, columns)
        self._paint_marks(painter)
        painter.setClipping(False)
        self._paint_names(painter, rows, columns)

    def _reserved(self) -> int:
        return 0 if self._reaches_edge() else self._shares_width()

    def _reaches_edge(self) -> bool:
        """Whether the accuracies stand right behind the last column and not at the edge."""
        return self.horizontalScrollBar().maximum() == 0

    def _paint_cells(self, painter: QPainter, rows: range, columns: range) -> None:
        confusion = self.confusion
        assert confusion is not None
        first, last = (
            self.rect_of((rows.start, columns.start)),
            self.rect_of((rows.stop - 1, columns.stop - 1)),
        )
        seen = self._pixels[rows.start : rows.stop, columns.start : columns.stop]
        painter.drawImage(first.united(last), image_of(seen))
        painter.setPen(theme.color("panel"))
        for row in rows:
            y = self.rect_of((row, 0)).bottom()
            painter.drawLine(first.left(), y, last.right(), y)
        for column in columns:
            x = self.rect_of((0, column)).right()
            painter.drawLine(x, first.top(), x, last.bottom())
        self._paint_counts(painter, confusion.counts, rows, columns)

    def _paint_counts(
        self, painter: QPainter, counts: NDArray[np.int64], rows: range, columns: range
    ) -> None:
        """Each in the largest text that fits; of the others the tips tell."""
        large, small = self.font(), self.font()
        small.setPointSizeF(large.pointSizeF() * SMALLEST_FONT)
        sizes = [(font, QFontMetrics(font)) for font in (large, small)]
        visible = counts[rows.start : rows.stop, columns.start : columns.stop]
        room = self.cell.width() - 1
        texts: dict[int, tuple[str, QFont]] = {}
        for count in np.unique(visible[visible > 0]).tolist():
            short = f"{count / 1000:.0f}k" if count >= 1000 else ""
            for text, (font, metrics) in ((text, size) for text in (str(count), short) for size in sizes):
                if text and metrics.horizontalAdvance(text) <= room:
                    texts[count] = text, font
                    break
        for font, _ in sizes:
            painter.setFont(font)
            for row, column in np.argwhere(visible > 0).tolist():
                cell = rows.start + row, columns.start + column
                text, wanted = texts.get(int(counts[cell]), ("", large))
                if text and wanted is font:
                    painter.setPen(readable_on(int(self._pixels[cell])))
                    painter.drawText(self.rect_of(cell), Qt.AlignmentFlag.AlignCenter, text)

    def _paint_marks(self, painter: QPainter) -> None:
        if self._picked is not None:
            painter.setPen(QPen(theme.color("selection"), 2))
            painter.drawRect(self.rect_of(self._picked).adjusted(0, 0, -2, -2))
        if self.hasFocus() and self.current != self._picked:
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRect(self.rect_of(self.current).adjusted(0, 0, -2, -2))

    def _paint_names(self, painter: QPainter, rows: range, columns: range) -> None:
        confusion = self.confusion
        assert confusion is not None
        left, top = self._left, self._top
        metrics = self.fontMetrics()
        elide = Qt.TextElideMode.ElideRight
        painter.setFont(self.font())
        painter.setClipRect(0, top, self.viewport().width(), self.viewport().height() - top)
        for row in rows:
            rect = self.rect_of((row, 0))
            painter.setPen(theme.color("text" if row == self.current[0] else "quiet"))
            name = metrics.elidedText(confusion.classes[row], elide, left - 2 * PAD)
            place = QRect(PAD, rect.top(), left - 2 * PAD, rect.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, name)
            self._paint_accuracy(painter, row, rect)
        painter.setClipRect(left, 0, self.viewport().width() - left - self._reserved(), top)
        for column in columns:
            rect = self.rect_of((0, column))
            painter.setPen(theme.color("text" if column == self.current[1] else "quiet"))
            name = metrics.elidedText(
                confusion.classes[column], elide, top - PAD if self._is_upright else rect.width()
            )
            self._paint_column_name(painter, name, rect)
        painter.setClipping(False)

    def _paint_column_name(self, painter: QPainter, name: str, rect: QRect) -> None:
        top = self._top
        if not self._is_upright:
            painter.drawText(QRect(rect.left(), 0, rect.width(), top), Qt.AlignmentFlag.AlignCenter, name)
            return
        painter.save()
        painter.translate(rect.left(), top - PAD)
        painter.rotate(-90)
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRect(0, 0, top - PAD, rect.width()), align, name)
        painter.restore()

    def _paint_accuracy(self, painter: QPainter, row: int, rect: QRect) -> None:
        confusion = self.confusion
        assert confusion is not None
        width = self._shares_width()
        edge = self.viewport().width() - width
        x = self.rect_of((row, len(confusion.classes))).left() if self._reaches_edge() else edge
        accuracy = confusion.class_accuracy(row)
        painter.setPen(theme.color("quiet"))
        text = "–" if math.isnan(accuracy) else f"{accuracy:.0%}".replace("%", " %")
        place = QRect(x, rect.top(), width - PAD, rect.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)

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

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self._pick(cell)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

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
            self._pick(self.current)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and self.confusion is not None:
            factor = ZOOM if event.angleDelta().y() > 0 else 1 / ZOOM
            self._zoom = min(max((self._zoom or self.cell.height()) * factor, SMALLEST_CELL), LARGEST_CELL)
            self._lay_out()
            self.viewport().update()
        else:
            super().wheelEvent(event)

    def _pick(self, cell: Cell) -> None:
        self.set_picked(cell)
        self.cell_picked.emit(*cell)

    def _bring_into_sight(self) -> None:
        rect = self.rect_of(self.current)
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        right = self.viewport().width() - self._reserved()
        for bar, near, far, low, high in (
            (across, rect.left(), rect.right(), self._left, right),
            (down, rect.top(), rect.bottom(), self._top, self.viewport().height()),
        ):
            if near < low:
                bar.setValue(bar.value() + near - low)
            elif far >= high:
                bar.setValue(bar.value() + far - high + 1)

    # ---- events --------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            cell = self.cell_at(event.pos())
            if cell is not None:
                QToolTip.showText(event.globalPos(), self.describe(cell), self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self._color()
            self._lay_out()
            self.viewport().update()

"""The list that a unit belongs to, as a column of cells around it; a click pins another of its units."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from explorer.engine.layer import Array
from explorer.rendering.look import Look
from explorer.rendering.map_pixels import largest_size, map_pixels
from explorer.ui import theme
from explorer.ui.widgets.cell_number import wide_number
from explorer.ui.widgets.close_up_cells import Span
from explorer.ui.widgets.pixel_numbers import pale_pixels

CAPTION = 18
ROW = 20
NAME, CELL = (30, 64), 58  # least and most width of the names, and that of a cell
EDGE = 4
NOTCH = 120  # eighths of a degree of a wheel


class CloseUpList(QWidget):
    """Some neighbouring values of a list with their numbers or names, the unit's own framed."""

    pointed = Signal(object)  # the feature under the pointer, or None
    chosen = Signal(int)  # the feature that was clicked
    held = Signal(bool)  # the pointer moves here, or has gone

    def __init__(self) -> None:
        super().__init__()
        self.look = Look()
        self.filled: int | None = None  # the last feature that is filled; None: all
        self.span = Span(0, 0)
        self._title = ""
        self._values: Array = np.zeros(0, np.float32)
        self._names: tuple[str, ...] = ()
        self._own = 0
        self._spot: int | None = None
        self._name_width = NAME[0]
        self._fit_names()
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        return QSize(self.width(), CAPTION + 8 * ROW)

    def show_list(self, title: str, values: Array, own: int, names: tuple[str, ...] = ()) -> None:
        """Show values (features,) around the unit's own; it scrolls only as far as it must."""
        is_other = (title, own, len(values)) != (self._title, self._own, len(self._values))
        self._title, self._values, self._own, self._names = title, values, own, names
        self._fit_names()
        if is_other:  # a frame of the camera does not scroll back to it
            self._scroll()
        self.update()

    def fill_to(self, index: int | None) -> None:
        """Show the list only up to here; None for all of it."""
        self.filled = index
        self.update()

    def at(self, point: QPointF) -> int | None:
        """The feature at a point."""
        feature = self.span.first + math.floor((point.y() - CAPTION) / ROW)
        return feature if self.span.first <= feature < self.span.last else None

    def cell(self, feature: int) -> QRectF:
        """Where the value of a feature stands."""
        return QRectF(EDGE + self._name_width, CAPTION + (feature - self.span.first) * ROW, CELL - 1, ROW - 1)

    def _fit_names(self) -> None:
        """As wide as its names, or its numbers, take."""
        last = (str(max(0, len(self._values) - 1)), *self._names)
        widest = max(self.fontMetrics().horizontalAdvance(name) for name in last) + 8
        self._name_width = min(max(widest, NAME[0]), NAME[1])
        self.setFixedWidth(2 * EDGE + self._name_width + CELL)

    def _scroll(self) -> None:
        fitting = max(1, (self.height() - CAPTION) // ROW)
        self.span = self.span.holding(self._own, self._own + 1, fitting, 0, len(self._values))

    # ---- painting ---------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        values = self._values[self.span.first : self.span.last].astype(np.float32)
        pixels = map_pixels(values[None], largest_size(self._values), self.look, theme.is_dark())
        is_pale = pale_pixels(pixels)[0]
        painter.setFont(theme.quiet_font(self.font(), 0.9))
        painter.setPen(theme.color("quiet"))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(QRectF(0, 0, self.width() - EDGE, CAPTION), flags, self._title)
        for place, feature in enumerate(range(self.span.first, self.span.last)):
            area = self.cell(feature)
            name = self._names[feature] if feature < len(self._names) else str(feature)
            painter.setPen(theme.color("text" if feature == self._own else "quiet"))
            label = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, self._name_width - 6)
            painter.drawText(QRectF(0, area.top(), EDGE + self._name_width - 6, ROW), flags, label)
            if self.filled is not None and feature > self.filled:
                painter.fillRect(area, theme.color("neutral"))
                continue
            painter.fillRect(area, QColor.fromRgb(int(pixels[0, place])))
            painter.setPen(Qt.GlobalColor.black if is_pale[place] else Qt.GlobalColor.white)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, wide_number(float(values[place])))
        for framed, role in ((self._own, "selection"), (self._spot, "hover")):
            if framed is not None and self.span.first <= framed < self.span.last:
                painter.setPen(QPen(theme.color(role), 2))
                painter.drawRect(self.cell(framed).adjusted(0, 0, -1, -1))
        painter.end()

    # ---- events -----------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QEvent) -> None:  # type: ignore[override]
        self.span = Span(0, 0)
        self._scroll()

    def wheelEvent(self, event: QWheelEvent) -> None:
        by = -round(3 * event.angleDelta().y() / NOTCH)
        size = self.span.last - self.span.first
        first = min(max(0, self.span.first + by), max(0, len(self._values) - size))
        self.span = Span(first, first + size)
        self._point(self.at(event.position()))
        self.update()
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)
        self.held.emit(False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.held.emit(True)
        self._point(self.at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        feature = self.at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and feature is not None:
            self.chosen.emit(feature)

    def _point(self, feature: int | None) -> None:
        if feature != self._spot:
            self._spot = feature
            self.pointed.emit(feature)
            self.update()

"""One map as large as there is room, in its own pixels; lists of features as bars."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.rendering.picture import Picture
from explorer.ui import theme
from explorer.ui.pixels_image import image_of
from explorer.ui.short_number import share_or_number
from explorer.ui.widgets.pixel_numbers import NARROWEST, PixelNumbers, pale_pixels, visible_cells

BAR = 15.0  # pixels of a bar with its number
MOST_BARS = 400


class MapView(QWidget):
    """Draws a unit's picture with nearest neighbours, keeping its aspect; tells the pixel under the pointer."""

    pointed = Signal(object)  # (x, y) of the map, or None
    chosen = Signal(object)  # (x, y) of the map: clicked

    def __init__(self) -> None:
        super().__init__()
        self.pixel: tuple[int, int] | None = None
        self.pinned: tuple[int, int] | None = None  # (x, y)
        self._image: QImage | None = None
        self._picture: Picture | None = None
        self._values: np.ndarray | None = None
        self._list: tuple[np.ndarray, int | None, bool] | None = None
        self._note = ""
        self._numbers = PixelNumbers()
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 60)

    def sizeHint(self) -> QSize:
        return QSize(260, 195)

    def show_map(self, picture: Picture, values: np.ndarray) -> None:
        """Show a map (h, w) by its picture."""
        if picture is not self._picture:
            self._image, self._picture = image_of(picture.pixels), picture
        self._values, self._list, self._note = values, None, ""
        self.update()

    def show_list(self, values: np.ndarray, chosen: int | None, is_share: bool) -> None:
        """Show a list of features as bars, one of them chosen."""
        self._forget()
        self._list = values, chosen, is_share
        self.update()

    def show_nothing(self, note: str = "") -> None:
        """Show that there is nothing to show."""
        self._forget()
        self._list, self._note = None, note
        self.update()

    @property
    def note(self) -> str:
        """What is said in the place of a map."""
        return self._note

    def _forget(self) -> None:
        self._image = self._picture = self._values = None
        self.pixel = None

    def value_at(self, pixel: tuple[int, int] | None) -> float | None:
        """The number at a pixel of the map."""
        if pixel is None or self._values is None:
            return None
        height, width = self._values.shape
        x, y = pixel
        return float(self._values[y, x]) if 0 <= x < width and 0 <= y < height else None

    def target(self) -> QRectF:
        """Where the map is drawn."""
        if self._image is None:
            return QRectF()
        width, height = self._image.width(), self._image.height()
        ratio = self.devicePixelRatioF()
        # A map of one pixel by hundreds is drawn wider than it is, or it could not be seen.
        aspect = min(max(width / height, 1 / 12), 12.0)
        wide = min(float(self.width()), self.height() * aspect)
        high = wide / aspect
        if wide >= width and 1 / 12 < width / height < 12:
            whole = max(1, math.floor(wide * ratio / width)) / ratio
            if whole * width > 0.8 * wide:  # whole pixels where that costs little room
                wide, high = whole * width, whole * height
        left = math.floor((self.width() - wide) / 2 * ratio) / ratio
        return QRectF(left, math.floor((self.height() - high) / 2 * ratio) / ratio, wide, high)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        if self._image is not None:
            self._paint_map(painter, self._image)
        elif self._list is not None:
            self._paint_list(painter, *self._list)
        elif self._note:
            painter.setPen(theme.color("faint"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._note)
        painter.end()

    def _paint_map(self, painter: QPainter, image: QImage) -> None:
        target = self.target()
        shrinks = target.width() * self.devicePixelRatioF() < image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinks)
        painter.drawImage(target, image, QRectF(0, 0, image.width(), image.height()))
        wide, high = target.width() / image.width(), target.height() / image.height()
        self._paint_numbers(painter, target)
        within = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        for pixel, role, thick in ((self.pinned, "selection", 2), (self.pixel, "hover", 1)):
            if pixel is not None and pixel[0] < image.width() and pixel[1] < image.height():
                x, y = target.left() + pixel[0] * wide, target.top() + pixel[1] * high
                frame = QRectF(x, y, max(wide, 4.0), max(high, 4.0)).adjusted(-0.5, -0.5, 0.5, 0.5)
                painter.setPen(QPen(theme.color(role), thick))
                painter.drawRect(frame & within)  # that of a map of one pixel is as high as the widget

    def _paint_numbers(self, painter: QPainter, target: QRectF) -> None:
        """The values on their pixels, where those are large enough."""
        values, picture = self._values, self._picture
        if values is None or picture is None or picture.pixels.shape != values.shape:
            return
        height, width = values.shape
        if target.width() < NARROWEST * width:
            return  # as nearly always
        rows, columns, cells = visible_cells(target, height, width, target)
        if cells.is_readable:
            is_pale = pale_pixels(picture.pixels)[rows, columns]
            ratio = self.devicePixelRatioF()
            self._numbers.draw(painter, values[rows, columns], is_pale, cells, self.font(), ratio)

    def _paint_list(self, painter: QPainter, values: np.ndarray, chosen: int | None, is_share: bool) -> None:
        count = len(values)
        rows = max(1, int(self.height() // BAR))
        first = 0 if chosen is None else min(max(0, chosen - rows // 2), max(0, count - rows))
        last = min(count, first + rows, first + MOST_BARS)
        finite = np.where(np.isfinite(values), values, 0)
        largest = 1.0 if is_share else max(float(np.abs(finite).max(initial=0)), 1e-12)
        signed = not is_share and float(finite.min(initial=0)) < 0
        font = theme.quiet_font(self.font())
        painter.setFont(font)
        metrics = painter.fontMetrics()
        label, number = (
            metrics.horizontalAdvance("0" * len(str(count))) + 8,
            metrics.horizontalAdvance("−0.000") + 8,
        )
        room = max(10, self.width() - label - number)
        zero = label + (room / 2 if signed else 0)
        scale = (room / 2 if signed else room) / largest
        best = int(np.argmax(finite))
        for row, index in enumerate(range(first, last)):
            y, value = row * BAR, float(finite[index])
            if index == chosen:
                painter.fillRect(QRectF(0, y, self.width(), BAR), theme.color("accent_ground"))
            length = value * scale
            color = theme.color("positive" if value >= 0 else "negative")
            painter.fillRect(QRectF(min(zero, zero + length), y + 3, max(abs(length), 0.7), BAR - 6), color)
            painter.setPen(theme.color("text" if index in (best, chosen) else "quiet"))
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y, label - 5, BAR), flags, str(index))
            text = share_or_number(float(values[index]), is_share)
            painter.drawText(QRectF(self.width() - number, y, number - 2, BAR), flags, text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._point(event.position())
        if event.button() == Qt.MouseButton.LeftButton and self.pixel is not None:
            self.chosen.emit(self.pixel)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def _point(self, at: QPointF | None) -> None:
        target, image = self.target(), self._image
        pixel = None
        if at is not None and image is not None and target.contains(at):
            x = int((at.x() - target.left()) / target.width() * image.width())
            y = int((at.y() - target.top()) / target.height() * image.height())
            pixel = min(x, image.width() - 1), min(y, image.height() - 1)
        if pixel != self.pixel:
            self.pixel = pixel
            self.pointed.emit(pixel)
            self.update()

"""The legend: the colours from -m to m with the histogram of the values drawn on them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.engine.statistics import BINS
from explorer.rendering.colors import LEVELS, fine_table
from explorer.rendering.look import Look
from explorer.rendering.summary import Summary
from explorer.ui import theme
from explorer.ui.pixels_image import image_of
from explorer.ui.short_number import short_number

BAR = 9.0  # pixels of the colours' height
PACE_MS = 80  # a histogram that changes faster than this cannot be read


@lru_cache(maxsize=16)
def _bar_image(look: Look | None, is_dark: bool) -> QImage:
    """One row of all colours of a look; None is the grey of an input."""
    if look is None:
        colors = np.arange(1, LEVELS, dtype=np.uint32) * np.uint32(0x010101) | np.uint32(0xFF000000)
    else:
        colors = fine_table(look.colours, is_dark, look.gamma, LEVELS)[1:]
    return image_of(colors[None])


def _histogram_image(shares: NDArray[np.float64], size: QSizeF, color: QColor) -> QImage:
    """Columns of these shares of the height, in device pixels: as an outline they would take ten times as long."""
    width, height = max(1, round(size.width())), max(1, round(size.height()))
    tops = height * (1 - shares[np.arange(width) * len(shares) // width])
    pixels = np.where(np.arange(height)[:, None] + 0.5 >= tops, np.uint32(color.rgba()), np.uint32(0))
    return QImage(pixels.data.cast("B"), width, height, width * 4, QImage.Format.Format_ARGB32)


class Legend(QWidget):
    """Shows a Summary on the colours of a Look. A mark can be set at one value (that under the pointer)."""

    def __init__(self, tall: bool = False) -> None:
        super().__init__()
        self._tall = tall
        self._look = Look()
        self._summary: Summary | None = None
        self._is_input = False
        self._mark: float | None = None
        self._is_behind = False
        self._histogram: tuple[object, QImage | None] | None = None  # what it was made of, and its picture
        self._text: tuple[QFont, QFontMetricsF] | None = None
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE_MS)
        self._pace.timeout.connect(self._catch_up)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(theme.quiet_font(self.font()))
        return QSize(240, round((46 if self._tall else 15) + BAR + metrics.height()) + 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(110, self.sizeHint().height())

    def show_summary(self, summary: Summary | None, look: Look, is_input: bool = False) -> None:
        """Show the values of a unit or layer; an input goes from 0 to 1 in grey."""
        self._summary, self._look, self._is_input = summary, look, is_input
        self._is_behind = True
        if not self._pace.isActive():
            self._catch_up()

    def _catch_up(self) -> None:
        if self._is_behind:
            self._is_behind = False
            self.update()
            self._pace.start()

    def set_mark(self, value: float | None) -> None:
        """Point at one value."""
        if value != self._mark:
            self._mark = value
            self.update()

    @property
    def limit(self) -> float:
        """Where the colours end."""
        return self._summary.limit if self._summary else 0.0

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self._text = None
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._text is None:
            font = theme.quiet_font(self.font())
            self._text = font, QFontMetricsF(font)
        font, metrics = self._text
        painter.setFont(font)
        bar = QRectF(0.5, self.height() - metrics.height() - BAR - 1, self.width() - 1.0, BAR)
        self._paint_bar(painter, bar)
        if self._summary is not None:
            self._paint_histogram(painter, QRectF(bar.left(), 1, bar.width(), bar.top() - 2), self._summary)
        self._paint_ends(painter, bar, metrics)
        if self._mark is not None and self._summary is not None:
            self._paint_mark(painter, bar, self._mark)
        painter.end()

    def _paint_bar(self, painter: QPainter, bar: QRectF) -> None:
        colors = _bar_image(None if self._is_input else self._look, theme.is_dark())
        painter.drawImage(bar, colors, QRectF(0, 0, colors.width(), 1))
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawRect(bar)

    def _paint_histogram(self, painter: QPainter, area: QRectF, summary: Summary) -> None:
        size = area.size() * self.devicePixelRatioF()
        key = summary, self._is_input, size.width(), size.height(), theme.is_dark()
        if (
            self._histogram is None or self._histogram[0] != key
        ):  # a mark moves more often than the values change
            self._histogram = key, self._histogram_of(summary, size)
        image = self._histogram[1]
        if image is not None:
            painter.drawImage(area, image)

    def _histogram_of(self, summary: Summary, size: QSizeF) -> QImage | None:
        # The square root, or the zeros of a ReLU would leave nothing of the rest to be seen.
        counts = np.sqrt(summary.histogram.astype(np.float64))
        if self._is_input:
            counts = np.repeat(counts[BINS // 2 :], 2)
        largest = counts.max(initial=0)
        if largest <= 0:
            return None
        color = QColor(theme.color("histogram"))
        color.setAlpha(190)
        return _histogram_image(counts / largest, size, color)

    def _paint_ends(self, painter: QPainter, bar: QRectF, metrics: QFontMetricsF) -> None:
        painter.setPen(theme.color("quiet"))
        row = QRectF(0, bar.bottom() + 1, self.width(), metrics.height())
        if self._summary is None:
            low, middle, high = "−m", "0", "m"
        elif self._is_input:
            low, middle, high = "0", "", "1"
        else:
            low, middle, high = short_number(-self.limit), "0", short_number(self.limit)
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, low)
        painter.drawText(row, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, middle)
        painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, high)

    def _paint_mark(self, painter: QPainter, bar: QRectF, value: float) -> None:
        t = value if self._is_input else 0.5 + (value / self.limit / 2 if self.limit else 0.0)
        x = bar.left() + min(max(t, 0.0), 1.0) * bar.width()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("ground"), 1))
        painter.setBrush(theme.color("text"))
        top = bar.top() - 1
        painter.drawPolygon(
            QPolygonF([QPointF(x, top + 4), QPointF(x - 4, top - 4), QPointF(x + 4, top - 4)])
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._summary is None:
            return
        share = min(max(event.position().x() / max(1, self.width()), 0.0), 1.0 - 1e-9)
        value = share if self._is_input else (share * 2 - 1) * self.limit
        index = int(share * BINS) if not self._is_input else BINS // 2 + int(share * BINS / 2)
        part = self._summary.histogram[index] / max(1, self._summary.count)
        QToolTip.showText(
            event.globalPosition().toPoint(), f"around {short_number(value)}: {part:.1%} of the values"
        )

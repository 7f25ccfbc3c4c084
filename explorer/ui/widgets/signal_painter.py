"""Paints a signal, the kernel over one of its windows, and the result, with numbers where there is room."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from explorer.engine.arithmetic.signal_correlation import SignalCorrelation
from explorer.engine.layer import Array
from explorer.ui import theme
from explorer.ui.short_number import short_number
from explorer.ui.widgets.signal_places import LEFT, SignalPlaces, extent_of, span_of, y_on

HINTS = (
    "Point at an output to see its window, the kernel over it and the sum",
    "Point at an output to see its window and sum",
    "Point at an output",
)
BESIDE = 6.0  # pixels of a number from the line of its value
DENSE = 300  # points from which smooth lines would cost more than they show


def number_place(area: QRectF, point: QPointF, size: QSizeF, is_beside: bool) -> QRectF:
    """Where the number of a point stands: above it, or beside a line that comes down to it."""
    wide, high = size.width(), size.height()
    y = point.y() - high - 4
    if y > area.top() and not is_beside:
        x = min(max(point.x() - wide / 2, area.left()), area.right() - wide)
        return QRectF(x, y, wide, high)
    fits = point.x() + BESIDE + wide <= area.right()
    x = point.x() + BESIDE if fits else point.x() - BESIDE - wide
    y = point.y() - high if is_beside else point.y() + 5
    return QRectF(x, min(max(y, area.top()), area.bottom() - high), wide, high)


class SignalPainter:
    """Paints one correlation at its places."""

    def __init__(self, places: SignalPlaces) -> None:
        self._places = places

    def paint(self, painter: QPainter, span: tuple[float, float], shown: int | None) -> None:
        """Everything; `span` is what the signal's axis shows, `shown` the output that is explained."""
        correlation = self._places.correlation
        above, middle, below = self._places.areas()
        positions, values = correlation.padded
        self._paint_ground(painter, above, span, values, "signal")
        self._paint_ground(painter, below, span_of(correlation.result), correlation.result, "result")
        self._veil_padding(painter, above, positions, len(correlation.signal))
        if shown is not None:
            self._paint_window(painter, correlation, shown, above, middle)
        self._paint_values(painter, above, span, positions, values, theme.color("text"), None)
        accent = theme.color("accent")
        result = correlation.result
        self._paint_values(painter, below, span_of(result), correlation.positions, result, accent, shown)
        if shown is None:
            painter.setPen(theme.color("faint"))
            metrics = QFontMetricsF(painter.font())
            hint = next((one for one in HINTS if metrics.horizontalAdvance(one) <= middle.width()), HINTS[-1])
            painter.drawText(middle, Qt.AlignmentFlag.AlignCenter, hint)

    def _paint_ground(
        self, painter: QPainter, area: QRectF, span: tuple[float, float], values: Array, name: str
    ) -> None:
        painter.fillRect(area, theme.color("ground"))
        zero = y_on(area, span, 0.0)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(QPointF(area.left(), zero), QPointF(area.right(), zero))
        painter.setPen(theme.color("quiet"))
        high = QFontMetricsF(painter.font()).height()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value in set(extent_of(values)):
            y = min(max(y_on(area, span, value), area.top() + high / 2), area.bottom() - high / 2)
            painter.drawText(QRectF(0, y - high / 2, LEFT - 5, high), right, short_number(value))
        painter.setPen(theme.color("faint"))
        corner = QRectF(area.left() + 4, area.top(), area.width(), high)
        painter.drawText(corner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)

    def _veil_padding(self, painter: QPainter, area: QRectF, positions: np.ndarray, length: int) -> None:
        shade = QColor(theme.color("faint"))
        shade.setAlpha(45)
        half = self._places.axis[1] / 2
        for first, last in ((positions[0], -1), (length, positions[-1])):
            if first <= last:
                left, right = self._places.x_of(float(first)) - half, self._places.x_of(float(last)) + half
                painter.fillRect(QRectF(left, area.top(), right - left, area.height()), shade)

    def _paint_values(
        self, painter: QPainter, area: QRectF, span: tuple[float, float], positions: np.ndarray, values: Array,
        color: QColor, shown: int | None,
    ) -> None:  # fmt: skip
        pitch = self._places.axis[1] * (float(positions[1] - positions[0]) if len(positions) > 1 else 1.0)
        points = self._points(area, span, positions, values)
        painter.setPen(QPen(color, 1.4))
        if pitch >= 7:
            zero = y_on(area, span, 0.0)
            for point in points:
                painter.drawLine(QPointF(point.x(), zero), point)
        else:
            is_dense = len(points) > DENSE
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, not is_dense)
            painter.setPen(QPen(color, 0 if is_dense else 1.4))
            painter.drawPolyline(QPolygonF(points))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(color)
        painter.setPen(Qt.PenStyle.NoPen)
        if pitch >= 4:
            radius = min(3.0, pitch / 3)
            for point in points:
                painter.drawEllipse(point, radius, radius)
        if shown is not None and shown < len(values):
            painter.setBrush(theme.color("selection"))
            at = QPointF(self._places.x_of(float(positions[shown])), y_on(area, span, float(values[shown])))
            painter.drawEllipse(at, 4.5, 4.5)
            self._paint_number(painter, area, at, float(values[shown]), is_shown=True)
        if len(values) < area.width() / 12:
            self._paint_numbers(painter, area, points, values, pitch)

    def _points(
        self, area: QRectF, span: tuple[float, float], positions: np.ndarray, values: Array
    ) -> list[QPointF]:
        """Where the values are; of many more than there are pixels the lowest and the highest of every few."""
        first, pitch = self._places.axis
        xs = LEFT + (positions - first + 0.5) * pitch
        group = int(len(values) // max(1.0, area.width()))
        if group > 1:
            count = len(values) // group * group
            kept = values[:count].reshape(-1, group)
            rows = np.arange(len(kept)) * group
            ends = np.sort(np.stack([rows + kept.argmin(axis=1), rows + kept.argmax(axis=1)]), axis=0)
            chosen = ends.T.ravel()
            xs, values = xs[chosen], values[chosen]
        return [
            QPointF(x, y_on(area, span, value)) for x, value in zip(xs.tolist(), values.tolist(), strict=True)
        ]

    def _paint_numbers(
        self, painter: QPainter, area: QRectF, points: list[QPointF], values: Array, pitch: float
    ) -> None:
        metrics = QFontMetricsF(painter.font())
        numbers = values.tolist()
        if max(metrics.horizontalAdvance(short_number(number)) for number in numbers) + 2 <= pitch:
            for point, number in zip(points, numbers, strict=True):
                self._paint_number(painter, area, point, number)

    @staticmethod
    def _paint_number(
        painter: QPainter, area: QRectF, point: QPointF, number: float, is_shown: bool = False
    ) -> None:
        metrics, text = QFontMetricsF(painter.font()), short_number(number)
        size = QSizeF(metrics.horizontalAdvance(text) + 4, metrics.height())
        painter.setPen(theme.color("quiet"))
        place = number_place(area, point, size, is_shown or number < 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_window(
        self, painter: QPainter, correlation: SignalCorrelation, shown: int, above: QRectF, middle: QRectF
    ) -> None:
        """The window in the signal, the kernel beneath it, and the way down to the output."""
        window, taps = correlation.window, correlation.applied
        first = shown * window.stride - window.before
        half = self._places.axis[1] / 2
        left, right = self._places.x_of(first) - half, self._places.x_of(first + window.size - 1) + half
        ground = QColor(theme.color("selection"))
        ground.setAlpha(48)
        painter.fillRect(QRectF(left, above.top(), right - left, above.height()), ground)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("selection"), 1))
        painter.drawRect(QRectF(left, above.top(), right - left, middle.bottom() - above.top()))
        end = self._places.point_of(shown)
        painter.drawLine(QPointF(end.x(), middle.bottom()), end)
        largest = max(float(np.abs(taps).max()), 1e-12)
        zero = middle.center().y()
        metrics = QFontMetricsF(painter.font())
        for index, tap in enumerate(taps):
            x, high = self._places.x_of(first + index), float(tap) / largest * (middle.height() / 2 - 3)
            ink = theme.color("weight_positive" if tap >= 0 else "weight_negative")
            painter.fillRect(
                QRectF(x - half * 0.7, min(zero, zero - high), half * 1.4, max(1.0, abs(high))), ink
            )
            text = short_number(float(tap))
            if metrics.horizontalAdvance(text) + 2 <= 2 * half:
                painter.setPen(theme.color("text"))
                top = zero if tap >= 0 else middle.top()  # on the side where the bar is not
                cell = QRectF(x - half, top, 2 * half, middle.height() / 2)
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)

"""A signal, the kernel over one of its windows, and the result beneath, on one axis of positions."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.engine.arithmetic.signal_correlation import SignalCorrelation
from explorer.engine.layer import Array
from explorer.ui import theme
from explorer.ui.short_number import short_number

LEFT, RIGHT = 44.0, 8.0  # pixels beside the plots
KERNEL_SHARE = 0.2  # of the height
ROOM = 0.3  # of the span: above the highest value, and below the lowest where that is negative
DENSE = 300  # points from which smooth lines would cost more than they show
FAR = 10  # outputs of an arrow with Shift
ARROWS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class SignalPlot(QWidget):
    """Pointing previews an output, a click on the result pins one, dragging on the signal draws it anew."""

    output_changed = Signal(object)  # index of the output that is pointed at or pinned, or None
    drawn = Signal(object)  # Array: the signal with what was drawn on it

    def __init__(self) -> None:
        super().__init__()
        self.correlation: SignalCorrelation | None = None
        self.pinned: int | None = None
        self._hover: int | None = None
        self._sentence = ""
        self._span = (-1.0, 1.0)  # of the signal's axis; held while one draws
        self._stroke: tuple[int, float] | None = None  # the last position and value that were drawn
        self.setAccessibleName("Signal, kernel and result")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 120)

    def sizeHint(self) -> QSize:
        return QSize(420, 190)

    @property
    def output(self) -> int | None:
        """The output that is explained: what is pointed at, else what is pinned."""
        return self._hover if self._hover is not None else self.pinned

    def show_correlation(self, correlation: SignalCorrelation) -> None:
        """Show another signal, kernel or way of sliding."""
        self.correlation, self._sentence = correlation, ""
        count = len(correlation.result)
        if self.pinned is not None:
            self.pinned = min(self.pinned, count - 1)
        if self._hover is not None and self._hover >= count:
            self._hover = None
        if self._stroke is None:
            self._span = span_of(correlation.padded[1])
        self.setAccessibleDescription(f"{len(correlation.signal)} values, {count} outputs")
        self.update()

    def show_sentence(self, sentence: str) -> None:
        """Say why there is nothing to show."""
        self.correlation, self._sentence, self._hover = None, sentence, None
        self.setAccessibleDescription(sentence)
        self.update()

    def pin(self, output: int | None) -> None:
        """Pin an output, or none."""
        self.pinned = output
        self.output_changed.emit(self.output)
        self.update()

    # ---- where things are -------------------------------------------------------------------------------------

    def areas(self) -> tuple[QRectF, QRectF, QRectF]:
        """Where signal, kernel and result are drawn."""
        high = self.height() - 8.0
        part = high * (1 - KERNEL_SHARE) / 2
        wide = self.width() - LEFT - RIGHT
        signal = QRectF(LEFT, 4, wide, part - 4)
        kernel = QRectF(LEFT, 4 + part, wide, high * KERNEL_SHARE)
        return signal, kernel, QRectF(LEFT, kernel.bottom() + 4, wide, part - 4)

    def x_of(self, position: float) -> float:
        """Where a position of the signal lies, in pixels."""
        first, pitch = self._axis()
        return LEFT + (position - first + 0.5) * pitch

    def point_of(self, index: int) -> QPointF:
        """Where an output's dot is."""
        assert self.correlation is not None
        result = self.correlation.result
        area = self.areas()[2]
        x = self.x_of(float(self.correlation.positions[index]))
        return QPointF(x, _y(area, span_of(result), float(result[index])))

    def _axis(self) -> tuple[float, float]:
        """The first position that is shown, and pixels from one to the next."""
        assert self.correlation is not None
        positions = self.correlation.padded[0]
        outputs = self.correlation.positions
        first = min(int(positions[0]), int(outputs[0]))
        last = max(int(positions[-1]), int(outputs[-1]))
        return first, (self.width() - LEFT - RIGHT) / (last - first + 1)

    def _position_at(self, x: float) -> int:
        first, pitch = self._axis()
        return int(np.floor((x - LEFT) / pitch + first))

    def _output_at(self, x: float) -> int:
        assert self.correlation is not None
        return int(np.abs(self.correlation.positions - self._position_at(x)).argmin())

    # ---- painting ---------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        if self.correlation is None:
            painter.setPen(theme.color("quiet"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(16, 0, -16, 0), flags, self._sentence)
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(theme.quiet_font(self.font()))
            self._paint(painter, self.correlation)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint(self, painter: QPainter, correlation: SignalCorrelation) -> None:
        above, middle, below = self.areas()
        positions, values = correlation.padded
        self._paint_ground(painter, above, self._span, values, "signal")
        self._paint_ground(painter, below, span_of(correlation.result), correlation.result, "result")
        self._veil_padding(painter, above, positions, len(correlation.signal))
        shown = self.output
        if shown is not None:
            self._paint_window(painter, correlation, shown, above, middle)
        self._paint_values(painter, above, self._span, positions, values, theme.color("text"), None)
        accent = theme.color("accent")
        result = correlation.result
        self._paint_values(painter, below, span_of(result), correlation.positions, result, accent, shown)
        if shown is None:
            painter.setPen(theme.color("faint"))
            hint = "Point at an output to see its window, the kernel over it and the sum"
            painter.drawText(middle, Qt.AlignmentFlag.AlignCenter, hint)

    def _paint_ground(
        self, painter: QPainter, area: QRectF, span: tuple[float, float], values: Array, name: str
    ) -> None:
        painter.fillRect(area, theme.color("ground"))
        zero = _y(area, span, 0.0)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(QPointF(area.left(), zero), QPointF(area.right(), zero))
        painter.setPen(theme.color("quiet"))
        high = QFontMetricsF(painter.font()).height()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value in set(_extent(values)):
            y = min(max(_y(area, span, value), area.top() + high / 2), area.bottom() - high / 2)
            painter.drawText(QRectF(0, y - high / 2, LEFT - 5, high), right, short_number(value))
        painter.setPen(theme.color("faint"))
        corner = QRectF(area.left() + 4, area.top(), area.width(), high)
        painter.drawText(corner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)

    def _veil_padding(self, painter: QPainter, area: QRectF, positions: np.ndarray, length: int) -> None:
        shade = QColor(theme.color("faint"))
        shade.setAlpha(45)
        half = self._axis()[1] / 2
        for first, last in ((positions[0], -1), (length, positions[-1])):
            if first <= last:
                left, right = self.x_of(float(first)) - half, self.x_of(float(last)) + half
                painter.fillRect(QRectF(left, area.top(), right - left, area.height()), shade)

    def _paint_values(
        self, painter: QPainter, area: QRectF, span: tuple[float, float], positions: np.ndarray, values: Array,
        color: QColor, shown: int | None,
    ) -> None:  # fmt: skip
        pitch = self._axis()[1] * (float(positions[1] - positions[0]) if len(positions) > 1 else 1.0)
        points = self._points(area, span, positions, values)
        painter.setPen(QPen(color, 1.4))
        if pitch >= 7:
            zero = _y(area, span, 0.0)
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
            at = QPointF(self.x_of(float(positions[shown])), _y(area, span, float(values[shown])))
            painter.drawEllipse(at, 4.5, 4.5)
            self._paint_number(painter, area, at, float(values[shown]))
        if len(values) < area.width() / 12:
            self._paint_numbers(painter, area, points, values, pitch)

    def _points(
        self, area: QRectF, span: tuple[float, float], positions: np.ndarray, values: Array
    ) -> list[QPointF]:
        """Where the values are; of many more than there are pixels the lowest and the highest of every few."""
        first, pitch = self._axis()
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
            QPointF(x, _y(area, span, value)) for x, value in zip(xs.tolist(), values.tolist(), strict=True)
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
    def _paint_number(painter: QPainter, area: QRectF, point: QPointF, number: float) -> None:
        metrics, text = QFontMetricsF(painter.font()), short_number(number)
        wide = metrics.horizontalAdvance(text) + 4
        above = point.y() - metrics.height() - 4 > area.top()
        y = point.y() - metrics.height() - 4 if above else point.y() + 5
        x = min(max(point.x() - wide / 2, area.left()), area.right() - wide)
        painter.setPen(theme.color("quiet"))
        painter.drawText(QRectF(x, y, wide, metrics.height()), Qt.AlignmentFlag.AlignCenter, text)

    def _paint_window(
        self, painter: QPainter, correlation: SignalCorrelation, shown: int, above: QRectF, middle: QRectF
    ) -> None:
        """The window in the signal, the kernel beneath it, and the way down to the output."""
        window, taps = correlation.window, correlation.applied
        first = shown * window.stride - window.before
        half = self._axis()[1] / 2
        left, right = self.x_of(first) - half, self.x_of(first + window.size - 1) + half
        ground = QColor(theme.color("selection"))
        ground.setAlpha(48)
        painter.fillRect(QRectF(left, above.top(), right - left, above.height()), ground)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("selection"), 1))
        painter.drawRect(QRectF(left, above.top(), right - left, middle.bottom() - above.top()))
        end = self.point_of(shown)
        painter.drawLine(QPointF(end.x(), middle.bottom()), end)
        largest = max(float(np.abs(taps).max()), 1e-12)
        zero = middle.center().y()
        metrics = QFontMetricsF(painter.font())
        for index, tap in enumerate(taps):
            x, high = self.x_of(first + index), float(tap) / largest * (middle.height() / 2 - 3)
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

    # ---- events -----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.correlation is None or event.button() != Qt.MouseButton.LeftButton:
            return
        above, _, below = self.areas()
        if above.contains(event.position()):
            self._draw(event.position())
        elif below.contains(event.position()):
            self.pin(self._output_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.correlation is None:
            return
        above, _, below = self.areas()
        if self._stroke is not None:
            self._draw(event.position())
            return
        is_above = above.contains(event.position())
        self.setCursor(Qt.CursorShape.CrossCursor if is_above else Qt.CursorShape.ArrowCursor)
        inside = is_above or below.contains(event.position())
        self._preview(self._output_at(event.position().x()) if inside else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._stroke is not None:
            self._stroke = None
            if self.correlation is not None:
                self._span = span_of(self.correlation.padded[1])
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._preview(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS and self.correlation is not None:
            last = len(self.correlation.result) - 1
            far = FAR if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            here = last // 2 if self.pinned is None else self.pinned + ARROWS[key] * far
            self._hover = None
            self.pin(min(max(here, 0), last))
        elif key == Qt.Key.Key_Escape and self.pinned is not None:
            self.pin(None)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.update()
        super().changeEvent(event)

    def _preview(self, output: int | None) -> None:
        if output != self._hover:
            self._hover = output
            self.output_changed.emit(self.output)
            self.update()

    def _draw(self, at: QPointF) -> None:
        """The values from the last drawn place to this one go along a straight line."""
        assert self.correlation is not None
        signal, area = self.correlation.signal, self.areas()[0]
        low, high = self._span
        place = min(max(self._position_at(at.x()), 0), len(signal) - 1)
        share = min(max((area.bottom() - at.y()) / area.height(), 0.0), 1.0)
        value = float(f"{low + share * (high - low):.3g}")
        before, start = self._stroke or (place, value)
        fresh = np.array(signal)
        first, last = sorted((before, place))
        ends = (start, value) if before <= place else (value, start)
        fresh[first : last + 1] = np.linspace(*ends, last - first + 1) if last > first else value
        self._stroke = place, value
        self.drawn.emit(np.round(fresh, 4).astype(np.float32))


def _extent(values: Array) -> tuple[float, float]:
    """The lowest and the highest value, 0 among them."""
    finite = values[np.isfinite(values)]
    return min(0.0, float(finite.min(initial=0))), max(0.0, float(finite.max(initial=0)))


def span_of(values: Array) -> tuple[float, float]:
    """From the lowest to the highest value, with 0 and room for a number above and below."""
    low, high = _extent(values)
    if low == high:
        high = 1.0
    room = (high - low) * ROOM
    return low - (room if low < 0 else room / 4), high + room


def _y(area: QRectF, span: tuple[float, float], value: float) -> float:
    low, high = span
    share = (value - low) / (high - low) if math.isfinite(value) else 0.0
    return area.bottom() - min(max(share, -0.02), 1.02) * area.height()

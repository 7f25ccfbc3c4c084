"""The error against the shift as a small curve; a click sets the shift."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui import theme

SMALLEST_TOP = 0.05  # of the error's axis: rounding is not to look like a mountain


class ShiftPlot(QWidget):
    """Draws errors (0 to 1 and above) by distance in pixels, with faint lines where the layer's step comes round."""

    chosen = Signal(int)  # distance that was clicked

    def __init__(self) -> None:
        super().__init__()
        self._errors: Mapping[int, float] = {}
        self._reach = 8
        self._step = 1
        self._now: int | None = None
        self._caption = ""
        self.setMinimumSize(130, 90)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Error against the shift")
        self.setToolTip(
            "The error for every distance. Dotted lines: multiples of the layer's step. A click sets the shift."
        )

    def sizeHint(self) -> QSize:
        return QSize(220, 150)

    @property
    def errors(self) -> Mapping[int, float]:
        """What is drawn, by distance."""
        return self._errors

    def show_curve(
        self, errors: Mapping[int, float], reach: int, step: int, now: int | None, caption: str
    ) -> None:
        """Show errors by distance up to `reach`, where they are numbers; `now` is the distance that is set."""
        self._errors = {distance: error for distance, error in errors.items() if math.isfinite(error)}
        self._reach, self._step = max(1, reach), max(1, step)
        self._now, self._caption = now, caption
        spoken = ", ".join(f"{distance}: {error:.1%}" for distance, error in sorted(errors.items()))
        self.setAccessibleDescription(spoken)
        self.update()

    def point_of(self, distance: int) -> QPointF:
        """Where a distance's point is, in pixels of the widget; on the ground line where none is known."""
        area = self._area()
        x = area.left() + distance / self._reach * area.width()
        return QPointF(x, area.bottom() - self._errors.get(distance, 0.0) / self._top() * area.height())

    def _top(self) -> float:
        return max([SMALLEST_TOP, *self._errors.values()]) * 1.05

    def _area(self) -> QRectF:
        metrics = QFontMetricsF(theme.quiet_font(self.font()))
        left = metrics.horizontalAdvance("100%") + 6
        return QRectF(self.rect()).adjusted(left, metrics.height() + 2, -8, -2 * metrics.height() - 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.quiet_font(self.font()))
        self._paint_axes(painter, self._area())
        points = [self.point_of(distance) for distance in sorted(self._errors)]
        painter.setPen(QPen(theme.color("accent"), 1.6))
        painter.drawPolyline(QPolygonF(points))
        painter.setBrush(theme.color("accent"))
        painter.setPen(Qt.PenStyle.NoPen)
        for point in points:
            painter.drawEllipse(point, 2.2, 2.2)
        if self._now in self._errors and self._now is not None:
            painter.setBrush(theme.color("selection"))
            painter.drawEllipse(self.point_of(self._now), 4.2, 4.2)
        painter.end()

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QPen(theme.color("border"), 1, Qt.PenStyle.DotLine))
        if self._step > 1:
            for distance in range(self._step, self._reach + 1, self._step):
                x = area.left() + distance / self._reach * area.width()
                painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.drawLine(area.bottomLeft(), area.topLeft())
        painter.setPen(theme.color("quiet"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for share, y in ((0.0, area.bottom()), (self._top() / 1.05, area.top())):
            box = QRectF(0, y - metrics.height() / 2, area.left() - 4, metrics.height())
            painter.drawText(box, right, f"{share:.0%}")
        every = next(one for one in (1, 2, 4, 8, 16) if self._reach / one <= 5)
        for distance in range(0, self._reach + 1, every):
            x = area.left() + distance / self._reach * area.width()
            box = QRectF(x - 20, area.bottom() + 2, 40, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(distance))
        below = QRectF(0, self.height() - metrics.height() - 1, self.width(), metrics.height())
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._caption)
        painter.drawText(
            QRectF(0, 0, self.width(), metrics.height()), Qt.AlignmentFlag.AlignCenter, "error by shift"
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        area = self._area()
        distance = round((event.position().x() - area.left()) / max(1.0, area.width()) * self._reach)
        self.chosen.emit(min(max(distance, 0), self._reach))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.update()
        super().changeEvent(event)

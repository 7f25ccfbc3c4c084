"""The value card beside the pointer: name, place, number and range of what is under it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from explorer.ui import theme

Line = tuple[str, str]  # a colour of the theme and a text
AWAY = 20.0  # from the pointer
PADDING = 8.0


class Card:
    """Draws the card in the font of a view, which is measured once."""

    def __init__(self, font: QFont) -> None:
        self._font, self._bold = QFont(font), QFont(font)
        self._bold.setBold(True)
        self._metrics, self._bold_metrics = QFontMetricsF(font), QFontMetricsF(self._bold)
        self._line, self._ascent = self._metrics.height(), self._metrics.ascent()

    def draw(
        self,
        painter: QPainter,
        pointer: QPointF,
        lines: list[Line],
        room: QSize,
        swatch: QColor | None = None,
    ) -> QRectF:
        """Lines on the emptier side of the pointer, within a view of this size; the first is bold.

        `swatch` is a small square of the value's own colour before the second line.
        """
        area = self._area(pointer, lines, room, swatch is not None)
        _draw_background(painter, area)
        top = area.top() + PADDING - 1
        for index, (role, text) in enumerate(lines):
            left = area.left() + PADDING
            if index == 1 and swatch is not None:
                self._draw_swatch(painter, left, top, swatch)
                left += self._line
            painter.setFont(self._bold if index == 0 else self._font)
            painter.setPen(theme.color(role))
            painter.drawText(QPointF(left, top + self._ascent), text)
            top += self._line + 1
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        return area

    def _area(self, pointer: QPointF, lines: list[Line], room: QSize, has_swatch: bool) -> QRectF:
        widths = [
            (self._bold_metrics if i == 0 else self._metrics).horizontalAdvance(text)
            for i, (_, text) in enumerate(lines)
        ]
        extra = self._line if has_swatch else 0.0
        widest = max([w + (extra if i == 1 else 0) for i, w in enumerate(widths)], default=0.0)
        wide, high = widest + 2 * PADDING, len(lines) * (self._line + 1) + 2 * PADDING - 3
        is_room_beside = pointer.x() + AWAY + wide < room.width()
        x = pointer.x() + AWAY if is_room_beside else pointer.x() - AWAY - wide
        y = min(max(pointer.y() - high / 2, 4.0), max(4.0, room.height() - high - 4))
        return QRectF(max(4.0, x), y, wide, high)

    def _draw_swatch(self, painter: QPainter, left: float, top: float, color: QColor) -> None:
        side = self._ascent * 0.8
        square = QRectF(left + 0.5, round(top + (self._line - side) / 2) + 0.5, round(side), round(side))
        painter.setPen(QPen(theme.color("faint"), 1))
        painter.setBrush(color)
        painter.drawRect(square)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _draw_background(painter: QPainter, area: QRectF) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color = QColor(theme.color("bar"))
    color.setAlpha(242)
    painter.setBrush(color)
    painter.setPen(QPen(theme.color("border"), 1))
    painter.drawRoundedRect(area, 6, 6)
    painter.setBrush(Qt.BrushStyle.NoBrush)

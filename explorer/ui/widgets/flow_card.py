"""The value card beside the pointer: name, place, number and range of what is under it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from explorer.ui import theme

Line = tuple[str, str]  # a colour of the theme and a text
AWAY = 20.0  # from the pointer
PADDING = 8.0


def draw_card(
    painter: QPainter, pointer: QPointF, lines: list[Line], font: QFont, width: float, height: float,
    swatch: QColor | None = None,
) -> QRectF:  # fmt: skip
    """Lines on the emptier side of the pointer; the first is bold.

    `swatch` is a small square of the value's own colour before the second line.
    """
    bold = QFont(font)
    bold.setBold(True)
    metrics, bold_metrics = QFontMetricsF(font), QFontMetricsF(bold)
    widths = [
        (bold_metrics if i == 0 else metrics).horizontalAdvance(text) for i, (_, text) in enumerate(lines)
    ]
    extra = metrics.height() if swatch is not None else 0.0
    widest = max([w + (extra if i == 1 else 0) for i, w in enumerate(widths)], default=0.0)
    size = widest + 2 * PADDING, len(lines) * (metrics.height() + 1) + 2 * PADDING - 3
    x = pointer.x() + AWAY if pointer.x() + AWAY + size[0] < width else pointer.x() - AWAY - size[0]
    y = min(max(pointer.y() - size[1] / 2, 4.0), max(4.0, height - size[1] - 4))
    area = QRectF(max(4.0, x), y, *size)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    background = QColor(theme.color("bar"))
    background.setAlpha(242)
    painter.setBrush(background)
    painter.setPen(QPen(theme.color("border"), 1))
    painter.drawRoundedRect(area, 6, 6)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    top = area.top() + PADDING - 1
    for index, (role, text) in enumerate(lines):
        left = area.left() + PADDING
        if index == 1 and swatch is not None:
            side = metrics.ascent() * 0.8
            square = QRectF(
                left + 0.5, round(top + (metrics.height() - side) / 2) + 0.5, round(side), round(side)
            )
            painter.setPen(QPen(theme.color("faint"), 1))
            painter.setBrush(swatch)
            painter.drawRect(square)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            left += extra
        painter.setFont(bold if index == 0 else font)
        painter.setPen(theme.color(role))
        painter.drawText(QPointF(left, top + metrics.ascent()), text)
        top += metrics.height() + 1
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    return area

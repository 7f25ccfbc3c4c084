"""Titles: name and shape above every block, held at the upper edge while the block reaches beyond it."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from explorer.document.view import Unit
from explorer.engine.layer import Shape
from explorer.ui import theme
from explorer.ui.widgets.flow_block import TITLE
from explorer.ui.widgets.flow_camera import Placed

SMALL = 0.86  # of the size of quiet text
NARROWEST = 26.0  # pixels; less would be nothing but dots
REACH = 26.0  # pixels above a block where its title can be clicked
HELD = 24.0  # pixels of the strip at the upper edge
ROLES = {"": "text", "hover": "accent", "selected": "selection", "stale": "stale"}


def is_held(place: Placed) -> bool:
    """Whether the title would be out of sight, and so stands at the upper edge of the view."""
    return place.y < HELD and place.y + place.height > 3 * HELD


def title_area(place: Placed, width: float) -> QRectF:
    """Where the title of a block can be pointed at, on a view of this width."""
    if is_held(place):
        left, right = max(0.0, place.x), min(width, place.x + place.width)
        return QRectF(left, 0, max(0.0, right - left), HELD)
    return QRectF(place.x - 4, place.y - REACH, max(place.width + 8, 50), REACH)


def draw_title(
    painter: QPainter, place: Placed, scale: float, width: float, font: QFont, small: QFont, state: str = ""
) -> None:
    """Name and shape above a block, as much of it as there is room for; `state` is one of ROLES."""
    metrics, small_metrics = QFontMetricsF(font), QFontMetricsF(small)
    line, small_line = metrics.height(), small_metrics.height()
    block, held = place.block, is_held(place)
    room = HELD if held else TITLE * scale
    area = title_area(place, width)
    widest = area.width() - 8 if held else max(block.room * scale, place.width)
    if room < line * 0.8 or widest < NARROWEST:
        return
    center = area.center().x() if held else place.x + place.width / 2
    name = str(Unit(block.node, block.only))
    shape = block.shape if block.only is None else block.shape[1:]
    name = metrics.elidedText(name, Qt.TextElideMode.ElideLeft, widest)
    fitting = (text for text in _shape_texts(shape) if small_metrics.horizontalAdvance(text) <= widest)
    below = next(fitting, "")
    name_width, below_width = metrics.horizontalAdvance(name), small_metrics.horizontalAdvance(below)
    color, quiet = theme.color(ROLES[state]), theme.color("quiet")
    bottom = HELD - 6 if held else place.y - 5
    together = name_width + below_width + 7
    if held:
        _draw_ground(
            painter, center, min(widest, together if together <= widest else name_width), bottom, line
        )
    if below and together <= widest:
        left, base = center - together / 2, bottom - metrics.descent()
        _draw_text(painter, left, base, name, font, color)
        _draw_text(painter, left + name_width + 7, base, below, small, quiet)
        return
    if below and room >= line + small_line + 2:
        _draw_text(painter, center - below_width / 2, bottom - small_metrics.descent(), below, small, quiet)
        bottom -= small_line
    _draw_text(painter, center - name_width / 2, bottom - metrics.descent(), name, font, color)


def _draw_ground(painter: QPainter, center: float, width: float, bottom: float, line: float) -> None:
    color = QColor(theme.color("ground"))
    color.setAlphaF(0.86)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(QRectF(center - width / 2 - 8, bottom - line - 2, width + 16, line + 5), 6, 6)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _draw_text(painter: QPainter, x: float, y: float, text: str, font: QFont, color: QColor) -> None:
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(QPointF(x, y), text)


@lru_cache(maxsize=512)
def _shape_texts(shape: Shape) -> tuple[str, ...]:
    """The shape in ever fewer letters."""
    sizes = [str(size) for size in shape]
    return " × ".join(sizes), "×".join(sizes), "×".join(sizes[1:]) or sizes[0], sizes[0]

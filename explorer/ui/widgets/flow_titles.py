"""Titles: name and shape above every block, held at the upper edge while the block reaches beyond it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from explorer.document.view import Unit
from explorer.engine.layer import Shape
from explorer.ui import theme
from explorer.ui.widgets.flow_block import TITLE
from explorer.ui.widgets.flow_camera import Placed

MOST_FITTED = 2000
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


class Titles:
    """Draws titles in the fonts of a view; what a text measures is kept, for it is asked every frame."""

    def __init__(self, font: QFont) -> None:
        self.font = QFont(font)
        self.font.setWeight(QFont.Weight.DemiBold)
        self.small = theme.quiet_font(font, SMALL)
        self._metrics = QFontMetricsF(self.font)
        self._small_metrics = QFontMetricsF(self.small)
        self._fitted: dict[tuple[str, Shape, int], tuple[str, float, str, float]] = {}

    def draw(self, painter: QPainter, place: Placed, scale: float, width: float, state: str = "") -> None:
        """Name and shape above a block, as much of it as there is room for; `state` is one of ROLES."""
        block, held = place.block, is_held(place)
        line, small_line = self._metrics.height(), self._small_metrics.height()
        room = HELD if held else TITLE * scale
        area = title_area(place, width)
        widest = area.width() - 8 if held else max(block.room * scale, place.width)
        if room < line * 0.8 or widest < NARROWEST:
            return
        center = area.center().x() if held else place.x + place.width / 2
        shape = block.shape if block.only is None else block.shape[1:]
        name, name_width, below, below_width = self._fit(
            str(Unit(block.node, block.only)), shape, int(widest)
        )
        color, quiet = theme.color(ROLES[state]), theme.color("quiet")
        bottom = HELD - 6 if held else place.y - 5
        base = bottom - self._metrics.descent()
        together = name_width + below_width + 7
        if held:
            ground = together if together <= widest else name_width
            _draw_ground(painter, center, min(widest, ground), bottom, line)
        if below and together <= widest:
            left = center - together / 2
            _draw_text(painter, left, base, name, self.font, color)
            _draw_text(painter, left + name_width + 7, base, below, self.small, quiet)
            return
        if below and room >= line + small_line + 2:
            low = bottom - self._small_metrics.descent()
            _draw_text(painter, center - below_width / 2, low, below, self.small, quiet)
            base -= small_line
        _draw_text(painter, center - name_width / 2, base, name, self.font, color)

    def _fit(self, name: str, shape: Shape, widest: int) -> tuple[str, float, str, float]:
        """The name and the shape in as many letters as fit, with their widths."""
        key = name, shape, widest
        if key not in self._fitted:
            if len(self._fitted) > MOST_FITTED:
                self._fitted.clear()
            short = self._metrics.elidedText(name, Qt.TextElideMode.ElideLeft, widest)
            measured = ((text, self._small_metrics.horizontalAdvance(text)) for text in _shape_texts(shape))
            below, below_width = next((one for one in measured if one[1] <= widest), ("", 0.0))
            self._fitted[key] = short, self._metrics.horizontalAdvance(short), below, below_width
        return self._fitted[key]


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


def _shape_texts(shape: Shape) -> tuple[str, ...]:
    """The shape in ever fewer letters."""
    sizes = [str(size) for size in shape]
    return " × ".join(sizes), "×".join(sizes), "×".join(sizes[1:]) or sizes[0], sizes[0]

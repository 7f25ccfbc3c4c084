"""Lines between the blocks: quiet ones for skips, bright ones for what the hovered unit reads."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from explorer.rendering.colors import weights_color
from explorer.ui import theme


def draw_skips(
    painter: QPainter, pairs: Sequence[tuple[QRectF, QRectF]], floor: float, strong: bool = False
) -> None:
    """Connections between blocks (source, target) that are not neighbours: along below everything."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color = QColor(theme.color("edge"))
    color.setAlpha(190 if strong else 80)
    painter.setPen(QPen(color, 1.6 if strong else 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for source, target in pairs:
        painter.drawPath(_skip_path(source, target, floor))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _skip_path(source: QRectF, target: QRectF, floor: float) -> QPainterPath:
    near = target.left() - source.right() < 60
    start, end = QPointF(source.right(), source.center().y()), QPointF(target.left(), target.center().y())
    path = QPainterPath()
    if near:
        path.moveTo(start)
        bend = max(8.0, (end.x() - start.x()) / 2)
        path.cubicTo(QPointF(start.x() + bend, start.y()), QPointF(end.x() - bend, end.y()), end)
        return path
    start, end = QPointF(source.center().x(), source.bottom()), QPointF(target.center().x(), target.bottom())
    low = max(floor, start.y() + 10, end.y() + 10)
    radius = 12.0
    path.moveTo(start)
    path.lineTo(start.x(), low - radius)
    path.quadTo(QPointF(start.x(), low), QPointF(start.x() + radius, low))
    path.lineTo(end.x() - radius, low)
    path.quadTo(QPointF(end.x(), low), QPointF(end.x(), low - radius))
    path.lineTo(end)
    return path


def draw_edges(painter: QPainter, target: QRectF, sources: Sequence[tuple[QRectF, float]]) -> None:
    """Curves from the tiles that a unit reads to the unit; width and colour by weight, -1..1, 0 for none."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    dark = theme.is_dark()
    for source, weight in reversed(sources):  # the strongest on top
        color = QColor(*weights_color(0.5 + round(weight * 20) / 40, dark)) if weight else theme.color("edge")
        strength = abs(weight) if weight else 0.7
        color = QColor(color)
        color.setAlphaF(0.25 + 0.75 * strength)
        start = QPointF(source.right(), source.center().y())
        end = QPointF(target.left(), target.center().y())
        bend = max(14.0, (end.x() - start.x()) * 0.5)
        path = QPainterPath(start)
        path.cubicTo(QPointF(start.x() + bend, start.y()), QPointF(end.x() - bend, end.y()), end)
        halo = QColor(theme.color("ground"))
        halo.setAlphaF(0.55 * strength)
        painter.setPen(QPen(halo, 2.4 + 2.6 * strength))
        painter.drawPath(path)
        painter.setPen(QPen(color, 0.8 + 2.2 * strength))
        painter.drawPath(path)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def draw_frame(painter: QPainter, tile: QRectF, role: str, thick: float = 2.0) -> None:
    """A frame around a tile, on the gap that surrounds it."""
    outer = tile.adjusted(-thick / 2 - 0.5, -thick / 2 - 0.5, thick / 2 - 0.5, thick / 2 - 0.5)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(theme.color(role), thick)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.drawRect(outer)

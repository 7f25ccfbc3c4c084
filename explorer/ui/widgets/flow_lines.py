"""Lines between the blocks: quiet ones for skips, bright ones for what the hovered unit reads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from explorer.rendering.colors import weights_color
from explorer.ui import theme
from explorer.ui.widgets.flow_camera import Camera, Placed
from explorer.ui.widgets.flow_layout import FlowLayout

STEPS = 5  # of the strength of an edge
HALO = 0.4  # how opaque the ground is around the edges of a unit


class Route(NamedTuple):
    """A connection between two blocks: their rectangles and the lower edges of their lines."""

    source: QRectF
    target: QRectF
    floor: float
    is_same_line: bool


def routes(
    layout: FlowLayout, places: list[Placed], camera: Camera, pairs: Sequence[tuple[str, str]]
) -> list[Route]:
    """The ways of connections between nodes on screen."""
    rects: dict[str, QRectF] = {}
    for place in places:
        name = place.block.node
        rects[name] = rects[name].united(place.area) if name in rects else place.area
    found = []
    for source, target in pairs:
        line = layout.lines.get(source, 0)
        floor = camera.to_screen(0, layout.floors[line] + 9)[1] if layout.floors else 0.0
        found.append(Route(rects[source], rects[target], floor, line == layout.lines.get(target, 0)))
    return found


def draw_routes(painter: QPainter, routes: Sequence[Route], strong: bool = False) -> None:
    """Connections between blocks that are not neighbours: below their line, or on to the next one."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color = QColor(theme.color("edge"))
    color.setAlpha(200 if strong else 80)
    painter.setPen(QPen(color, 1.6 if strong else 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for route in routes:
        painter.drawPath(_path(route))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _path(route: Route) -> QPainterPath:
    source, target = route.source, route.target
    start, end = QPointF(source.right(), source.center().y()), QPointF(target.left(), target.center().y())
    if not route.is_same_line:
        return _next_line(start, end, route.floor)
    if 0 <= end.x() - start.x() < 60:
        path = QPainterPath(start)
        bend = max(6.0, (end.x() - start.x()) / 2)
        path.cubicTo(QPointF(start.x() + bend, start.y()), QPointF(end.x() - bend, end.y()), end)
        return path
    start, end = QPointF(source.center().x(), source.bottom()), QPointF(target.center().x(), target.bottom())
    low = max(route.floor, start.y() + 10, end.y() + 10)
    return _rounded([start, QPointF(start.x(), low), QPointF(end.x(), low), end])


def _next_line(start: QPointF, end: QPointF, floor: float) -> QPainterPath:
    """As a carriage returns: out to the right, back between the lines, and in from the left."""
    right, left = start.x() + 10, end.x() - 10
    return _rounded(
        [
            start,
            QPointF(right, start.y()),
            QPointF(right, floor),
            QPointF(left, floor),
            QPointF(left, end.y()),
            end,
        ]
    )


def _rounded(points: list[QPointF], radius: float = 9.0) -> QPainterPath:
    """A path along the points with round corners."""
    path = QPainterPath(points[0])
    for before, corner, after in zip(points, points[1:], points[2:]):
        path.lineTo(_towards(corner, before, radius))
        path.quadTo(corner, _towards(corner, after, radius))
    path.lineTo(points[-1])
    return path


def _towards(start: QPointF, end: QPointF, distance: float) -> QPointF:
    way = end - start
    length = max(1e-6, (way.x() ** 2 + way.y() ** 2) ** 0.5)
    return start + way * (min(distance, length / 2) / length)


def draw_edges(painter: QPainter, target: QRectF, sources: Sequence[tuple[QRectF, float | None]]) -> None:
    """Curves from the tiles that a unit reads to the unit; width and colour by weight, -1..1, in fifths.

    Those of a fifth are drawn at once, and one halo below all of them: every call into Qt may wait for the
    interpreter while frames are computed.
    """
    whole, alike = QPainterPath(), dict[int | None, QPainterPath]()
    for source, weight in sources:
        path = _edge_path(source, target)
        whole.addPath(path)
        alike.setdefault(None if weight is None else round(weight * STEPS), QPainterPath()).addPath(path)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    halo = QColor(theme.color("ground"))
    halo.setAlphaF(HALO)
    painter.setPen(QPen(halo, 4.0))
    painter.drawPath(whole)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    is_dark = theme.is_dark()
    for step in sorted(alike, key=lambda step: abs(step or 0)):  # the strongest on top
        painter.setPen(_edge_pen(step, is_dark))
        painter.drawPath(alike[step])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


@lru_cache(64)
def _edge_pen(step: int | None, is_dark: bool) -> QPen:
    """The pen of an edge whose weight is so many fifths of the largest; None: of one without a weight."""
    strength = 0.7 if step is None else abs(step) / STEPS
    if step is None:
        color = QColor(theme.color("edge"))
    else:
        color = QColor(*weights_color(0.5 + step / STEPS / 2, is_dark))
    color.setAlphaF(0.25 + 0.75 * strength)
    return QPen(color, 0.8 + 2.2 * strength)


def _edge_path(source: QRectF, target: QRectF) -> QPainterPath:
    """From the right of a tile to the left of another; on to a lower line from below to above."""
    left, top, right, bottom = source.left(), source.top(), source.right(), source.bottom()
    to_left, to_top, to_right, to_bottom = target.left(), target.top(), target.right(), target.bottom()
    if to_left < right and to_top > bottom:
        x, y, to_x, to_y = (left + right) / 2, bottom, (to_left + to_right) / 2, to_top
        bend_x, bend_y = 0.0, (to_y - y) * 0.5
    else:
        x, y, to_x, to_y = right, (top + bottom) / 2, to_left, (to_top + to_bottom) / 2
        bend_x, bend_y = max(14.0, (to_x - x) * 0.5), 0.0
    path = QPainterPath()
    path.moveTo(x, y)
    path.cubicTo(x + bend_x, y + bend_y, to_x - bend_x, to_y - bend_y, to_x, to_y)
    return path


def draw_frame(painter: QPainter, tile: QRectF, role: str, thick: float = 2.0) -> None:
    """A frame around a tile, on the gap that surrounds it."""
    draw_frames(painter, [tile], role, thick)


def draw_frames(painter: QPainter, tiles: Sequence[QRectF], role: str, thick: float = 2.0) -> None:
    """The same around some tiles."""
    before, behind = -thick / 2 - 0.5, thick / 2 - 0.5
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(theme.color(role), thick)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.drawRects([tile.adjusted(before, before, behind, behind) for tile in tiles])

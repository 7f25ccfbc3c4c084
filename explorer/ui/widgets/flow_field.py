"""What one unit reads, drawn over the maps before it: its field in a frame, and the rest veiled."""

from __future__ import annotations

import math
from collections.abc import Iterator

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.engine.arithmetic.regions import Region
from explorer.engine.layer import Shape
from explorer.rendering.flat_maps import flat_shape
from explorer.ui import theme
from explorer.ui.widgets.flow_camera import Placed
from explorer.ui.widgets.flow_stage import FlowStage

VEIL = 0.8  # of everything that the unit does not read
LEAST = 3.0  # pixels of the screen that a field has at least, or it could not be seen


def draw_field(painter: QPainter, stage: FlowStage, places: list[Placed]) -> None:
    """On top of the blocks and below the pointer: nothing while no unit's field is shown."""
    field = stage.field
    if field is None:
        return
    seen = QRectF(stage.rect())
    veiled: list[QRectF] = []
    frames: list[QRectF] = []
    for place in places:
        region = field.regions.get(place.block.node)
        if region is None or len(region.shape) == 1 or not place.area.intersects(seen):
            continue
        is_own = place.block.node == field.node
        for tile, part in _tiles(stage, place, region):
            if part is not None and part != tile:
                frames.append(part.adjusted(-0.5, -0.5, 0.5, 0.5))
            if not is_own:
                veiled += _around(tile, part)
    color = QColor(theme.color("ground"))
    color.setAlphaF(VEIL)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    if veiled:
        painter.drawRects(veiled)  # one call for all: hundreds of single ones would take longer than the maps
    painter.setPen(QPen(theme.color("selection"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if frames:
        painter.drawRects(frames)


def field_rect(tile: QRectF, shape: Shape, region: Region) -> QRectF:
    """Where the region's hull stands on a tile that shows a map of this shape."""
    _, height, width = flat_shape(shape)
    (top, bottom), (left, right) = rows_and_columns(shape, region)
    wide, high = tile.width() / width, tile.height() / height
    part = QRectF(
        tile.left() + left * wide, tile.top() + top * high, (right - left) * wide, (bottom - top) * high
    )
    if part.width() < LEAST or part.height() < LEAST:
        centre = part.center()
        part.setSize(part.size().expandedTo(QRectF(0, 0, LEAST, LEAST).size()))
        part.moveCenter(centre)
    return part.intersected(tile)


def rows_and_columns(shape: Shape, region: Region) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and one past the last row and column of a region on the flat map of a node of this shape."""
    extents = region.hull[1:]
    if len(extents) == 1:
        return (0, 1), extents[0]
    if len(extents) == 2:
        return extents[0], extents[1]
    rows = shape[2]  # of a slice; the slices stand below each other
    (first, last), (top, bottom), columns = extents
    return (first * rows + top, (last - 1) * rows + bottom), columns


def _tiles(stage: FlowStage, place: Placed, region: Region) -> Iterator[tuple[QRectF, QRectF | None]]:
    """Every tile of the block, and the part of it that is read; None where nothing is."""
    block = place.block
    if len(block.shape) != 3:
        return
    first, last = (0, block.count) if block.kind == "image" else region.hull[0]
    home = place.tile(0)
    part = field_rect(home, region.shape, region)
    if part == home and last - first >= block.count:
        return  # all of it is read
    for cell in range(block.count):
        tile = place.tile(cell)
        is_read = block.kind == "image" or first <= stage.scene.channel_at(block, cell) < last
        yield tile, part.translated(tile.topLeft() - home.topLeft()) if is_read else None


def _around(tile: QRectF, part: QRectF | None) -> list[QRectF]:
    """What lies above, below and beside the part in whole pixels, or all of the tile."""
    left, top, right, bottom = tile.left(), tile.top(), tile.right(), tile.bottom()
    if part is None:
        return [tile]
    if part == tile:
        return []
    x0, y0 = math.floor(part.left()), math.floor(part.top())
    x1, y1 = math.ceil(part.right()), math.ceil(part.bottom())
    return [
        QRectF(left, top, right - left, max(0.0, y0 - top)),
        QRectF(left, y1, right - left, max(0.0, bottom - y1)),
        QRectF(left, y0, max(0.0, x0 - left), y1 - y0),
        QRectF(x1, y0, max(0.0, right - x1), y1 - y0),
    ]

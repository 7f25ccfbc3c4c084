"""What one unit reads, drawn over the maps before it: its field in a frame, and the rest veiled."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from explorer.engine.arithmetic.effective_field import EffectiveField
from explorer.engine.arithmetic.receptive_field import ReceptiveField
from explorer.engine.arithmetic.regions import Region
from explorer.engine.layer import Shape
from explorer.rendering.flat_maps import flat_shape
from explorer.ui import theme
from explorer.ui.widgets.flow_camera import Placed
from explorer.ui.widgets.flow_stage import FlowStage
from explorer.ui.widgets.pixel_numbers import LOWEST, NARROWEST

VEIL = 0.8  # of everything that the unit does not read
LEAST = 3.0  # pixels of the screen that a field has at least, or it could not be seen


class _Veil(NamedTuple):
    """What is veiled and framed, and for which field, places on screen, arrangement of channels and size that holds."""

    field: ReceptiveField
    places: list[Placed]
    seen: tuple[object, ...]
    veiled: list[QRectF]
    frames: list[QRectF]


class FieldDrawing:
    """Draws the field of a unit; where its veil lies is found once for all the frames of a camera."""

    def __init__(self) -> None:
        self._veil: _Veil | None = None

    def prepare(self, stage: FlowStage) -> None:
        """Find where the veil lies, in an event of its own, so that the next painting is shorter."""
        if stage.field is not None:
            self._found(stage, stage.places(), stage.field)

    def _found(self, stage: FlowStage, places: list[Placed], field: ReceptiveField) -> _Veil:
        veil, seen = self._veil, (stage.scene.arrangement, stage.size())
        if veil is None or veil.field is not field or veil.places is not places or veil.seen != seen:
            veil = self._veil = _Veil(field, places, seen, *_veil_and_frames(stage, places, field))
        return veil

    def draw(self, painter: QPainter, stage: FlowStage, places: list[Placed]) -> None:
        """On top of the blocks and below the pointer: nothing while no unit's field is shown."""
        field = stage.field
        if field is None:
            return
        _draw_effective(painter, stage, places)
        veil = self._found(stage, places, field)
        color = QColor(theme.color("ground"))
        color.setAlphaF(VEIL)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        if veil.veiled:  # one call for all: hundreds of single ones would take longer than the maps
            painter.drawRects(veil.veiled)
        painter.setPen(QPen(theme.color("selection"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if veil.frames:
            painter.drawRects(veil.frames)


def _veil_and_frames(
    stage: FlowStage, places: list[Placed], field: ReceptiveField
) -> tuple[list[QRectF], list[QRectF]]:
    seen = QRectF(stage.rect())
    veiled: list[QRectF] = []
    frames: list[QRectF] = []
    for place in places:
        region = field.regions.get(place.block.node)
        if region is None or len(region.shape) == 1 or not place.area.intersects(seen):
            continue
        around, framed = _veil_of(stage, place, region)
        frames += framed
        if place.block.node != field.node and not _is_read(place):
            veiled += around
    return veiled, frames


def _is_read(place: Placed) -> bool:
    """Whether the map is so large that its numbers stand on it: no veil makes them hard to read."""
    _, rows, columns = flat_shape(place.block.shape)
    return place.pitch_x >= NARROWEST * columns and place.pitch_y >= LOWEST * rows


def _draw_effective(painter: QPainter, stage: FlowStage, places: list[Placed]) -> None:
    """Within the field a veil that is thin where a value moves the unit much, and thick where it hardly does."""
    field, effective = stage.field, stage.effective
    if field is None or effective is None or field.node not in effective:
        return
    own = effective[field.node]
    if (
        own.places != tuple((index, index + 1) for index in field.unit[1:])
        or not own.gradient[field.unit[0]].any()
    ):
        return  # that of another pixel; the right one is on its way
    seen = QRectF(stage.rect())
    for place in places:
        block = place.block
        found = effective.get(block.node)
        if found is None or block.node == field.node or len(block.shape) != 3:
            continue
        if not found.gradient.size or not place.area.intersects(seen) or _is_read(place):
            continue
        strength, (rows, columns) = flat_strength(found)
        maps = strength.sum(0, keepdims=True) if block.kind == "image" else strength
        images = veils(maps)
        for cell in range(block.count):
            tile = place.tile(cell)
            if not tile.intersects(seen):
                continue
            channel = 0 if block.kind == "image" else stage.scene.channel_at(block, cell)
            if channel >= len(images):
                continue
            target = _part(tile, flat_shape(found.shape), rows, columns)
            pixels = images[channel]
            image = QImage(
                pixels.data.cast("B"), pixels.shape[1], pixels.shape[0], pixels.shape[1] * 4,
                QImage.Format.Format_ARGB32,
            )  # fmt: skip
            painter.drawImage(target, image)


def flat_strength(found: EffectiveField) -> tuple[np.ndarray, tuple[tuple[int, int], tuple[int, int]]]:
    """The size of the gradient (channels, rows, columns) on flat maps, and which rows and columns those are."""
    sizes, places = np.abs(found.gradient), found.places
    if len(places) == 1:
        return sizes[:, None], ((0, 1), places[0])
    if len(places) == 2:
        return sizes, (places[0], places[1])
    whole = np.zeros(found.shape, sizes.dtype)  # slices stand below each other
    whole[(slice(None), *(slice(first, last) for first, last in places))] = sizes
    channels, rows, columns = flat_shape(found.shape)
    return whole.reshape(channels, rows, columns), ((0, rows), (0, columns))


def veils(strength: np.ndarray) -> np.ndarray:
    """ARGB pixels of the veil over maps (channels, rows, columns); the strongest value of all has none."""
    largest = float(strength.max(initial=0)) or 1.0
    cover = VEIL * (
        1 - np.sqrt(np.nan_to_num(strength) / largest)
    )  # the root, or little would be seen of a bell
    ground = theme.color("ground").rgb() & 0xFFFFFF
    return np.ascontiguousarray(np.rint(cover * 255).astype(np.uint32) << np.uint32(24) | np.uint32(ground))


def field_rect(tile: QRectF, shape: Shape, region: Region) -> QRectF:
    """Where the region's hull stands on a tile that shows a map of this shape."""
    part = _part(tile, flat_shape(shape), *rows_and_columns(shape, region))
    if part.width() < LEAST or part.height() < LEAST:
        centre = part.center()
        part.setSize(part.size().expandedTo(QRectF(0, 0, LEAST, LEAST).size()))
        part.moveCenter(centre)
    return part.intersected(tile)


def _part(tile: QRectF, shape: Shape, rows: tuple[int, int], columns: tuple[int, int]) -> QRectF:
    """Where these rows and columns of a flat map stand on its tile."""
    wide, high = tile.width() / shape[2], tile.height() / shape[1]
    return QRectF(
        tile.left() + columns[0] * wide, tile.top() + rows[0] * high,
        (columns[1] - columns[0]) * wide, (rows[1] - rows[0]) * high,
    )  # fmt: skip


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


def _veil_of(stage: FlowStage, place: Placed, region: Region) -> tuple[list[QRectF], list[QRectF]]:
    """What to veil of a block, and a frame around the part of every tile that is read."""
    block = place.block
    if len(block.shape) != 3:
        return [], []
    first, last = (0, block.count) if block.kind == "image" else region.hull[0]
    home = place.tile(0)
    part = field_rect(home, region.shape, region)
    reads_all_channels = last - first >= block.count
    if part == home:
        channels = stage.scene.channels(block)
        read = np.flatnonzero((channels >= first) & (channels < last)).tolist()
        return ([] if reads_all_channels else _unread_tiles(place, read)), []
    left, top, wide, high = part.left() - 0.5, part.top() - 0.5, part.width() + 1, part.height() + 1
    cells = range(block.count)
    if reads_all_channels:
        frames = [
            QRectF(
                left + cell % block.columns * place.pitch_x,
                top + cell // block.columns * place.pitch_y,
                wide,
                high,
            )
            for cell in cells
        ]
        return _bands(place, part), frames
    channels = stage.scene.channels(block)
    read = np.flatnonzero((channels >= first) & (channels < last)).tolist()
    frames, around = [], _unread_tiles(place, read)
    for cell in read:
        tile = place.tile(cell)
        own = part.translated(tile.topLeft() - home.topLeft())
        frames.append(own.adjusted(-0.5, -0.5, 0.5, 0.5))
        around += _around(tile, own)
    return around, frames


def _unread_tiles(place: Placed, read: list[int]) -> list[QRectF]:
    """All tiles but those of the cells that are read; around a single one what lies on its four sides."""
    if len(read) == 1:
        return _around(place.area, place.tile(read[0]), whole=False)
    unread = sorted(set(range(place.block.count)) - set(read))
    return [place.tile(cell) for cell in unread]


def _bands(place: Placed, part: QRectF) -> list[QRectF]:
    """All of a block but the same part of every tile: bands across the whole block, and what is between the parts.

    The gaps between tiles are veiled with them: they have the colour of the veil.
    """
    block = place.block
    x0, y0 = math.floor(part.left()), math.floor(part.top())
    x1, y1 = math.ceil(part.right()), math.ceil(part.bottom())
    found = []
    for row in range(block.rows):
        down = row * place.pitch_y
        top, bottom = math.floor(y0 + down), math.ceil(y1 + down)
        found.append(QRectF(place.x, place.y + down, place.width, max(0.0, top - place.y - down)))
        found.append(QRectF(place.x, bottom, place.width, max(0.0, place.y + down + place.pitch_y - bottom)))
        left = place.x
        for column in range(block.columns):
            across = column * place.pitch_x
            start = math.floor(x0 + across)
            found.append(QRectF(left, top, max(0.0, start - left), bottom - top))
            left = math.ceil(x1 + across)
        found.append(QRectF(left, top, max(0.0, place.x + place.width - left), bottom - top))
    return found


def _around(tile: QRectF, part: QRectF, whole: bool = True) -> list[QRectF]:
    """What lies above, below and beside the part, which may take whole pixels."""
    left, top, right, bottom = tile.left(), tile.top(), tile.right(), tile.bottom()
    x0, y0, x1, y1 = part.left(), part.top(), part.right(), part.bottom()
    if whole:
        x0, y0, x1, y1 = math.floor(x0), math.floor(y0), math.ceil(x1), math.ceil(y1)
    return [
        QRectF(left, top, right - left, max(0.0, y0 - top)),
        QRectF(left, y1, right - left, max(0.0, bottom - y1)),
        QRectF(left, y0, max(0.0, x0 - left), y1 - y0),
        QRectF(x1, y0, max(0.0, right - x1), y1 - y0),
    ]

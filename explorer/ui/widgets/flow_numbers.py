"""The numbers of maps that are enlarged far enough, drawn on their pixels in the flow view."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from explorer.rendering.flat_maps import flat_maps, is_list
from explorer.ui.widgets.flow_camera import Placed
from explorer.ui.widgets.flow_scene import Shown
from explorer.ui.widgets.flow_stage import FlowStage
from explorer.ui.widgets.pixel_numbers import NARROWEST, Cells, PixelNumbers, pale_pixels, visible_cells

LINE = 13.0  # logical pixels of each of an image's numbers, one below the other


class Sheet(NamedTuple):
    """The values (rows, columns) of one tile, the pixels that are shown for them, and where."""

    values: NDArray[np.floating]
    pixels: NDArray[np.uint32]
    area: QRectF


def draw_numbers(painter: QPainter, stage: FlowStage, place: Placed, numbers: PixelNumbers) -> None:
    """On top of a block's tiles: nothing while its pixels are too small for numbers."""
    seen = QRectF(stage.rect())
    for sheet in _sheets(stage, place, seen):
        rows, columns = sheet.pixels.shape
        down, across, cells = visible_cells(sheet.area, rows, columns, seen.intersected(sheet.area))
        values, is_pale = sheet.values[..., down, across], pale_pixels(sheet.pixels[down, across])
        if values.ndim == 3:
            values, is_pale, cells = _stacked(values, is_pale, cells)
        numbers.draw(painter, values, is_pale, cells, stage.font(), stage.devicePixelRatioF())


def _sheets(stage: FlowStage, place: Placed, seen: QRectF) -> Iterator[Sheet]:
    scene, block = stage.scene, place.block
    if len(block.shape) == 3 and place.pitch_x < NARROWEST * block.shape[2]:
        return
    activation = scene.trace.activations.get(block.node) if scene.trace is not None else None
    shown = scene.shown(block)
    if activation is None or shown is None or block.kind == "bars":
        return
    if is_list(activation):
        yield from _list_sheets(activation[0], place, shown)
        return
    maps = flat_maps(activation)
    channels, height, width = maps.shape
    if not Cells(np.zeros(1), np.zeros(1), place.pitch_x / width, place.pitch_y / height).is_readable:
        return
    if block.kind == "image":
        if shown.picture.pixels.shape == (height, width) and place.area.intersects(seen):
            yield Sheet(maps if channels == 3 else maps[0], shown.picture.pixels, place.area)
        return
    for cell in range(block.count):
        tile = place.tile(cell)
        if tile.intersects(seen):
            channel = scene.channel_at(block, cell)
            pixels = _tile_pixels(shown, channel)
            if pixels is not None and channel < channels and pixels.shape == (height, width):
                yield Sheet(maps[channel], pixels, tile)


def _tile_pixels(shown: Shown, channel: int) -> NDArray[np.uint32] | None:
    """The pixels of a channel's tile, None where its picture does not hold it."""
    picture = shown.picture
    cell = picture.cell_of(channel) if channel in picture.channels else -1
    row, column = divmod(cell, picture.columns)
    if cell < 0 or not (picture.top <= row < picture.bottom and picture.left <= column < picture.right):
        return None
    high, wide = picture.tile_height + picture.gap, picture.tile_width + picture.gap
    top, left = (row - picture.top) * high, (column - picture.left) * wide
    return picture.pixels[top : top + picture.tile_height, left : left + picture.tile_width]


def _list_sheets(features: NDArray[np.floating], place: Placed, shown: Shown) -> Iterator[Sheet]:
    """A list of features as a grid of cells; the last row may not be full."""
    block, pixels = place.block, shown.picture.pixels
    if pixels.shape != (block.rows, block.columns) or len(features) != block.count:
        return
    values = np.zeros(block.rows * block.columns, np.float32)
    values[: block.count] = features
    free = block.rows * block.columns - block.count
    rows = block.rows - (1 if free else 0)
    grid = values.reshape(block.rows, block.columns)
    if rows:
        area = QRectF(place.x, place.y, place.width, place.pitch_y * rows)
        yield Sheet(grid[:rows], pixels[:rows], area)
    if free:
        full = block.columns - free
        area = QRectF(place.x, place.y + rows * place.pitch_y, full * place.pitch_x, place.pitch_y)
        yield Sheet(grid[rows:, :full], pixels[rows:, :full], area)


def _stacked(
    values: NDArray[np.floating], is_pale: NDArray[np.bool_], cells: Cells
) -> tuple[NDArray[np.floating], NDArray[np.bool_], Cells]:  # fmt: skip
    """Red, green and blue of a pixel below each other."""
    channels, rows, columns = values.shape
    high = min(LINE, cells.height / channels)
    first = cells.tops + (cells.height - channels * high) / 2
    tops = (first[:, None] + np.arange(channels) * high).ravel()
    values = values.transpose(1, 0, 2).reshape(rows * channels, columns)
    return values, np.repeat(is_pale, channels, axis=0), Cells(cells.lefts, tops, cells.width, high)

"""The camera of the flow view: which part of the scene is on screen, and where a block's tiles fall."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from explorer.ui.widgets.flow_block import Block
from explorer.ui.widgets.flow_layout import FlowLayout

SMALLEST, LARGEST = 0.05, 2000.0  # of the scale; a number must fit on each pixel of a large map
SHARP = 12  # device pixels of a tile from which its pixels must be exact


@dataclass(frozen=True)
class Camera:
    """screen = scene * scale + offset, in logical pixels."""

    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0

    def to_scene(self, x: float, y: float) -> tuple[float, float]:
        """The place in the scene under a place on screen."""
        return (x - self.x) / self.scale, (y - self.y) / self.scale

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        """The place on screen of a place in the scene."""
        return x * self.scale + self.x, y * self.scale + self.y

    def zoomed(self, factor: float, x: float, y: float) -> Camera:
        """Larger or smaller, with the place of the scene under (x, y) staying there."""
        scale = min(max(self.scale * factor, SMALLEST), LARGEST)
        scene_x, scene_y = self.to_scene(x, y)
        return Camera(scale, x - scene_x * scale, y - scene_y * scale)

    def moved(self, dx: float, dy: float) -> Camera:
        """Shifted by so many pixels of the screen."""
        return Camera(self.scale, self.x + dx, self.y + dy)

    def between(self, other: Camera, share: float) -> Camera:
        """On the way to another camera: the scale geometrically, so that a zoom has an even speed."""
        scale = self.scale * (other.scale / self.scale) ** share
        if abs(other.scale - self.scale) < 1e-9 * self.scale:
            return Camera(scale, self.x + (other.x - self.x) * share, self.y + (other.y - self.y) * share)
        # The one place of the scene that stays where it is on screen all the way.
        still_x = (other.x - self.x) / (self.scale - other.scale)
        still_y = (other.y - self.y) / (self.scale - other.scale)
        anchor_x, anchor_y = self.to_screen(still_x, still_y)
        return Camera(scale, anchor_x - still_x * scale, anchor_y - still_y * scale)


def fitting(layout: FlowLayout, width: float, height: float) -> Camera:
    """The camera that shows all of a layout, never larger than it was laid out."""
    scale = min(1.0, width / layout.width, height / layout.height)
    return Camera(scale, (width - layout.width * scale) / 2, (height - layout.height * scale) / 2)


@dataclass(frozen=True)
class Placed:
    """A block on screen, in logical pixels; `exact` where its pitch is a whole number of device pixels."""

    block: Block
    x: float
    y: float
    pitch_x: float
    pitch_y: float
    exact: bool

    @property
    def width(self) -> float:
        """Of the whole grid."""
        return self.pitch_x * self.block.columns

    @property
    def height(self) -> float:
        """Of the whole grid."""
        return self.pitch_y * self.block.rows

    def cell_at(self, x: float, y: float) -> int | None:
        """The cell under a place on screen, None outside and in what the last row leaves free."""
        column, row = math.floor((x - self.x) / self.pitch_x), math.floor((y - self.y) / self.pitch_y)
        if not (0 <= column < self.block.columns and 0 <= row < self.block.rows):
            return None
        cell = row * self.block.columns + column
        return cell if cell < self.block.count else None

    @property
    def area(self) -> QRectF:
        """The whole grid on screen."""
        return QRectF(self.x, self.y, self.width, self.height)

    def tile(self, cell: int) -> QRectF:
        """A cell on screen."""
        row, column = divmod(cell, self.block.columns)
        return QRectF(self.x + column * self.pitch_x, self.y + row * self.pitch_y, self.pitch_x, self.pitch_y)

    def pixel_at(self, cell: int, at: QPointF) -> tuple[int, int]:
        """The pixel (x, y) of the cell's map under a place on screen; 0, 0 in a list of features."""
        if len(self.block.shape) != 3:
            return 0, 0
        tile, (_, height, width) = self.tile(cell), self.block.shape
        x = math.floor((at.x() - tile.left()) / self.pitch_x * width)
        y = math.floor((at.y() - tile.top()) / self.pitch_y * height)
        return min(max(x, 0), width - 1), min(max(y, 0), height - 1)

    def meets(self, width: float, height: float) -> bool:
        """Whether any of it is on a screen of this size."""
        return self.x < width and self.y < height and self.x + self.width > 0 and self.y + self.height > 0

    def visible_cells(self, width: float, height: float) -> tuple[int, int, int, int]:
        """top, bottom, left, right of the cells on screen, half open, with one more on every side."""
        rows, columns = self.block.rows, self.block.columns
        left = max(0, math.floor(-self.x / self.pitch_x) - 1)
        right = min(columns, math.ceil((width - self.x) / self.pitch_x) + 1)
        top = max(0, math.floor(-self.y / self.pitch_y) - 1)
        bottom = min(rows, math.ceil((height - self.y) / self.pitch_y) + 1)
        return top, bottom, left, right


def placed(block: Block, camera: Camera, ratio: float, still: bool = True) -> Placed:
    """Where a block falls on screen. At rest its tiles are whole device pixels (`ratio` per logical one).

    While the camera moves they are not, so that nothing jumps; tiny tiles never are, there would be too much
    missing.
    """
    pitch_x, pitch_y = block.pitch_x * camera.scale, block.pitch_y * camera.scale
    x, y = camera.to_screen(block.x, block.y)
    exact = still and block.kind in ("maps", "image") and min(pitch_x, pitch_y) * ratio >= SHARP
    if exact:
        whole_x, whole_y = math.floor(pitch_x * ratio) / ratio, math.floor(pitch_y * ratio) / ratio
        x += (pitch_x - whole_x) * block.columns / 2
        y += (pitch_y - whole_y) * block.rows / 2
        pitch_x, pitch_y = whole_x, whole_y
        x, y = round(x * ratio) / ratio, round(y * ratio) / ratio
    return Placed(block, x, y, pitch_x, pitch_y, exact)

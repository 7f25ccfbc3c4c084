"""A picture: one image for the screen, and what one needs to know to read it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.engine.layer import Array
from explorer.rendering.summary import Summary


@dataclass(frozen=True, eq=False)
class Picture:
    """Tiles of one node side by side, ready to be drawn.

    pixels    (rows * (tile_height + gap), columns * (tile_width + gap)), 0xffRRGGBB: the visible cells only
    columns   of the whole grid
    top, bottom, left, right   which cells of the grid are in it, half open
    channels  the channel in every cell of the whole grid, row by row
    low, high of every channel, by channel; what is not finite is left out
    limit     of every channel, or one for a list: colours end at -limit and limit
    dead, saturated   of every channel
    summary   statistics, for a unit or a whole node
    """

    node: str
    pixels: NDArray[np.uint32]
    columns: int
    tile_width: int
    tile_height: int
    gap: int
    top: int
    bottom: int
    left: int
    right: int
    channels: NDArray[np.intp]
    low: Array
    high: Array
    limit: Array
    dead: NDArray[np.bool_]
    saturated: NDArray[np.bool_]
    summary: Summary | None = None

    def limit_of(self, channel: int) -> float:
        """Where the colours of a channel end."""
        return float(self.limit[channel if len(self.limit) > 1 else 0])

    def cell_of(self, channel: int) -> int:
        """The place of a channel in the grid, counted row by row."""
        return int(np.flatnonzero(self.channels == channel)[0])

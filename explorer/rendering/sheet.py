"""A sheet: the tiles of one node that are visible, cut into pieces of colouring work."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.engine.layer import Array
from explorer.rendering import mosaic
from explorer.rendering.flat_maps import flat_maps, is_list
from explorer.rendering.picture import Picture
from explorer.rendering.summary import Summary, summarize
from explorer.rendering.survey import Survey, memory_order
from explorer.rendering.wanted import Tiles, Wanted

Channels = NDArray[np.intp]
PIECE = 1 << 17  # pixels that are coloured in one go


class Grid(NamedTuple):
    """The visible cells of a grid: half-open rows and columns, and their places in the whole grid."""

    top: int
    bottom: int
    left: int
    right: int
    cells: Channels


@lru_cache(maxsize=512)
def grid_of(tiles: Tiles, count: int) -> Grid:
    """The cells that are visible and filled, row by row."""
    columns = max(1, tiles.columns)
    rows = -(-count // columns)
    top, bottom = min(max(0, tiles.top), rows - 1), min(rows, tiles.bottom)
    left, right = min(max(0, tiles.left), columns - 1), min(columns, tiles.right)
    bottom, right = max(bottom, top + 1), max(right, left + 1)
    cells = (np.arange(top, bottom)[:, None] * columns + np.arange(left, right)).ravel()
    return Grid(top, bottom, left, right, cells[cells < count])


def is_shrunk(tiles: Tiles, activation: Array) -> bool:
    """Whether the tiles have fewer pixels than the maps, so that areas are averaged."""
    if is_list(activation):
        return False
    _, height, width = flat_maps(activation).shape
    return bool(tiles.height < height or tiles.width < width)


class Sheet:
    """The picture of some tiles. `picture` is complete when all `pieces()` were called, in any order."""

    def __init__(
        self, activation: Array, maps: Array, stored: Channels, tiles: Tiles, order: Channels,
        survey: Survey, limits: Array, wanted: Wanted, is_input: bool, is_exact: bool = True,
    ) -> None:  # fmt: skip
        """`maps` (h, k, w) are averages or the activation itself; `stored` the channel of each of the k."""
        self._maps, self._stored, self._order = maps, stored, order
        self._survey, self._limits, self._wanted, self._is_input = survey, limits, wanted, is_input
        self._is_image = tiles.kind == "image"
        self._grid = grid_of(tiles, 1 if self._is_image else len(order))
        self._gap = 0 if self._is_image or not is_shrunk(tiles, activation) else 1
        look = wanted.look
        ordered = b"" if look.order == "index" else order.tobytes()
        self.identity = (
            weakref.ref(activation), survey, tiles, look.gamma, look.colours, wanted.dark, limits.tobytes(), ordered,
            is_exact,
        )  # fmt: skip
        self.tiles = tiles
        self._picture: Picture | None = None

    @property
    def picture(self) -> Picture:
        """The picture, whose pixels the pieces fill in."""
        if self._picture is None:
            self._picture = self._blank()
        return self._picture

    def pieces(self) -> list[Callable[[], None]]:
        """The work, as functions without arguments."""
        picture, grid = self.picture, self._grid
        if self._is_image:
            return [self._paint_image]
        rows = grid.bottom - grid.top
        step = max(1, PIECE * rows // max(1, picture.pixels.size))
        return [
            lambda first=first: self._paint_rows(first, min(rows, first + step))  # type: ignore[misc]
            for first in range(0, rows, step)
        ]

    def _blank(self) -> Picture:
        grid = self._grid
        height, _, width = self._maps.shape
        pixels = mosaic.empty_mosaic(
            (grid.bottom - grid.top) * (height + self._gap),
            (grid.right - grid.left) * (width + self._gap),
            self._wanted.dark,
        )
        survey = self._survey
        return Picture(
            self.tiles.node, pixels, 1 if self._is_image else self.tiles.columns, width, height, self._gap,
            grid.top, grid.bottom, grid.left, grid.right, self._order,
            survey.low, survey.high, self._limits, survey.dead, survey.saturated,
        )  # fmt: skip

    def _paint_image(self) -> None:
        self.picture.pixels[...] = mosaic.own_colors(self._maps.transpose(1, 0, 2))

    def _paint_rows(self, first: int, last: int) -> None:
        """Colour the grid's rows first..last, counted from the first visible one."""
        grid = self._grid
        across = grid.right - grid.left
        channels = self._order[grid.cells[first * across : last * across]]
        maps = _taken(self._maps, np.searchsorted(self._stored, channels))
        pitch = self._maps.shape[0] + self._gap
        out = self.picture.pixels[first * pitch : last * pitch]
        if self._is_input:
            colors = mosaic.grey_colors(maps)
        else:
            look = self._wanted.look
            lut = mosaic.table_for(look.colours, self._wanted.dark, look.gamma)
            limits = np.broadcast_to(self._limits, self._survey.low.shape)[channels]
            colors = mosaic.colored(maps, limits, lut)
        mosaic.lay_tiles(colors, across, self._gap, out)


def list_sheet(activation: Array, tiles: Tiles, survey: Survey, limits: Array, wanted: Wanted) -> Sheet:
    """The sheet of a list of features (n, f): maps of one pixel."""
    count = activation.shape[1]
    maps = activation[0].reshape(1, count, 1)
    return Sheet(activation, maps, np.arange(count), tiles, np.arange(count), survey, limits, wanted, False)


def unit_picture(
    activation: Array, node: str, channel: int | None, survey: Survey, limits: Array, wanted: Wanted,
    is_input: bool, summary: Summary | None = None,
) -> Picture:  # fmt: skip
    """One map in its own size with its statistics; of a whole node or a feature the statistics alone.

    A `summary` that is known already is not made again.
    """
    count = activation.shape[1]
    if is_list(activation):
        limits = np.broadcast_to(limits, (count,))
    limit = float(limits.max(initial=0) if channel is None else limits[channel])
    if summary is None:
        summary = summarize(activation[0] if channel is None else activation[0, channel], limit)
    pixels, order = mosaic.empty_mosaic(1, 1, wanted.dark), np.arange(1)
    if channel is not None and not is_list(activation):
        maps = memory_order(activation)[:, channel : channel + 1]
        if is_input:
            colors = mosaic.grey_colors(maps)
        else:
            lut = mosaic.table_for(wanted.look.colours, wanted.dark, wanted.look.gamma)
            one = slice(channel, channel + 1)
            colors = mosaic.colored(maps, limits[one], lut)
        pixels = colors[:, 0].view(np.uint32)
        order = np.array([channel])
    return Picture(
        node, pixels, 1, pixels.shape[1], pixels.shape[0], 0, 0, 1, 0, 1, order,
        survey.low, survey.high, limits, survey.dead, survey.saturated, summary,
    )  # fmt: skip


def _taken(maps: Array, places: Channels) -> Array:
    """The maps (h, k, w) at these places; a view where they follow each other."""
    if len(places) and np.array_equal(places, np.arange(places[0], places[0] + len(places))):
        return maps[:, places[0] : places[0] + len(places)]
    return maps[:, places]

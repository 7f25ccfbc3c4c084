"""Area averages: whole numbers of rows first, then columns, then the fractions of rows that are left.

The first step reads everything once, in calls long enough that two threads do not get in each other's way; the
others work on what is small by then. In haste only some rows of every block are read: what is shown a seventh as
high looks much the same by every third of its rows, and reading is what takes the time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.engine.layer import Array

Channels = NDArray[np.intp]
Maps = Array  # (height, channel, width)
AT_ONCE = 16  # output pixels made by one product: with more, it would multiply mostly by zeros
TINY = 1e-9  # of a block: what rounding may add
SAMPLED_FROM = 7  # rows of a block: of fewer ones all are read, even in haste
COARSE_FROM = 12  # rows of a block of which every fifth is read, of smaller ones every third


class Product(NamedTuple):
    """Some output pixels of an axis, half open, and the blocks that they cover, with the matrix between them.

    `down` is (outputs, blocks) and `across` (blocks, outputs), both contiguous: a product need not turn them.
    """

    first: int
    last: int
    down: Array
    across: Array
    begin: int
    end: int


@dataclass(frozen=True)
class Axis:
    """How an axis of `extent` pixels becomes `count`: blocks of `step` pixels, the last one perhaps smaller."""

    extent: int
    count: int

    @property
    def step(self) -> int:
        """Pixels of a block, at most as many as go into an output pixel."""
        return max(1, self.extent // self.count)

    @property
    def whole(self) -> int:
        """Number of whole blocks."""
        return self.extent // self.step

    @property
    def blocks(self) -> int:
        """Number of all blocks."""
        return -(-self.extent // self.step)

    def products(self, step: int) -> list[Product]:
        """The way from blocks of `step` pixels to output pixels."""
        return _products(self, step)


class Averages:
    """Averages of some channels of maps (h, c, w): call `add` for all rows of blocks, then `finish`."""

    def __init__(
        self, maps: Maps, channels: Channels, size: tuple[int, int], *, in_haste: bool = False
    ) -> None:
        height, _, width = maps.shape
        self._maps = maps
        self.channels = channels
        self.vertical = Axis(height, min(size[0], height))
        self.horizontal = Axis(width, min(size[1], width))
        self._chosen = chosen_rows(self.vertical.step) if in_haste else slice(None)
        self._runs = _runs(channels)
        self.values = np.empty((self.vertical.count, len(channels), self.horizontal.count), np.float32)
        is_whole = self.vertical.blocks == self.vertical.count
        blocks = self.vertical.blocks, *self.values.shape[1:]
        self._blocks = self.values if is_whole else np.empty(blocks, np.float32)

    def add(self, first: int, last: int) -> None:
        """Average the rows of blocks first..last, half open."""
        step, whole = self.vertical.step, min(last, self.vertical.whole)
        rows, rest = self._maps[first * step : whole * step], self._maps[whole * step :]
        for begin, end, place in self._runs:
            if whole > first:
                self._fill(_row_means(rows[:, begin:end], step, self._chosen), first, place)
            if last > whole:  # the block that is left over
                chosen = self._chosen if len(rest) > (self._chosen.start or 0) else slice(None)
                self._fill(_row_means(rest[:, begin:end], len(rest), chosen), whole, place)

    def finish(self) -> None:
        """From blocks of rows to the rows that are wanted."""
        if self._blocks is self.values:
            return
        blocks, values = (some.reshape(len(some), -1) for some in (self._blocks, self.values))
        for one in self.vertical.products(self.vertical.step):
            np.matmul(one.down, blocks[one.first : one.last], out=values[one.begin : one.end])

    def make_carefully(self) -> None:
        """Each map on its own: in a product of matrices one NaN spoils all that it meets."""
        size = self.horizontal.count, self.vertical.count
        for place, channel in enumerate(self.channels):
            map_ = np.ascontiguousarray(self._maps[:, channel])
            self.values[:, place] = cv2.resize(map_, size, interpolation=cv2.INTER_AREA)

    @property
    def is_exact(self) -> bool:
        """Whether every row was read."""
        return self._chosen == slice(None)

    @property
    def is_finite(self) -> bool:
        """Whether all that was averaged was finite (sums of huge numbers may say no, too)."""
        return bool(np.isfinite(self.values).all())

    def _fill(self, rows: Array, first: int, place: int) -> None:
        """Average rows (n, k, w) over columns and put them where they belong."""
        count, depth, width = rows.shape
        axis = self.horizontal
        target = self._blocks[first : first + count, place : place + depth]
        if axis.count == width:
            target[...] = rows
            return
        is_all = depth == self._blocks.shape[1]
        lines = (
            target.reshape(-1, axis.count) if is_all else np.empty((count * depth, axis.count), np.float32)
        )
        flat = rows.reshape(count * depth, width)
        for one in axis.products(1):
            np.matmul(flat[:, one.first : one.last], one.across, out=lines[:, one.begin : one.end])
        if not is_all:
            target[...] = lines.reshape(target.shape)


def chosen_rows(step: int) -> slice:
    """Which rows of a block are read in haste: all of a small one, else those that lie an odd number apart.

    So the chosen ones stand on even and odd rows by turns, and what alternates from row to row averages out.
    """
    if step < SAMPLED_FROM:
        return slice(None)
    apart = 5 if step >= COARSE_FROM else 3
    return slice((step - 1) % apart // 2, None, apart)


def _row_means(rows: Maps, step: int, chosen: slice) -> Maps:
    """Means of the chosen ones of `step` rows each: (n * step, k, w) becomes (n, k, w)."""
    if step == 1:
        return rows
    height, depth, width = rows.shape
    blocks = rows.reshape(height // step, step, depth, width)[:, chosen]
    weights = np.full(blocks.shape[1], 1 / blocks.shape[1], np.float32)
    if rows.strides[1] != width * rows.itemsize:  # an image, whose channels lie one behind the other
        return np.asarray(np.matmul(weights, blocks.transpose(0, 2, 1, 3)))
    means: Array = np.matmul(weights, blocks.reshape(len(blocks), len(weights), depth * width))
    return means.reshape(len(blocks), depth, width)


def _runs(channels: Channels) -> list[tuple[int, int, int]]:
    """Consecutive ones of ascending channels, half open, and their place: [4, 5, 6, 9] is (4, 7, 0), (9, 10, 3)."""
    if len(channels) and channels[-1] - channels[0] == len(channels) - 1:  # they ascend: this is all of them
        return [(int(channels[0]), int(channels[-1]) + 1, 0)]
    runs: list[tuple[int, int, int]] = []
    for place, channel in enumerate(channels.tolist()):
        if runs and runs[-1][1] == channel:
            runs[-1] = (runs[-1][0], channel + 1, runs[-1][2])
        else:
            runs.append((channel, channel + 1, place))
    return runs


@lru_cache(maxsize=256)
def _products(axis: Axis, step: int) -> list[Product]:
    """One matrix for all would be nearly all zeros where there are many; then some at a time are faster."""
    size, blocks = axis.extent / axis.count, -(-axis.extent // step)
    products = []
    for begin in range(0, axis.count, AT_ONCE):
        end = min(axis.count, begin + AT_ONCE)
        first = math.floor(begin * size / step + TINY)
        last = min(blocks, math.ceil(end * size / step - TINY))
        starts = np.arange(first, last) * step
        ends = np.minimum(starts + step, axis.extent)
        uppers = np.arange(begin, end)[:, None] * size
        covered = np.minimum(uppers + size, ends) - np.maximum(uppers, starts)
        down = np.ascontiguousarray(np.clip(covered, 0, None) / size, np.float32)  # (outputs, blocks)
        products.append(Product(first, last, down, np.ascontiguousarray(down.T), begin, end))
    return products

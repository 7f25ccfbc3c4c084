"""One look at every value of a layer: the range of each channel, and its area average in the size of a tile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.engine.layer import Array
from explorer.engine.statistics import MOSTLY, NEAR
from explorer.rendering.flat_maps import flat_maps

Flags = NDArray[np.bool_]
Channels = NDArray[np.intp]
NOBODY = np.arange(0)
Maps = Array  # of one sample in memory order: (height, channel, width)
GROUP = 1 << 18  # numbers looked at in one go: they stay in the second-level cache
BAND = 1 << 20  # numbers of one piece of work for the compute pool
BAND_COLUMNS = 8  # output columns averaged in one product
SAMPLES = 16  # per axis, for activity and saturation: exact enough at a hundredth of the cost


@dataclass(frozen=True, eq=False)
class Survey:
    """What is known of each channel: range, mean size of its values, and whether it says anything.

    dead: the same value everywhere; saturated: nearly everywhere where the layer levels off. Ranges leave out
    what is not finite; `finite` tells whether there was none of that.
    """

    low: Array  # (c,)
    high: Array
    activity: Array
    dead: Flags
    saturated: Flags
    finite: bool = True

    @cached_property
    def size(self) -> Array:
        """max |v| of each channel."""
        size: Array = np.maximum(np.abs(self.low), np.abs(self.high))
        return size


class Scan:
    """The survey of one activation, and the averages of some of its channels, cut into pieces of work.

    Call every piece (in any order, on any thread), then `survey()` and `averages`.
    """

    def __init__(
        self, maps: Maps, *, ranges: bool, channels: Channels = NOBODY, size: tuple[int, int] = (1, 1),
        plateaus: tuple[float, ...] = (),
    ) -> None:  # fmt: skip
        self.maps = maps
        self._plateaus = plateaus
        self.channels = channels
        self._ranges = ranges
        height, _, width = maps.shape
        rows = min(size[0], height) if len(channels) else height
        averaged = rows if len(channels) else 0
        self.averages = np.empty((averaged, len(channels), min(size[1], width)), np.float32)  # (h, k, w)
        self._bands, self._weights = _row_bands(height, rows)
        self._runs = _runs(channels)
        self._highs: list[Array] = []
        self._lows: list[Array] = []
        self._survey: Survey | None = None

    def pieces(self) -> list[Callable[[], None]]:
        """The work, as functions without arguments."""
        height, depth, width = self.maps.shape
        rows = len(self._bands)
        step = max(1, rows * BAND // max(1, height * depth * width))
        return [
            lambda start=start: self._work(start, min(rows, start + step))  # type: ignore[misc]
            for start in range(0, rows, step)
        ]

    def survey(self) -> Survey:
        """The ranges, after all pieces are done."""
        if self._survey is None:
            self._survey = self._surveyed()
        return self._survey

    def _work(self, first: int, last: int) -> None:
        height, depth, width = self.maps.shape
        group = max(1, GROUP * len(self._bands) // max(1, height * depth * width))
        columns = np.empty((last - first, len(self.channels), width), np.float32)
        high = np.full(depth * width, -np.inf, np.float32)
        low = np.full(depth * width, np.inf, np.float32)
        room = np.empty((0, 0), np.float32)
        with np.errstate(all="ignore"):
            for start in range(first, last, group):
                stop = min(last, start + group)
                if len(self.channels):
                    self._average_rows(start, stop, columns[start - first : stop - first])
                if self._ranges:
                    rows = self.maps[self._bands[start][0] : self._bands[stop - 1][1]]  # (k, c, w)
                    flat = rows.reshape(len(rows), -1)
                    if len(room) < len(flat) // 2 or not room.size:
                        room = np.empty((len(flat) // 2 + 1, depth * width), np.float32)
                    np.maximum(high, _folded(flat, np.maximum, room), out=high)
                    np.minimum(low, _folded(flat, np.minimum, room), out=low)
            if len(self.channels):
                self._average_columns(columns, first, last)
            if self._ranges:
                self._highs.append(high.reshape(depth, width).max(1))
                self._lows.append(low.reshape(depth, width).min(1))

    def _average_rows(self, start: int, stop: int, out: Array) -> None:
        """Row by row: each is a product of a few weights with a few rows of the activation."""
        for row in range(start, stop):
            weights = self._weights[row]
            first = self._bands[row][0]
            rows = self.maps[first : first + len(weights)]  # (k, c, w)
            for begin, end, place in self._runs:
                target = out[row - start, place : place + end - begin]
                np.matmul(weights, rows[:, begin:end].reshape(len(rows), -1), out=target.reshape(-1))

    def _average_columns(self, columns: Array, first: int, last: int) -> None:
        rows, depth, width = columns.shape
        target = self.averages[first:last]
        if target.shape[2] == width:
            target[...] = columns
            return
        flat = columns.reshape(rows * depth, width)
        smaller = target.reshape(rows * depth, -1)
        for begin, end, weights, left, right in _column_bands(width, target.shape[2]):
            np.matmul(flat[:, begin:end], weights, out=smaller[:, left:right])

    def _surveyed(self) -> Survey:
        high, low = np.max(self._highs, axis=0), np.min(self._lows, axis=0)
        finite = bool(np.isfinite(high).all() and np.isfinite(low).all())
        if not finite:
            low, high = _finite_ranges(self.maps)
            self.average_carefully()
        activity, saturated = _sampled(self.maps, self._plateaus)
        height, _, width = self.maps.shape
        same = (low == high) & ((low == 0) | (height * width > 1))
        return Survey(low, high, activity, same, saturated & ~same, finite)

    def average_carefully(self) -> None:
        """Each map on its own: in a product of matrices one NaN spoils the whole group."""
        height, width = self.averages.shape[0], self.averages.shape[2]
        for place, channel in enumerate(self.channels):
            map_ = np.ascontiguousarray(self.maps[:, channel])
            self.averages[:, place] = cv2.resize(map_, (width, height), interpolation=cv2.INTER_AREA)


def memory_order(activation: Array) -> Maps:
    """Sample 0 of an activation as flat maps (h, c, w), without copying where the engine laid it out so."""
    maps: Maps = flat_maps(activation).transpose(1, 0, 2)
    return maps


def survey_list(values: Array) -> Survey:
    """The survey of a list of features: each is a channel of one value."""
    finite = np.isfinite(values)
    shown = np.where(finite, values, 0).astype(np.float32)
    nothing = np.zeros(values.shape, np.bool_)
    return Survey(shown, shown, np.abs(shown), nothing, nothing, bool(finite.all()))


def _sampled(maps: Maps, plateaus: tuple[float, ...]) -> tuple[Array, Flags]:
    """Mean size of the values and whether nearly all lie on a plateau of the layer, from some of the pixels."""
    height, depth, width = maps.shape
    step_y, step_x = -(-height // SAMPLES), -(-width // SAMPLES)
    samples = maps[step_y // 2 :: step_y, :, step_x // 2 :: step_x]  # (sy, c, sx)
    with np.errstate(all="ignore"):
        activity = np.abs(samples).mean(axis=(0, 2), dtype=np.float32)
        stuck = np.zeros(depth)
        for level in plateaus:
            stuck += (np.abs(samples - level) <= NEAR * max(1, abs(level))).mean(axis=(0, 2))
    return np.nan_to_num(activity, posinf=0, neginf=0), stuck >= MOSTLY


def _finite_ranges(maps: Maps) -> tuple[Array, Array]:
    finite = np.isfinite(maps)
    low = np.where(finite, maps, np.float32(np.inf)).min(axis=(0, 2))
    high = np.where(finite, maps, np.float32(-np.inf)).max(axis=(0, 2))
    empty = ~finite.any(axis=(0, 2))
    low[empty] = high[empty] = 0
    return low, high


def _folded(rows: Array, better: np.ufunc, room: Array) -> Array:
    """The maximum or minimum over rows, by halves in `room`: twice as fast as NumPy's own reduction."""
    count = len(rows)
    half = max(1, count // 2)
    folded: Array = better(rows[:half], rows[count - half :], out=room[:half])
    if count % 2 and count > 1:
        better(folded[0], rows[half], out=folded[0])
    while half > 1:
        count, half = half, half // 2
        better(folded[:half], folded[count - half : count], out=folded[:half])
        if count % 2:
            better(folded[0], folded[half], out=folded[0])
    first: Array = folded[0]
    return first


def _runs(channels: Channels) -> list[tuple[int, int, int]]:
    """Consecutive channels, half open, and their place: [4, 5, 6, 9] is (4, 7, 0), (9, 10, 3)."""
    runs: list[tuple[int, int, int]] = []
    for place, channel in enumerate(channels.tolist()):
        if runs and runs[-1][1] == channel:
            runs[-1] = (runs[-1][0], channel + 1, runs[-1][2])
        else:
            runs.append((channel, channel + 1, place))
    return runs


@lru_cache(maxsize=64)
def _row_bands(height: int, rows: int) -> tuple[list[tuple[int, int]], list[Array]]:
    """For every output row the input rows that it covers, half open, and the share of it that each fills."""
    bands = [(i * height // rows, -(-(i + 1) * height // rows)) for i in range(rows)]
    return bands, [_shares(height, rows, i, first, last) for i, (first, last) in enumerate(bands)]


@lru_cache(maxsize=64)
def _column_bands(width: int, columns: int) -> list[tuple[int, int, Array, int, int]]:
    """The average over columns as products with small matrices: input columns, matrix, output columns.

    One matrix for all would be nearly all zeros; a few output columns at a time are three times as fast.
    """
    bands = []
    for left in range(0, columns, BAND_COLUMNS):
        right = min(columns, left + BAND_COLUMNS)
        first, last = left * width // columns, -(-right * width // columns)
        shares = [_shares(width, columns, i, first, last) for i in range(left, right)]
        bands.append((first, last, np.ascontiguousarray(np.stack(shares, axis=1)), left, right))
    return bands


def _shares(extent: int, count: int, i: int, first: int, last: int) -> Array:
    """How much of output pixel i of `count` each input pixel first..last of `extent` fills."""
    pixels = np.arange(first, last)
    upper, lower = i * extent / count, (i + 1) * extent / count
    covered = np.minimum(lower, pixels + 1) - np.maximum(upper, pixels)
    shares: Array = (np.clip(covered, 0, 1) * (count / extent)).astype(np.float32)
    return shares

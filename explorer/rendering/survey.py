"""One look at every value of a layer: the range of each channel, and its area average in the size of a tile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.engine.layer import Array
from explorer.engine.statistics import MOSTLY, NEAR
from explorer.rendering.averages import Averages
from explorer.rendering.flat_maps import flat_maps

Flags = NDArray[np.bool_]
Channels = NDArray[np.intp]
NOBODY = np.arange(0)
Maps = Array  # of one sample in memory order: (height, channel, width)
PIECE = 1 << 21  # numbers of one piece of work for the compute pool
FEW = 256  # pixels of a map up to which all channels at once are faster than each on its own
SAMPLES = 16  # per axis, for activity and saturation: exact enough at a hundredth of the cost


@dataclass(frozen=True, eq=False)
class Survey:
    """What is known of each channel: range, mean size of its values, and whether it says anything.

    dead: the same value everywhere; saturated: nearly everywhere where the layer levels off. Ranges leave out
    what is not finite; `finite` tells whether there was none of that (in haste: on the rows that were averaged).
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

    Call every piece (in any order, on any thread), then `finish`; after that there are `survey` and `averages`.
    """

    def __init__(
        self, maps: Maps, *, ranges: bool, channels: Channels = NOBODY, size: tuple[int, int] = (1, 1),
        plateaus: tuple[float, ...] = (), in_haste: bool = False,
    ) -> None:  # fmt: skip
        self.averages = Averages(maps, channels, size, in_haste=in_haste) if len(channels) else None
        self._maps = maps
        self._ranges = ranges
        self._plateaus = plateaus
        self._lows: list[Array] = []
        self._highs: list[Array] = []
        self._checks: list[
            bool
        ] = []  # of every piece, whether all was finite; appending is safe from any thread
        self._survey: Survey | None = None

    def pieces(self) -> list[Callable[[], None]]:
        """The work, as functions without arguments."""
        height, depth, width = self._maps.shape
        step = self.averages.vertical.step if self.averages is not None else 1
        blocks = -(-height // step)
        many = max(1, PIECE // max(1, step * depth * width))
        return [
            lambda first=first: self._work(first, min(blocks, first + many), step)  # type: ignore[misc]
            for first in range(0, blocks, many)
        ]

    def finish(self) -> None:
        """What needs all pieces."""
        with np.errstate(all="ignore"):
            averages = self.averages
            if averages is not None:
                averages.finish()
                self._checks.append(averages.is_finite)
            if self._ranges:
                self._survey = self._surveyed()
            if averages is not None and not all(self._checks):
                averages.make_carefully()

    @property
    def survey(self) -> Survey:
        """What was found, after `finish`."""
        assert self._survey is not None
        return self._survey

    def survey_behind(self, source: Survey) -> Survey:
        """The survey of a ReLU from that of its input, without looking at every value again."""
        if source.finite:
            low, high, finite = np.maximum(source.low, 0), np.maximum(source.high, 0), True
        else:
            (low, high), finite = _finite_ranges(self._maps), bool(np.isfinite(self._maps).all())
        return self._described(low, high, finite)

    def _work(self, first: int, last: int, step: int) -> None:
        with np.errstate(all="ignore"):
            if self.averages is not None:
                self.averages.add(first, last)
            if self._ranges:
                self._find_ranges(self._maps[first * step : last * step])

    def _find_ranges(self, rows: Maps) -> None:
        """Ranges of each channel in rows (k, c, w). OpenCV's comparisons pass over NaN, a sum does not."""
        height, depth, width = rows.shape
        if height * width < FEW:
            low, high = rows.min(axis=(0, 2)), rows.max(axis=(0, 2))
        else:
            found = [cv2.minMaxLoc(_two_axes(rows[:, channel])) for channel in range(depth)]
            low, high = (np.array([one[i] for one in found], np.float32) for i in range(2))
        if self.averages is None or len(self.averages.channels) < depth:
            self._checks.append(bool(np.isfinite(rows.sum(dtype=np.float32))))
        self._lows.append(low)
        self._highs.append(high)

    def _surveyed(self) -> Survey:
        high, low = np.max(self._highs, axis=0), np.min(self._lows, axis=0)
        finite = all(self._checks) and bool(np.isfinite(high).all() and np.isfinite(low).all())
        if not finite:
            low, high = _finite_ranges(self._maps)
            finite = bool(np.isfinite(self._maps).all())  # a sum of huge numbers overflows, too
        return self._described(low, high, finite)

    def _described(self, low: Array, high: Array, finite: bool) -> Survey:
        """What the ranges and some of the pixels say of each channel."""
        activity, saturated = _sampled(self._maps, self._plateaus)
        height, _, width = self._maps.shape
        same = (low == high) & ((low == 0) | (height * width > 1))
        return Survey(low, high, activity, same, saturated & ~same, finite)


def _two_axes(map_: Array) -> Array:
    """A map as OpenCV reads it without copying: its lines may stand apart, its pixels may not."""
    return map_ if map_.strides[1] == map_.itemsize else np.ascontiguousarray(map_)


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

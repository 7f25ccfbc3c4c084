"""What can be said of a feature map in numbers: range, mean, spread, zeros, histogram; dead or saturated."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.engine.axes import as_lines
from explorer.engine.layer import Array
from explorer.engine.memory import BLOCK, rows_first
from explorer.engine.pool import pool

Numbers = NDArray[np.float64]

NEAR = 0.01  # of a plateau's distance from 0 (at least of 1): what lies as near is stuck on it
MOSTLY = 0.95  # of the values stuck make a channel saturated
SMALLEST_LIMIT = 1e-30  # a finer range could not be divided into bins
BINS = 65  # odd, so that zero lies in the middle of a bin of its own


@dataclass(frozen=True, eq=False)
class ChannelStatistics:
    """Numbers about every channel of an activation, each an array of shape (channels,), over the whole batch.

    Range, mean and standard deviation are those of the finite values, NaN where there are none. `zeros` and
    `stuck` are shares from 0 to 1 of all values: those that are 0, and those on a plateau of the layer.
    """

    minimum: Numbers
    maximum: Numbers
    mean: Numbers
    std: Numbers
    zeros: Numbers
    stuck: Numbers
    nans: NDArray[np.int64]
    infinities: NDArray[np.int64]
    pixels: int  # values per channel

    @property
    def limit(self) -> Numbers:
        """The largest absolute value of every channel: half of its symmetric range; 0 without finite values."""
        return np.nan_to_num(np.maximum(np.abs(self.minimum), np.abs(self.maximum)))

    @property
    def is_dead(self) -> NDArray[np.bool_]:
        """Whether a channel is the same value everywhere, and so says nothing about this image.

        A channel of a single pixel is dead if it is 0: one value cannot vary.
        """
        if self.pixels == 1:
            return np.asarray(self.zeros == 1)
        return np.asarray((self.minimum == self.maximum) & (self.nans + self.infinities == 0))

    @property
    def is_saturated(self) -> NDArray[np.bool_]:
        """Whether nearly all values of a channel are stuck where the layer levels off."""
        return np.asarray(self.stuck >= MOSTLY)


def channel_statistics(activation: Array, plateaus: tuple[float, ...] = ()) -> ChannelStatistics:
    """Statistics of every channel of an activation (batch, channel, ...) or feature of a list (batch, feature).

    `plateaus` are the values on which the layer's output levels off (`Layer.plateaus()`).
    """
    source = rows_first(as_lines(activation))  # (h, c, w, n)
    height, channels, width, batch = source.shape
    step = max(1, BLOCK // max(1, channels * width * batch))
    starts = range(0, height, step)
    blocks = np.empty((len(starts), len(_BLOCK_NUMBERS), channels))

    def work(index: int) -> None:
        rows = source[starts[index] : starts[index] + step]
        blocks[index] = _block_numbers(rows.reshape(len(rows), channels, width * batch), plateaus)

    pool.each(work, range(len(starts)))
    return _joined(blocks, batch * height * width)


_BLOCK_NUMBERS = ("minimum", "maximum", "count", "mean", "squares", "zeros", "stuck", "nans")


def _block_numbers(block: Array, plateaus: tuple[float, ...]) -> Numbers:
    """The numbers of one block (rows, channels, values), each per channel; squares are about the block's mean."""
    with np.errstate(all="ignore"):
        low, high = block.min(axis=2).min(axis=0), block.max(axis=2).max(axis=0)  # NaN if any value is
        channels = block.shape[1]
        count = np.full(channels, block.shape[0] * block.shape[2], np.float64)
        nans = np.zeros(channels)
        values = block
        if not (np.isfinite(low).all() and np.isfinite(high).all()):
            finite = np.isfinite(block)
            count = _how_many(finite)
            nans = _how_many(np.isnan(block))
            low = np.min(block, axis=(0, 2), where=finite, initial=np.inf)
            high = np.max(block, axis=(0, 2), where=finite, initial=-np.inf)
            values = np.where(finite, block, 0)
        # In float64 from the lines on: a sum of thirds of a million float32 would lose digits.
        mean = values.sum(axis=2).sum(axis=0, dtype=np.float64) / np.maximum(count, 1)
        offset = values - mean[:, None].astype(np.float32)
        if values is not block:
            offset[~finite] = 0
        np.square(offset, out=offset)
        squares = offset.sum(axis=2).sum(axis=0, dtype=np.float64)
        zeros = _how_many(block == 0)
        stuck = sum(
            (_how_many(abs(block - level) <= NEAR * max(1, abs(level))) for level in plateaus), zeros * 0
        )
    return np.stack([low, high, count, mean, squares, zeros, stuck, nans])


def _how_many(mask: NDArray[np.bool_]) -> Numbers:
    """How many are true per channel of (rows, channels, values); bytes summed as such are the fastest."""
    return np.asarray(mask.view(np.uint8).sum(axis=2, dtype=np.uint32).sum(axis=0), np.float64)


def _joined(blocks: Numbers, pixels: int) -> ChannelStatistics:
    """The statistics of all blocks (blocks, numbers, channels) together.

    Means and sums of squares are joined after Chan, Golub & LeVeque 1983, so that a large mean costs no digits.
    """
    low, high, count, mean, squares, zeros, stuck, nans = blocks.transpose(1, 0, 2)
    finite = count.sum(axis=0)
    some = np.maximum(finite, 1)
    whole_mean = (count * mean).sum(axis=0) / some
    whole_squares = squares.sum(axis=0) + (count * (mean - whole_mean) ** 2).sum(axis=0)

    def known(numbers: Numbers) -> Numbers:
        return np.where(finite > 0, numbers, np.nan)

    missing = nans.sum(axis=0)
    return ChannelStatistics(
        minimum=known(low.min(axis=0)),
        maximum=known(high.max(axis=0)),
        mean=known(whole_mean),
        std=known(np.sqrt(whole_squares / some)),
        zeros=zeros.sum(axis=0) / pixels,
        stuck=stuck.sum(axis=0) / pixels,
        nans=missing.astype(np.int64),
        infinities=(pixels - finite - missing).astype(np.int64),
        pixels=pixels,
    )


def histogram(values: Array, limit: float, bins: int = BINS) -> NDArray[np.int64]:
    """How many finite values of one map, of any shape, fall into each of `bins` equal parts of -limit to limit.

    Values beyond the range count in the outermost bins. Without a range (0, NaN, infinite) it is the map's own.
    """
    flat = values.reshape(len(values), -1) if values.ndim > 1 else values[None]
    finite = np.isfinite(flat)
    if not finite.all():
        flat = flat[finite][None]
    if flat.size == 0:
        return np.zeros(bins, np.int64)
    if not 0 < limit <= np.finfo(np.float32).max:
        limit = float(np.abs(flat).max())
    limit32 = np.float32(max(limit, SMALLEST_LIMIT))
    if flat.min() < -limit32 or flat.max() > limit32:
        flat = np.clip(flat, -limit32, limit32)
    above = float(np.nextafter(limit32, np.float32(np.inf)))  # the upper end is exclusive
    counts = cv2.calcHist([flat], [0], None, [bins], [-float(limit32), above])
    return counts.ravel().astype(np.int64)

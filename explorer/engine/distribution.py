"""The way back through sliding windows: a gradient goes to all pixels of its window, or to the one that won.

Like the reduction forward, both are separable: a window of h x w costs h + w operations per output.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.engine.geometry import Window
from explorer.engine.layer import Array
from explorer.engine.memory import BLOCK, copy_pixels, empty_maps, rows_first
from explorer.engine.pool import pool
from explorer.engine.reduction import Tap, combine_places, picked, taps
from explorer.engine.selection import bits, rest_of, select

Pair = tuple[int, int]


def spread_windows(
    gradient: Array,
    windows: tuple[Window, Window],
    extents: Pair,
    weights: tuple[Sequence[float], Sequence[float]] | None = None,
) -> Array:
    """For every pixel of maps of `extents` the sum of `gradient` over the windows that read it.

    The transpose of summing windows; `weights`, one per row and one per column of the window, multiply.
    """
    vertical, horizontal = windows
    batch, channels, rows, columns = gradient.shape
    result = empty_maps(batch, channels, *extents, gradient.dtype)
    source, target = rows_first(gradient), rows_first(result)  # (h, c, w, n)
    across = taps(horizontal, extents[1], 0, columns)
    down_weights, across_weights = weights or ((), ())

    def work(band: slice) -> None:
        lines = np.zeros((band.stop - band.start, channels, columns, batch), gradient.dtype)
        for tap in taps_into(vertical, rows, band):
            read = source[tap.outputs]
            lines[tap.inputs] += read * gradient.dtype.type(down_weights[tap.index]) if down_weights else read
        out = target[band]
        out.fill(0)
        for tap in across:
            read = lines[:, :, tap.outputs]
            if across_weights:
                read = read * gradient.dtype.type(across_weights[tap.index])
            out[:, :, tap.inputs] += read

    pool.each(work, bands(extents[0], channels * extents[1] * batch, vertical.stride))
    return result


def award_windows(
    gradient: Array, x: Array, y: Array, windows: tuple[Window, Window], combine: np.ufunc
) -> Array:
    """For every pixel of `x` the sum of `gradient` over the windows that it won.

    `y` is what `combine` (maximum or minimum) found in each window. Of equal values the first in scan order
    wins, of several NaN the last, both as in PyTorch.
    """
    vertical, horizontal = windows
    batch, channels, height, width = x.shape
    rows, columns = y.shape[2:]
    result = empty_maps(batch, channels, height, width, x.dtype)
    source, best, seed, target = (rows_first(maps) for maps in (x, y, gradient, result))  # (h, c, w, n)
    across = taps(horizontal, width, 0, columns)

    def work(band: slice) -> None:
        outputs = _outputs_touching(vertical, rows, band)
        down = taps(vertical, height, outputs.start, outputs.stop)
        if not down:
            target[band].fill(0)
            return
        top = min([band.start, *(tap.inputs.start for tap in down)])
        slab = source[top : max([band.stop, *(tap.inputs.stop for tap in down)])]
        reads = [picked(slab, tap) for tap in across]
        winners = np.empty((len(slab), channels, columns, batch), x.dtype)
        combine_places(winners, reads, across, 2, combine)
        won = np.empty_like(winners)
        down = tuple(tap.shifted(-top) for tap in down)
        _award(seed[outputs], best[outputs], [winners[tap.inputs] for tap in down], won, down, axis=0)
        kept = slice(band.start - top, band.stop - top)
        _award(won[kept], winners[kept], [read[kept] for read in reads], target[band], across, axis=2)

    pool.each(work, bands(height, channels * width * batch, vertical.stride))
    return result


def bands(rows: int, line: int, stride: int) -> Iterator[slice]:
    """The rows of maps in pieces of about a block, whole strides long; `line` numbers are in a row."""
    step = max(1, BLOCK // max(1, line * stride)) * stride
    return (slice(first, min(rows, first + step)) for first in range(0, rows, step))


def taps_into(window: Window, count: int, band: slice) -> list[Tap]:
    """The places of the window as seen from the pixels of `band`: which of `count` outputs read which of them.

    Outputs are counted from 0, inputs from the start of the band.
    """
    found = []
    for index in range(window.size):
        offset = index * window.dilation - window.before  # of the pixel that output 0 reads here
        low = max(0, -((offset - band.start) // window.stride))  # ceil((start - offset) / stride)
        high = min(count, (band.stop - 1 - offset) // window.stride + 1)
        if low < high:
            start = low * window.stride + offset - band.start
            stop = (high - 1) * window.stride + offset - band.start + 1
            found.append(Tap(index, slice(low, high), slice(start, stop, window.stride)))
    return found


def _outputs_touching(window: Window, count: int, band: slice) -> slice:
    """The outputs whose windows reach into `band`, which may read other pixels too."""
    low = max(0, -((window.reach - 1 - window.before - band.start) // window.stride))
    return slice(low, max(low, min(count, (band.stop - 1 + window.before) // window.stride + 1)))


def _award(
    gradient: Array, best: Array, reads: Sequence[Array], target: Array, places: Sequence[Tap], axis: int
) -> None:
    """Along one axis, hand each value of `gradient` to the first place that reads the best value of its window.

    `reads` is what is read at each place, `target` gets the sums and is written completely.
    """
    before = (slice(None),) * axis
    has_nan = np.isnan(best).any()
    if not has_nan and _tile(places, best.shape[axis]):
        _award_tiles(gradient, best, reads, target, places, axis)
        return
    remaining = np.array(gradient, order="C")
    target.fill(0)

    def hand_out(place: Tap, is_hit: NDArray[np.bool_]) -> None:
        left = remaining[*before, place.outputs]
        part = np.empty_like(left)
        select(left, is_hit, part)
        np.bitwise_xor(bits(left), bits(part), out=bits(left))  # taken away, exactly
        target[*before, place.inputs] += part

    for read, place in zip(reads, places, strict=True):
        hand_out(place, read == best[*before, place.outputs])
    if has_nan:  # nothing equals NaN: those gradients are still there
        for read, place in zip(reversed(reads), reversed(places), strict=True):
            hand_out(place, np.isnan(read))


def _tile(places: Sequence[Tap], count: int) -> bool:
    """Whether the windows of `count` outputs lie side by side, without gaps, and none of them is cut."""
    starts = [place.inputs.start for place in places]
    side_by_side = starts == list(range(starts[0], starts[0] + places[0].inputs.step))
    return side_by_side and all(place.is_whole(count) for place in places)


def _award_tiles(
    gradient: Array, best: Array, reads: Sequence[Array], target: Array, places: Sequence[Tap], axis: int
) -> None:
    """The same where no pixel is read twice: everything is written once, and the last place gets what is left."""
    before = (slice(None),) * axis
    target[*before, : places[0].inputs.start] = 0
    target[*before, places[-1].inputs.stop :] = 0
    left = gradient
    for read, place in zip(reads[:-1], places[:-1], strict=True):
        part = np.empty(read.shape, read.dtype)
        select(left, read == best, part)
        copy_pixels(target[*before, place.inputs], part)
        left = rest_of(left, part)
    copy_pixels(target[*before, places[-1].inputs], left)

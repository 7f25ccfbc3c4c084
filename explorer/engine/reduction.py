"""What sliding windows read, reduced to one value each: rows first, then columns, without padding anything.

Every pooling is separable: the maximum of a window is the maximum of its rows' maxima, its sum the sum of
their sums. So a window of h x w costs h + w operations per output, each on long contiguous lines.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from explorer.engine.geometry import Window
from explorer.engine.layer import Array
from explorer.engine.memory import BLOCK, copy_pixels, empty_maps, rows_first
from explorer.engine.row_work import Call, Ready, RowWork
from explorer.engine.rows import computed, first_row_read, last_row_read
from explorer.engine.scratch import scratch

NEUTRAL: Mapping[np.ufunc, float] = {np.add: 0.0, np.maximum: -np.inf, np.minimum: np.inf}  # change nothing


@dataclass(frozen=True)
class Tap:
    """One place of the window along one axis: which outputs read a real pixel there, and which pixels."""

    index: int
    outputs: slice
    inputs: slice

    def shifted(self, offset: int) -> Tap:
        """The same place, with its inputs counted from elsewhere."""
        moved = slice(self.inputs.start + offset, self.inputs.stop + offset, self.inputs.step)
        return Tap(self.index, self.outputs, moved)

    def is_whole(self, count: int) -> bool:
        """Whether every one of `count` outputs reads a pixel at this place."""
        return bool(self.outputs.stop == count and self.outputs.start == 0)


@lru_cache(4096)
def taps(window: Window, extent: int, first: int, last: int) -> tuple[Tap, ...]:
    """The places of the window for the outputs `first` to `last` - 1; outputs are counted from `first`."""
    found = []
    for index in range(window.size):
        offset = index * window.dilation - window.before  # of the pixel that output 0 reads here
        low = max(first, -(offset // window.stride))  # ceil(-offset / stride)
        high = min(last, (extent - 1 - offset) // window.stride + 1)
        if low < high:
            start = low * window.stride + offset
            stop = (high - 1) * window.stride + offset + 1
            found.append(Tap(index, slice(low - first, high - first), slice(start, stop, window.stride)))
    return tuple(found)


def counts(window: Window, extent: int, *, padding: bool, weights: Sequence[float] = ()) -> Array:
    """How many pixels each output reads along an axis, or the sum of their weights.

    With `padding` the declared padding counts too, but never what ceil mode reads beyond it, as in PyTorch.
    """
    weight = np.asarray(weights or [1.0] * window.size)
    positions = (
        np.arange(window.output_size(extent))[:, None] * window.stride
        + np.arange(window.size) * window.dilation
        - window.before
    )  # (outputs, places)
    end = extent + window.after if padding else extent
    inside = (positions < end) & (positions >= (-window.before if padding else 0))
    return np.asarray((inside * weight).sum(1), np.float32)


def window_rows(
    x: Array,
    windows: tuple[Window, Window],
    combine: np.ufunc,
    *,
    weights: tuple[Sequence[float], Sequence[float]] | None = None,
    before: Callable[[Array], Array] | None = None,
    after: Callable[[Array, slice], object] | None = None,
) -> RowWork:
    """The work of combining every window of `x` (batch, channel, height, width) to one value.

    `weights`, one per row and one per column, multiply what is read. `before` is applied to the pixels,
    `after(out, rows)` in place to a finished block (rows, channels, width, batch) of the output rows `rows`.
    """
    vertical, horizontal = windows
    batch, channels, height, width = x.shape
    rows, columns = vertical.output_size(height), horizontal.output_size(width)
    result = empty_maps(batch, channels, rows, columns, x.dtype)
    source, target = rows_first(x), rows_first(result)  # (h, c, w, n)
    across = taps(horizontal, width, 0, columns)
    step = max(1, BLOCK // max(1, channels * width * batch * vertical.stride))
    down_weights, across_weights = weights or ((), ())

    def compute(first: int, last: int, source: Array = source) -> None:
        down = taps(vertical, height, first, last)
        top = min(tap.inputs.start for tap in down)
        slab = source[top : max(tap.inputs.stop for tap in down)]
        if before is not None:
            slab = before(slab)
        lines = scratch.empty("lines", (last - first, channels, width, batch), x.dtype)
        reads = [slab[tap.shifted(-top).inputs] for tap in down]
        combine_places(lines, reads, down, 0, combine, down_weights)
        out = target[first:last]
        if not across_weights and lie_in_pairs(lines, out, across, combine):
            for call in combining_pairs(out, lines, combine):
                call()
        else:
            columns = [picked(lines, tap) for tap in across]
            combine_places(out, columns, across, 2, combine, across_weights)
        if after is not None:
            after(out, slice(first, last))

    def ready(first: int, last: int) -> Ready:
        if batch > 1 or before is not None or weights is not None:
            return Ready(lambda inputs: [partial(compute, first, last, rows_first(inputs[0]))])
        down = taps(vertical, height, first, last)
        lines = scratch.empty("lines", (last - first, channels, width, batch), x.dtype)

        def reads(inputs: Sequence[Array]) -> list[Call]:
            read = [rows_first(inputs[0])[tap.inputs] for tap in down]
            return combining(lines, read, down, 0, combine)

        out = target[first:last]
        if lie_in_pairs(lines, out, across, combine):
            calls = combining_pairs(out, lines, combine)
        else:
            calls = combining(out, [lines[:, :, tap.inputs] for tap in across], across, 2, combine)
        if after is not None:
            calls.append(partial(after, out, slice(first, last)))
        return Ready(reads, calls)

    first_read, last_read = first_row_read(vertical, height), last_row_read(vertical, height)
    return RowWork(result, compute, step, first_read, ready=ready, last_read=last_read)


def reduce_windows(
    x: Array,
    windows: tuple[Window, Window],
    combine: np.ufunc,
    *,
    before: Callable[[Array], Array] | None = None,
) -> Array:
    """The same, done."""
    return computed(window_rows(x, windows, combine, before=before))


def picked(lines: Array, tap: Tap) -> Array:
    """The columns that are read at one place of the window: (rows, channels, columns, batch).

    For a batch side by side in memory, where NumPy is several times as fast on them.
    """
    read = lines[:, :, tap.inputs]
    if read.shape[-1] == 1:
        return read
    columns = np.empty(read.shape, read.dtype)
    copy_pixels(columns, read)
    return columns


def lie_in_pairs(lines: Array, out: Array, across: Sequence[Tap], combine: np.ufunc) -> bool:
    """Whether every value of `out` is the larger or the smaller one of a pair that lies side by side in `lines`."""
    places = [(tap.inputs.start, tap.inputs.step) for tap in across if tap.is_whole(out.shape[2])]
    return (
        combine in (np.maximum, np.minimum)  # sums of what does not belong together might overflow
        and len(across) == 2
        and places == [(0, 2), (1, 2)]
        and out.shape[2] * 2 == lines.shape[2]
        and lines.shape[3] == 1
        and lines.dtype == np.float32
        and lines.flags.c_contiguous
        and out.flags.c_contiguous
        and sys.byteorder == "little"
    )


def combining_pairs(out: Array, lines: Array, combine: np.ufunc) -> list[Call]:
    """The calls for these: every number with its neighbour, of which every other is kept as the low half of 64 bits.

    To read every other number takes NumPy two and a half times as long.
    """
    flat = lines.reshape(-1)
    found = scratch.empty("pairs", flat.shape, flat.dtype)
    kept, halves = out.reshape(-1).view(np.uint32), found.view(np.uint64)
    return [
        partial(combine, flat[:-1], flat[1:], out=found[:-1]),
        partial(np.copyto, kept, halves, casting="unsafe"),
    ]


def combine_places(
    out: Array,
    reads: Sequence[Array],
    places: Sequence[Tap],
    axis: int,
    combine: np.ufunc,
    weights: Sequence[float] = (),
) -> None:
    """Combine what was read at every place into `out`, along one axis of (rows, channels, width, batch)."""
    if weights:
        reads = [read * np.float32(weights[tap.index]) for read, tap in zip(reads, places, strict=True)]
    for call in combining(out, reads, places, axis, combine):
        call()


def combining(
    out: Array, reads: Sequence[Array], places: Sequence[Tap], axis: int, combine: np.ufunc
) -> list[Call]:
    """The same, of places that all weigh the same, as calls."""
    before = (slice(None),) * axis
    # Places that every output reads begin, so that nothing needs to be filled in the usual case.
    count = out.shape[axis]
    order: Sequence[int] = range(len(places))
    whole = [index for index in order if places[index].is_whole(count)]
    if len(whole) < len(places):
        order = whole + [index for index in order if index not in whole]
    calls: list[Call]
    if len(whole) >= 2:
        calls = [partial(combine, reads[order[0]], reads[order[1]], out=out)]
    elif whole:
        calls = [partial(np.copyto, out, reads[order[0]])]
    else:
        calls = [partial(out.fill, NEUTRAL[combine])]
    for i in order[min(len(whole), 2) :]:
        part = out[*before, places[i].outputs]
        calls.append(partial(combine, part, reads[i], out=part))
    return calls

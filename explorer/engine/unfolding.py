"""Unfolding made ready: the rows that a band of a convolution reads, all columns of the window in one copy.

Along a line, every column of the window reads the same pixels a few places further on. Where lines lie behind one
another in memory, one copy with overlapping steps does what a copy per column does (windows.py); what it reads
beyond the ends of a line is the neighbours' and is overwritten by the border at once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.lib.stride_tricks import as_strided

from explorer.engine.geometry import Border, Window
from explorer.engine.layer import Array
from explorer.engine.row_work import Call
from explorer.engine.windows import column_reads, unfold_rows

Windows = tuple[Window, Window]


def unfolding(
    band: Array, x: Array, first: int, windows: Windows, border: Border = "constant", value: float = 0.0
) -> Callable[[Array], list[Call]]:
    """What `unfold_rows` does, as calls for any other array that lies as `x` does.

    `band` (groups, rows, kw, c, columns, n), `x` (h, groups * c, w, n), and `first`, the row of `x` at which the
    band begins, are those of `unfold_rows`.
    """
    count, height = band.shape[1], len(x)
    if border != "constant" or not _lies_in_lines(x, band, windows[1]):
        return lambda source: [partial(unfold_rows, band, source, first, windows, border, value)]
    low, high = max(0, -first), max(0, min(count, height - first))  # rows of the band that are inside
    fills: list[Call] = [
        partial(band[:, begin:end].fill, value) for begin, end in ((0, low), (high, count)) if begin < end
    ]
    if low < high:
        fills += _border(band[:, low:high], windows[1], x.shape[2], value)
    # The copy of the first row would read before the memory of `x`, that of the last one behind it.
    begin, end = max(low, 1 - first), min(high, height - 1 - first)
    edges = [row for row in range(low, high) if not begin <= row < end]
    copy = _copy(band[:, begin:end], x, first + begin, windows[1]) if begin < end else _nothing

    def calls(source: Array) -> list[Call]:
        single = [one for row in edges for one in _row_copies(band[:, row], source[first + row], windows[1])]
        return [*copy(source), *single, *fills]

    return calls


def _nothing(source: Array) -> list[Call]:
    return []


def _lies_in_lines(source: Array, band: Array, across: Window) -> bool:
    """Whether one copy can read all columns, and stays in the memory of `source` (h, c, w, n) between its rows."""
    width, batch = source.shape[2:]
    row, channel, pixel, _ = source.strides
    after = band.shape[4] - 1 + across.reach - across.before - width
    return (
        across.stride == 1
        and pixel == batch * source.itemsize
        and (batch == 1 or source.strides[3] == source.itemsize)
        and min(row, channel) >= width * pixel
        and row >= max(across.before, after) * pixel
        and source.transpose(_order_of(source)).flags.c_contiguous
    )


def _order_of(source: Array) -> list[int]:
    """The axes in the order of memory; that of a single image, whose stride may be anything, at the end."""
    axes = range(source.ndim if source.shape[3] > 1 else 3)
    return [*sorted(axes, key=lambda axis: -source.strides[axis]), *range(len(axes), source.ndim)]


def _copy(band: Array, x: Array, first: int, across: Window) -> Callable[[Array], list[Call]]:
    """The copy of the rows from `first` on; the columns of the window are an axis of overlapping steps."""
    groups, count, taps, channels, columns, batch = band.shape
    row, channel, pixel, _ = x.strides
    target = band.reshape(groups, count, taps, channels, columns * batch)
    strides = channels * channel, row, across.dilation * pixel, channel, x.itemsize
    start = first * row - across.before * pixel
    order = _order_of(x)

    def copy(source: Array) -> list[Call]:
        read = np.ndarray(target.shape, source.dtype, source.transpose(order), start, strides)
        return [partial(np.copyto, target, read)]

    return copy


def _row_copies(line: Array, row: Array, across: Window) -> list[Call]:
    """The copies of one row (groups * c, w, n) into a band's `line` (groups, kw, c, columns, n), column by column."""
    columns = line.shape[3]
    pixels = row.reshape(line.shape[0], line.shape[2], *row.shape[1:])  # (g, c, w, n)
    return [
        partial(np.copyto, line[:, tap, :, read.outputs], pixels[:, :, read.inside])
        for tap, read in enumerate(column_reads(across, row.shape[1], columns, "constant"))
    ]


def _border(band: Array, across: Window, width: int, value: float) -> list[Call]:
    """What writes the border where the copy has read beyond a line: both ends at once where they are alike."""
    taps, columns = band.shape[2], band.shape[4]
    parts = [
        (tap, part)
        for tap, read in enumerate(column_reads(across, width, columns, "constant"))
        for part in read.outside
    ]
    heads = {tap: part.stop for tap, part in parts if part.start == 0}
    tails = {tap: columns - part.start for tap, part in parts if part.start > 0}
    calls: list[Call] = []
    for tap, reach in heads.items():
        ends, mirrored = band[:, :, tap, :, :reach], taps - 1 - tap
        if tails.get(mirrored) == reach:
            del tails[mirrored]
            apart = (mirrored - tap) * band.strides[2] + (columns - reach) * band.strides[4]
            ends = as_strided(ends, (*ends.shape, 2), (*ends.strides, apart))
        calls.append(partial(ends.fill, value))
    return calls + [
        partial(band[:, :, tap, :, columns - reach :].fill, value) for tap, reach in tails.items()
    ]

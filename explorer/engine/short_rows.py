"""Cross-correlation of maps with short rows: many rows as the columns of one matrix product.

A product per row (correlation.py) has as many columns as a row has pixels, and those are too few deep in a network.
Here every line of the right factor is a whole plane of the padded input, shifted by one place of the kernel; what the
last columns of a row read runs on into the next row and is left out afterwards.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from explorer.engine.geometry import Border, Window, border_index
from explorer.engine.layer import Array
from explorer.engine.memory import rows_first
from explorer.engine.pool import pool
from explorer.engine.row_work import RowWork
from explorer.engine.scratch import scratch

Span = tuple[int, int]  # first, past the last

SHORT = 64  # numbers of a row below which a product per row is slower
PATCHES = 1 << 19  # numbers of the right factor: several reads of it should find it in the cache
MOST_IN_VAIN = 1.1  # columns of the product per column that is kept
FILTERS = 128  # filters of one product at least: fewer would read the right factor too often


def correlated_planes(
    x: Array,
    kernel: Array,
    bias: Array | None,
    windows: tuple[Window, Window],
    border: Border,
    value: float,
    y: Array,
) -> RowWork:
    """The work of correlating x (n, c, h, w) with kernel (k, c, kh, kw), plus bias (k), into y (n, k, h', w')."""
    filters, rows = len(kernel), y.shape[2]
    source, target = rows_first(x), rows_first(y)
    weights = kernel.reshape(filters, -1)  # (k, c * kh * kw)
    longest = max(1, PATCHES // (weights.shape[1] * y.shape[3] * len(x)))
    bands = list(pairwise([*range(0, rows, longest), rows]))
    halves = list(pairwise([*range(0, filters, max(FILTERS, -(-filters // 2))), filters]))

    def multiply(patches: Array, band: Span, some: Span) -> None:
        offset = None if bias is None else bias[slice(*some)]
        _multiply(weights[slice(*some)], patches, offset, target[slice(*band), slice(*some)])

    def compute(begin: int, end: int) -> None:
        if len(bands) == 1:  # its patches once, and filters to be shared
            patches = _patches(source, bands[0], windows, y.shape[3], border, value)
            pool.each(lambda some: multiply(patches, bands[0], some), halves)
            return

        def work(band: Span) -> None:
            patches = _patches(source, band, windows, y.shape[3], border, value)
            multiply(patches, band, (0, filters))

        pool.each(work, bands)

    return RowWork(y, compute, rows, None, is_whole=True)


def _patches(
    source: Array,
    band: Span,
    windows: tuple[Window, Window],
    columns: int,
    border: Border,
    value: float,
) -> Array:
    """What the kernel's places read for the output rows of a band: (c * kh * kw, pixels * batch).

    With a stride of 1, rows are as long as the padded input's, unless too much of what the product then gives were
    left out: where rows are very short, to copy them one by one costs less.
    """
    down, across = windows
    _, channels, _, batch = source.shape
    count = band[1] - band[0]
    height = (count - 1) * down.stride + down.reach
    width = (columns - 1) * across.stride + across.reach
    planes = scratch.empty("planes", (channels, height, width, batch), source.dtype)
    padded_planes(planes, source, band[0] * down.stride - down.before, across.before, border, value)
    plane, line, pixel, item = planes.strides
    taps = channels, down.size, across.size
    steps = plane, line * down.dilation, pixel * across.dilation
    if down.stride == across.stride == 1 and width <= columns * MOST_IN_VAIN:
        length = ((count - 1) * width + columns) * batch
        read = np.ndarray((*taps, length), planes.dtype, planes, 0, (*steps, item))
    else:
        shape = *taps, count, columns, batch
        pixels = line * down.stride, pixel * across.stride, item
        read = np.ndarray(shape, planes.dtype, planes, 0, (*steps, *pixels))
    patches = scratch.empty("patches", read.shape, planes.dtype)
    np.copyto(patches, read)
    return patches.reshape(channels * down.size * across.size, -1)


def padded_planes(planes: Array, source: Array, top: int, left: int, border: Border, value: float) -> None:
    """`planes` (c, h, w, n): the rows of `source` (h, c, w, n) from `top` on, the columns from -`left` on, padded."""
    height, width = planes.shape[1:3]
    inside = planes.transpose(1, 0, 2, 3)  # (h, c, w, n)
    if border != "constant":
        rows = border_index(np.arange(top, top + height), len(source), border)
        columns = border_index(np.arange(-left, width - left), source.shape[2], border)
        np.copyto(inside, source[rows][:, :, columns])
        return
    first, last = max(0, top), min(len(source), top + height)
    before, end = max(0, left), min(width, source.shape[2] + left)
    if last - first < height or end - before < width:
        planes.fill(value)
    if first < last and before < end:
        inside[first - top : last - top, :, before:end] = source[first:last, :, before - left : end - left]


def _multiply(weights: Array, patches: Array, bias: Array | None, out: Array) -> None:
    """`out` (h', k, w', n) = weights (k, lines) @ patches (lines, pixels * batch), plus bias (k)."""
    rows, filters, columns, batch = out.shape
    length = patches.shape[1]
    width = columns if rows == 1 else (length // batch - columns) // (rows - 1)  # of a row of the patches
    maps = scratch.empty("products", (filters, rows * width * batch), out.dtype)
    np.matmul(weights, patches, out=maps[:, :length])
    found = maps.reshape(filters, rows, width, batch)[:, :, :columns].transpose(1, 0, 2, 3)
    if bias is None:
        np.copyto(out, found)
    else:
        np.add(found, bias[:, None, None], out=out)

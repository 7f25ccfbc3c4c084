"""The gradients of a transposed convolution from one unfolding: of what it read, of its kernel and of its bias.

Two read the same windows of the gradient of its output: one multiplies them with the kernel, the other with its input.
The third adds up what has just been read, and is still in the cache.
"""

from __future__ import annotations

import numpy as np

from explorer.engine.correlation import left_factor, multiply_windows, row_spans
from explorer.engine.correlation_gradients import correlate_rows
from explorer.engine.geometry import Window
from explorer.engine.layer import Array
from explorer.engine.memory import empty_maps, rows_first
from explorer.engine.pool import pool
from explorer.engine.scratch import scratch
from explorer.engine.sums import line_sums
from explorer.engine.windows import unfold_rows


def stamp_gradients(
    gradient: Array, x: Array, kernel: Array, windows: tuple[Window, Window], groups: int
) -> tuple[Array, Array, Array]:
    """The gradients of x (n, k, h', w'), of kernel (k, c / groups, kh, kw) and of a bias (c).

    `gradient` is the output's (n, c, h, w).

    `windows` are those of the convolution whose transpose it was.
    """
    batch, filters, rows, columns = x.shape
    vertical, horizontal = windows
    channels, line = kernel.shape[1], columns * batch
    lines = horizontal.size * channels
    source = rows_first(gradient)
    seed = rows_first(x).reshape(rows, groups, filters // groups, line)
    found = empty_maps(batch, filters, rows, columns, x.dtype)
    target = rows_first(found).reshape(rows, groups, filters // groups, line)
    weights = left_factor(kernel, None, groups)
    spans = row_spans(rows, vertical, groups * lines * line)
    partial = np.empty((len(spans), groups, vertical.size * lines, filters // groups), x.dtype)
    sums = np.empty((len(spans), groups * channels), np.float64)
    # Rows of the gradient that belong to a span; those beyond the last one belong to it as well.
    marks = [0, *(min(begin * vertical.stride, len(source)) for begin, _ in spans[1:]), len(source)]

    def work(index: int) -> None:
        begin, end = spans[index]
        count = (end - begin - 1) * vertical.stride + vertical.reach
        band = scratch.empty("band", (groups, count, lines, line), x.dtype)
        pixels = band.reshape(groups, count, horizontal.size, channels, columns, batch)
        unfold_rows(pixels, source, begin * vertical.stride - vertical.before, windows)
        multiply_windows(weights, band, vertical, target[begin:end].transpose(1, 0, 2, 3))
        correlate_rows(band, seed[begin:end].transpose(1, 0, 3, 2), vertical, partial[index])
        sums[index] = line_sums(source[marks[index] : marks[index + 1]])

    pool.each(work, range(len(spans)))
    total = partial.sum(0).reshape(groups, vertical.size, horizontal.size, channels, filters // groups)
    learned: Array = total.transpose(0, 4, 3, 1, 2).reshape(kernel.shape)  # (g, k, c, kh, kw)
    return found, learned, np.asarray(sums.sum(0), x.dtype)

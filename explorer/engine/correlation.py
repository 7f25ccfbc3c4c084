"""Cross-correlation by bands of rows: what every convolution computes forward."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.lib.stride_tricks import as_strided

from explorer.engine.depthwise import correlated_channels, filters_alone
from explorer.engine.geometry import Border, Window
from explorer.engine.layer import Array
from explorer.engine.memory import empty_maps, rows_first
from explorer.engine.pool import SMALL_PRODUCT, chunk_of, has_small_product_kernel, pool
from explorer.engine.row_work import Call, Ready, RowWork
from explorer.engine.rows import computed, even_spans, first_row_read, last_row_read
from explorer.engine.scratch import scratch
from explorer.engine.short_rows import SHORT, correlated_planes
from explorer.engine.unfolding import unfolding
from explorer.engine.windows import unfold_rows

Paper = Callable[..., Array]

TILE = 1 << 18  # numbers of an unfolded band; with smaller ones there are more calls: a tenth slower
LARGEST_TILE = 1 << 20  # where that keeps bands from reading most rows twice,
FEWEST = 16  # filters of a product, where it is cut into small ones
PIECE = 32  # filters, and numbers of a line, where it is cut both ways
APART = 6  # times as many as those that the next band reads too


def correlated_rows(
    x: Array,
    kernel: Array,
    bias: Array | None,
    windows: tuple[Window, Window],
    groups: int = 1,
    border: Border = "constant",
    value: float = 0.0,
    y: Array | None = None,
) -> RowWork:
    """The work of correlating x (n, c, h, w) with kernel (k, c / groups, kh, kw), plus bias (k): (n, k, h', w').

    It is written into `y`, laid out as activations are, where one is given.

    Bands of rows are unfolded along the width only; overlapping windows of the band's rows are then read by
    one matrix product per band without being copied (speed by locality: a band stays in the cache). A line of
    ones behind every row of the band brings the bias into the product: added afterwards, it costs a fifth as much
    as the product itself, because the maps have left the cache by then.
    """
    batch, _, height, width = x.shape
    filters, vertical, horizontal = len(kernel), *windows
    rows, columns = vertical.output_size(height), horizontal.output_size(width)
    if y is None:
        y = empty_maps(batch, filters, rows, columns, x.dtype)
    if groups == 1 and columns * batch < SHORT:
        return correlated_planes(x, kernel, bias, windows, border, value, y)
    general = _correlated_bands(x, kernel, bias, windows, groups, border, value, y)
    if groups > 1 and filters_alone(x, kernel, windows):
        return correlated_channels(x, kernel, bias, windows, border, value, y, general)
    return general


def _correlated_bands(
    x: Array,
    kernel: Array,
    bias: Array | None,
    windows: tuple[Window, Window],
    groups: int,
    border: Border,
    value: float,
    y: Array,
) -> RowWork:
    batch, _, height, _ = x.shape
    filters, channels, _, kernel_width = kernel.shape
    vertical, _ = windows
    rows, columns = y.shape[2:]
    source, target = rows_first(x), rows_first(y)
    line, read = columns * batch, kernel_width * channels
    lines = read if bias is None else read + 1
    weights = left_factor(kernel, bias, groups)

    def pieces(begin: int, end: int, paper: Paper, use: str) -> tuple[Array, Array, int, Array]:
        """A band, its pixels, the row of x at which it begins, and the output rows that it gives."""
        count = (end - begin - 1) * vertical.stride + vertical.reach
        band = paper(use, (groups, count, lines, line), x.dtype)
        band[:, :, read:] = 1
        pixels = band[:, :, :read].reshape(groups, count, kernel_width, channels, columns, batch)
        out = target[begin:end].reshape(end - begin, groups, filters // groups, line)
        return band, pixels, begin * vertical.stride - vertical.before, out.transpose(1, 0, 2, 3)

    def compute(begin: int, end: int) -> None:
        band, pixels, first, out = pieces(begin, end, scratch.empty, "band")
        unfold_rows(pixels, source, first, windows, border, value)
        multiply_windows(weights, band, vertical, out)

    def ready(begin: int, end: int) -> Ready:
        # Scratch paper of its own for every shape of rows, on which the ones stay.
        use = f"band of {lines} x {line}, bias {lines - read}"
        band, pixels, first, out = pieces(begin, end, scratch.shared, use)
        calls = unfolding(pixels, source, first, windows, border, value)
        return Ready(
            lambda inputs: calls(rows_first(inputs[0])), [product_of_windows(weights, band, vertical, out)]
        )

    def load(parameters: Mapping[str, Array]) -> None:
        weights[...] = left_factor(parameters["kernel"], parameters.get("bias"), groups)

    step = band_rows(vertical, groups * lines * line)
    step = min(step, rows if pool.is_sharing else _quarter(rows))  # rows are the same in bands of any height
    mirrors = border != "constant" and (vertical.before or vertical.after)  # then a row may read any below it
    first_read = None if mirrors else first_row_read(vertical, height)
    last_read = None if mirrors else last_row_read(vertical, height)
    return RowWork(y, compute, step, first_read, ready=ready, load=load, last_read=last_read)


def left_factor(kernel: Array, bias: Array | None, groups: int) -> Array:
    """The kernel (k, c / groups, kh, kw) as (g, 1, k / g, kh, kw * c), or kw * c + 1 with the bias in its first row."""
    filters, channels, height, width = kernel.shape
    rows = kernel.transpose(0, 2, 3, 1).reshape(filters, height, width * channels)  # (k, kh, kw * c)
    factor = np.zeros((filters, height, width * channels + (bias is not None)), kernel.dtype)
    factor[:, :, : width * channels] = rows
    if bias is not None:
        factor[:, 0, -1] = bias
    return factor.reshape(groups, 1, filters // groups, height, -1)


def correlate(
    x: Array,
    kernel: Array,
    bias: Array | None,
    windows: tuple[Window, Window],
    groups: int = 1,
    border: Border = "constant",
    value: float = 0.0,
    y: Array | None = None,
) -> Array:
    """The same, done."""
    return computed(correlated_rows(x, kernel, bias, windows, groups, border, value, y))


def row_spans(rows: int, vertical: Window, line: int) -> list[tuple[int, int]]:
    """Output rows (first, past the last) of bands whose sums are added: cut the same whoever computes them."""
    return even_spans(rows, min(band_rows(vertical, line), _quarter(rows)))


def band_rows(vertical: Window, line: int) -> int:
    """How many output rows a band has that fits a tile; an unfolded row has `line` numbers.

    Rows that two bands read are unfolded twice: tall windows make larger tiles worth their while.
    """
    fitting, most = (
        max(1, (tile // max(1, line) - vertical.reach) // vertical.stride + 1)
        for tile in (TILE, LARGEST_TILE)
    )
    wanted = -(-APART * (vertical.reach - vertical.stride) // vertical.stride)
    return max(fitting, min(wanted, most))


def _quarter(rows: int) -> int:
    """A quarter of the rows, so that threads find something to share."""
    return max(1, -(-rows // 4))


def multiply_windows(weights: Array, band: Array, vertical: Window, out: Array) -> None:
    """`out` (g, rows, k, line) = weights (g, 1, k, kh, lines) times the windows of `band` (g, count, lines, line)."""
    product_of_windows(weights, band, vertical, out)()


def product_of_windows(weights: Array, band: Array, vertical: Window, out: Array) -> Call:
    """The same as a call."""
    groups, rows, filters = out.shape[:3]
    taps, lines = weights.shape[3:]
    if vertical.dilation > 1:
        return partial(_multiply_apart, weights, band, vertical, out)
    windows = row_windows(band, taps, vertical.stride, rows)
    return product_of_lines(weights.reshape(groups, 1, filters, taps * lines), windows, out)


def _multiply_apart(weights: Array, band: Array, vertical: Window, out: Array) -> None:
    """The same where dilated rows do not follow each other in memory: one product per kernel row."""
    rows = out.shape[1]
    for tap in range(weights.shape[3]):
        begin = tap * vertical.dilation
        read = band[:, begin : begin + (rows - 1) * vertical.stride + 1 : vertical.stride]
        part = np.matmul(weights[:, :, :, tap], read)
        if tap:
            out += part
        else:
            out[...] = part


def row_windows(band: Array, taps: int, stride: int, rows: int) -> Array:
    """Overlapping windows of `taps` rows of a band (g, count, lines, line): (g, rows, taps * lines, line), no copy."""
    groups, _, lines, line = band.shape
    across, down, along, item = band.strides
    shape = groups, rows, taps * lines, line
    strides = across, down * stride, along, item
    if band.flags.c_contiguous:
        return np.ndarray(shape, band.dtype, band, 0, strides)  # as_strided() takes eight times as long
    return as_strided(band, shape, strides, writeable=False)


def multiply_lines(weights: Array, windows: Array, out: Array) -> None:
    """`out` (g, rows, m, line) = weights (g, 1, m, k) @ windows (g, rows, k, line), whose lines are contiguous."""
    product_of_lines(weights, windows, out)()


def _filters_at_once(count: int, others: int) -> int:
    """How many of `count` filters, of so many multiplications each, are best multiplied at once."""
    if count * others <= SMALL_PRODUCT or not has_small_product_kernel():
        return count
    shares = (count // parts for parts in range(2, count // FEWEST + 1) if count % parts == 0)
    return next((share for share in shares if share * others <= SMALL_PRODUCT), count)


def _is_best_cut_twice(count: int, depth: int, line: int) -> bool:
    """Whether a product too large to be small when it is cut one way is so when it is cut both ways."""
    return (
        has_small_product_kernel()
        and count * depth * line > SMALL_PRODUCT >= PIECE * PIECE * depth
        and count % PIECE == line % PIECE == 0
    )


def product_of_lines(weights: Array, windows: Array, out: Array) -> Call:
    """The same as a call."""
    groups, rows, count, line = out.shape
    depth = windows.shape[2]
    chunk = chunk_of(line, count * depth)
    share = _filters_at_once(count, depth * line)
    if chunk == line and share < count:
        weights = weights.reshape(groups, 1, -1, share, depth)
        windows, out = windows[:, :, None], out.reshape(groups, rows, -1, share, line)
    elif chunk < line:
        weights = weights[:, :, None]
        windows, out = (
            one.reshape(groups, rows, one.shape[2], -1, chunk).transpose(0, 1, 3, 2, 4)
            for one in (windows, out)
        )  # (g, rows, pieces, k or m, chunk)
    elif _is_best_cut_twice(count, depth, line):
        weights = weights.reshape(groups, 1, 1, -1, PIECE, depth)
        windows = windows.reshape(groups, rows, 1, depth, -1, PIECE).transpose(0, 1, 4, 2, 3, 5)
        out = out.reshape(groups, rows, -1, PIECE, line // PIECE, PIECE).transpose(0, 1, 4, 2, 3, 5)
    return partial(np.matmul, weights, windows, out=out)

"""The way back through a cross-correlation: to what it read, and to its kernel."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np

from explorer.engine.correlation import multiply_lines, row_spans, row_windows
from explorer.engine.geometry import Border, Window
from explorer.engine.layer import Array
from explorer.engine.memory import copy_pixels, empty_maps, rows_first, rows_in_order
from explorer.engine.pool import SMALL_PRODUCT, has_small_product_kernel, pool
from explorer.engine.reduction import Tap, taps
from explorer.engine.scratch import scratch
from explorer.engine.windows import fold_border, unfold_rows

Pair = tuple[int, int]

FEWEST_LINES = 32  # of a product that is cut into small ones; with fewer it is no faster
GATHERED = 1 << 19  # numbers of a product whose columns are added up: with fewer, threads wait for each other


def kernel_gradient(
    gradient: Array,
    x: Array,
    size: Pair,
    windows: tuple[Window, Window],
    groups: int = 1,
    border: Border = "constant",
    value: float = 0.0,
) -> Array:
    """The gradient of a kernel of `size` (height, width) that slid over `x`: (k, c / groups, kh, kw).

    For every place of the kernel the sum over all outputs of the gradient times what was read there: one matrix
    product per row of outputs, over the same unfolded bands as forward.
    """
    batch, _, rows, columns = gradient.shape
    vertical, horizontal = windows
    channels, filters = x.shape[1] // groups, gradient.shape[1] // groups
    lines, line = horizontal.size * channels, columns * batch
    source = rows_first(x)  # (h, c, w, n)
    seed = rows_first(gradient).reshape(rows, groups, filters, line)
    spans = row_spans(rows, vertical, groups * lines * line)
    partial = np.empty((len(spans), groups, vertical.size * lines, filters), x.dtype)

    def work(index: int) -> None:
        begin, end = spans[index]
        count = (end - begin - 1) * vertical.stride + vertical.reach
        band = np.empty((groups, count, horizontal.size, channels, columns, batch), x.dtype)
        unfold_rows(band, source, begin * vertical.stride - vertical.before, windows, border, value)
        right = seed[begin:end].transpose(1, 0, 3, 2)  # (g, rows, line, k)
        correlate_rows(band.reshape(groups, count, lines, line), right, vertical, partial[index])

    pool.each(work, range(len(spans)))
    total: Array = partial.sum(0).reshape(groups, *size, channels, filters)  # (g, kh, kw, c, k)
    return total.transpose(0, 4, 3, 1, 2).reshape(groups * filters, channels, *size)  # (k, c, kh, kw)


def correlate_rows(band: Array, right: Array, vertical: Window, out: Array) -> None:
    """`out` (g, kh * lines, k) = the sum over rows of the windows of `band` times `right` (g, rows, line, k)."""
    rows, lines = right.shape[1], band.shape[2]
    if vertical.dilation == 1:
        windows = row_windows(band, vertical.size, vertical.stride, rows)
        share = _lines_at_once(windows.shape[2], right.shape[2] * right.shape[3])
        if share:
            turned = scratch.empty("turned", right.shape, right.dtype)
            np.copyto(turned, right)  # that kernel wants its lines one after another
            windows = windows.reshape(*windows.shape[:2], -1, share, windows.shape[3])
            right, out = turned[:, :, None], out.reshape(len(out), -1, share, right.shape[3])
        products = scratch.empty("products", (*windows.shape[:-1], right.shape[-1]), right.dtype)
        np.matmul(windows, right, out=products).sum(1, out=out)
        return
    for tap in range(vertical.size):
        begin = tap * vertical.dilation
        read = band[:, begin : begin + (rows - 1) * vertical.stride + 1 : vertical.stride]
        np.matmul(read, right).sum(1, out=out[:, tap * lines : (tap + 1) * lines])


def _lines_at_once(count: int, others: int) -> int:
    """How many of `count` lines, of so many multiplications each, make a small product; 0 where too few would."""
    if not has_small_product_kernel():
        return 0
    shares = (count // parts for parts in range(1, count // FEWEST_LINES + 1) if count % parts == 0)
    return next((share for share in shares if share * others <= SMALL_PRODUCT), 0)


def input_gradient(
    gradient: Array,
    kernel: Array,
    windows: tuple[Window, Window],
    extents: Pair,
    groups: int = 1,
    border: Border = "constant",
    bias: Array | None = None,
) -> Array:
    """The gradient of maps of `extents` that `kernel` (k, c / groups, kh, kw) slid over: (n, c, h, w).

    A `bias` (c) is added, for transposed convolutions, whose border is constant.
    """
    if border == "constant":
        return correlate_transposed(gradient, kernel, windows, extents, groups, bias)
    down, across = windows
    sides = down.before, down.after, across.before, across.after
    inner = dataclasses.replace(down, before=0, after=0), dataclasses.replace(across, before=0, after=0)
    padded = extents[0] + sides[0] + sides[1], extents[1] + sides[2] + sides[3]
    return fold_border(correlate_transposed(gradient, kernel, inner, padded, groups), sides, border)


def correlate_transposed(
    y: Array,
    kernel: Array,
    windows: tuple[Window, Window],
    extents: Pair,
    groups: int = 1,
    bias: Array | None = None,
) -> Array:
    """Every value of y (n, k, h', w') times the kernel, added up where the kernel read: (n, c, *extents).

    A `bias` (c) is added. The transpose of `correlate` (Dumoulin & Visin 2016, section 4). Down, every row of the
    result gathers the rows of `y` whose windows read it, by one matrix product for many rows and without copying
    any; across, the columns of the product are added where they belong.
    """
    vertical, horizontal = windows
    batch, filters, rows, columns = y.shape
    channels, _, kernel_width = kernel.shape[1:]
    height, width = extents
    x = empty_maps(batch, groups * channels, height, width, y.dtype)
    target = rows_first(x).reshape(height, groups, channels, width, batch).transpose(1, 0, 2, 3, 4)
    line, lines = columns * batch, kernel_width * channels
    source = rows_in_order(y).reshape(rows, groups, filters // groups, line)
    source = np.ascontiguousarray(source.transpose(1, 0, 2, 3))  # (g, h', k, line)
    across = taps(horizontal, width, 0, columns)
    runs = _runs(vertical, rows, height, max(1, GATHERED // max(1, groups * lines * line)))
    weights = _gatherings(kernel, groups, {run.taps for run in runs})
    start = None if bias is None else bias.reshape(groups, 1, channels, 1, 1)

    def work(run: _Run) -> None:
        out = target[:, run.rows]  # (g, rows, c, w, n)
        if not run.taps:
            out[...] = 0 if start is None else start
            return
        product = scratch.empty("band", (groups, out.shape[1], lines, line), y.dtype)
        _gather(weights[run.taps], source, run, product)
        product = product.reshape(*product.shape[:2], kernel_width, channels, columns, batch)
        _add_columns(product, out, across, horizontal, start)

    pool.each(work, runs)
    return x


@dataclass(frozen=True)
class _Run:
    """Rows of the result that gather the same rows of the kernel, `taps`, from rows of y that lie `spacing` apart.

    `first` is the row of y that the first tap of the first row reads; the next row of the result reads the next.
    """

    rows: slice
    taps: tuple[int, ...]
    first: int
    spacing: int


@lru_cache(256)
def _runs(vertical: Window, rows: int, height: int, longest: int) -> list[_Run]:
    """All rows of the result, none in more than one run, none of more than `longest` rows."""
    runs = []
    for phase in range(min(vertical.stride, height)):
        positions = range(phase, height, vertical.stride)
        for _, same in groupby(positions, lambda row: tuple(tap for tap, _ in _sources(vertical, rows, row))):
            members = list(same)
            for start in range(0, len(members), longest):
                piece = members[start : start + longest]
                sources = _sources(vertical, rows, piece[0])
                runs.append(
                    _Run(
                        rows=slice(piece[0], piece[-1] + 1, vertical.stride),
                        taps=tuple(tap for tap, _ in sources),
                        first=sources[0][1] if sources else 0,
                        spacing=sources[1][1] - sources[0][1] if len(sources) > 1 else 1,
                    )
                )
    runs.sort(
        key=lambda run: run.rows.start - run.rows.stop
    )  # the longest first: what is short fills the gaps
    return runs


def _sources(vertical: Window, rows: int, row: int) -> list[tuple[int, int]]:
    """Which rows of the kernel read a row of the input, and from which rows of the output, those in rising order."""
    found = []
    for tap in reversed(range(vertical.size)):
        source, rest = divmod(row + vertical.before - tap * vertical.dilation, vertical.stride)
        if rest == 0 and 0 <= source < rows:
            found.append((tap, source))
    return found


def _gatherings(kernel: Array, groups: int, wanted: set[tuple[int, ...]]) -> dict[tuple[int, ...], Array]:
    """These rows of the kernel as left factors of a product: (g, 1, kw * c, taps * k)."""
    filters, channels, height, width = kernel.shape
    lines = kernel.reshape(groups, filters // groups, channels, height, width).transpose(0, 4, 2, 3, 1)
    lines = np.ascontiguousarray(lines)  # (g, kw, c, kh, k), of which whole lines are picked
    return {
        taps: lines[:, :, :, list(taps)].reshape(groups, 1, width * channels, -1) for taps in wanted if taps
    }


def _gather(weights: Array, source: Array, run: _Run, out: Array) -> None:
    """`out` (g, rows, kw * c, line) from the rows of `source` (g, h', k, line) that the run reads."""
    rows = out.shape[1]
    if run.spacing == 1:
        multiply_lines(weights, row_windows(source[:, run.first :], len(run.taps), 1, rows), out)
        return
    filters = source.shape[2]
    for index in range(len(run.taps)):
        begin = run.first + index * run.spacing
        part = np.matmul(
            weights[..., index * filters : (index + 1) * filters], source[:, begin : begin + rows]
        )
        if index:
            out += part
        else:
            out[...] = part


def _add_columns(
    product: Array, out: Array, across: Sequence[Tap], window: Window, start: Array | None
) -> None:
    """Put the sum of `product` (g, rows, kw, c, w', n) and `start` into `out` (g, rows, c, w, n).

    Every column of the kernel has its place there. Columns of `out` that lie a stride apart are best added up where
    they lie side by side, which is where the kernel's column before + 0, before + 1, ... has put them.
    """
    stride, columns = window.stride, product.shape[4]
    inner = slice(window.before, window.before + stride)
    is_apart = inner.start < 0 or inner.stop > window.size or columns * stride != out.shape[3]
    if is_apart or window.dilation > 1:
        out[...] = 0 if start is None else start
        for tap in across:
            out[:, :, :, tap.inputs] += product[:, :, tap.index, :, tap.outputs]
        return
    total = product[:, :, inner]  # (g, rows, stride, c, w', n)
    if start is not None:
        np.add(total, start[:, :, None], out=total)
    for tap in across:
        if not inner.start <= tap.index < inner.stop:
            phase, first = tap.inputs.start % stride, tap.inputs.start // stride
            part = product[:, :, tap.index]
            part[:, :, :, : tap.outputs.start] = 0
            part[:, :, :, tap.outputs.stop :] = 0
            _add_shifted(total[:, :, phase], part, first - tap.outputs.start)
    for phase in range(stride):  # one after another: what is copied at once is a line, not a few pixels
        copy_pixels(out[:, :, :, phase::stride], total[:, :, phase])


def _add_shifted(into: Array, part: Array, pixels: int) -> None:
    """Add `part` (g, rows, c, w', n) to what lies so many pixels further on in their lines.

    Whole rows are added at once: what is pushed out of its line must be zero.
    """
    lines = into.shape[4] * pixels
    there, here = (one.reshape(*one.shape[:2], -1) for one in (into, part))
    length = there.shape[2] - abs(lines)
    there, here = there[:, :, max(0, lines) :][:, :, :length], here[:, :, max(0, -lines) :][:, :, :length]
    np.add(there, here, out=there)

"""Sliding windows: how padding settings become windows, and how rows of an image are unfolded for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.engine.geometry import Border, Window, border_index, same_padding
from explorer.engine.layer import Array, ShapeError
from explorer.engine.memory import copy_pixels
from explorer.engine.scratch import scratch

PADDINGS = ("valid", "same", "explicit")

Sizes = tuple[int, ...]
Sides = tuple[int, int, int, int]  # top, bottom, left, right

# How a person counts along the axes: what, and what it is when there are many.
COUNTED = {
    1: (("values", "long"),),
    2: (("pixels", "high"), ("pixels", "wide")),
    3: (("slices", "deep"), ("pixels", "high"), ("pixels", "wide")),
}


def sliding_windows(
    extents: Sequence[int],
    size: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
    padding: str,
    sides: Sequence[int],
    ceil: bool = False,
) -> tuple[Window, ...]:
    """The window along every axis for these settings on an input of `extents`; `sides` has two per axis."""
    return _sliding_windows(
        tuple(extents), tuple(size), tuple(stride), tuple(dilation), padding, tuple(sides), ceil
    )


@lru_cache(1024)
def _sliding_windows(
    extents: Sizes, size: Sizes, stride: Sizes, dilation: Sizes, padding: str, sides: Sizes, ceil: bool
) -> tuple[Window, ...]:
    windows = []
    for axis, extent in enumerate(extents):
        if padding == "same":
            before, after = same_padding(extent, size[axis], stride[axis], dilation[axis])
        elif padding == "explicit":
            before, after = sides[2 * axis], sides[2 * axis + 1]
        else:
            before, after = 0, 0
        windows.append(Window(size[axis], stride[axis], before, after, dilation[axis], ceil))
    return tuple(windows)


def output_extents(windows: Sequence[Window], extents: Sequence[int], what: str) -> tuple[int, ...]:
    """The extents of the output; raises ShapeError where not even one window fits.

    `what` names the window in the sentence: 'kernel' or 'pooling window'.
    """
    for window, extent, (unit, way) in zip(windows, extents, COUNTED[len(extents)], strict=True):
        if window.output_size(extent) < 1:
            padded = extent + window.before + window.after
            reach = f"{window.reach} {unit} {way}"
            if window.dilation > 1:
                reach += f" (size {window.size}, dilation {window.dilation})"
            raise ShapeError(
                f"The {what} reaches over {reach}, but its input is only {padded} {unit} {way}"
                f"{' with padding' if padded > extent else ''}. "
                f"Make the {what} smaller, add padding, or use a larger input."
            )
    return tuple(window.output_size(extent) for window, extent in zip(windows, extents, strict=True))


def unfold_rows(
    band: Array,
    x: Array,
    first: int,
    windows: tuple[Window, Window],
    border: Border = "constant",
    value: float = 0.0,
) -> None:
    """Write rows of an image, shifted once for every column of the window, into `band`.

    band  (groups, rows, window width, channels per group, output width, batch), written completely
    x     (height, channels, width, batch)
    first position of the band's first row, in rows of x; negative in the padding

    With it, line i * (window width * channels per group) + ... of a window that starts at a row of the band
    is the next line in memory: a convolution can read overlapping windows of rows without copying them.
    """
    groups, count, _, channels, columns, batch = band.shape
    height, _, width, _ = x.shape
    if groups == 1:
        grouped = x[None]
    else:
        grouped = x.reshape(height, groups, channels, width, batch)
        grouped = grouped.transpose(1, 0, 2, 3, 4)  # (g, h, c, w, n)
    across = windows[1]
    reads = column_reads(across, width, columns, border)
    apart = border == "constant" and across.dilation == 1 < across.stride < across.size
    unfold = partial(_unfold_apart, across) if apart else partial(_unfold_columns, reads)
    low = min(count, max(0, -first))
    high = max(low, min(count, height - first))
    if high > low:
        rows = grouped[:, first + low : first + high]
        unfold(band[:, low:high] if high - low < count else band, rows, value)
    for row in (*range(low), *range(high, count)):
        source = int(border_index(np.array([first + row]), height, border)[0])
        if source < 0:
            band[:, row] = value
        else:
            unfold(band[:, row : row + 1], grouped[:, source : source + 1], value)


class _ColumnRead(NamedTuple):
    """What is read at one column of the window: the pixels `inside` for `outputs`, `whole` if those are all.

    The outputs `outside` read the pixels `sources` instead, one after another, or a constant where those are None.
    """

    outputs: slice
    inside: slice
    whole: bool
    outside: tuple[slice, ...]
    sources: NDArray[np.intp] | None


@lru_cache(1024)
def column_reads(window: Window, width: int, count: int, border: Border) -> tuple[_ColumnRead, ...]:
    """The reads of `count` windows on a line of `width` pixels, one per column of the window."""
    reads = []
    for tap in range(window.size):
        start = tap * window.dilation - window.before
        low = min(count, max(0, -(start // window.stride)))  # first output column that reads inside
        high = max(low, min(count, (width - 1 - start) // window.stride + 1))
        begin = start + low * window.stride
        end = start + (high - 1) * window.stride + 1 if high > low else begin
        outside = tuple(
            columns for columns in (slice(0, low), slice(high, count)) if columns.start < columns.stop
        )
        sources = None
        if border != "constant" and outside:
            sources = border_index(start + np.r_[outside] * window.stride, width, border)
        read = slice(begin, end, window.stride) if high > low else slice(0, 0, 1)
        reads.append(_ColumnRead(slice(low, high), read, not outside, outside, sources))
    return tuple(reads)


def _unfold_apart(window: Window, band: Array, rows: Array, value: float) -> None:
    """`band` (g, h, window width, c, output width, n) from `rows` (g, h, c, w, n), of which windows lie a stride apart.

    Columns of the window that are a stride apart read the same pixels, those of one phase: these are picked out of
    their lines once, one by one, and then copied in long pieces.
    """
    groups, height, _, channels, columns, batch = band.shape
    for phase in range(window.stride):
        taps = len(range(phase, window.size, window.stride))
        line = columns + taps - 1
        start = phase - window.before
        low = min(line, -(start // window.stride)) if start < 0 else 0
        first = start + low * window.stride
        high = max(low, min(line, low + len(range(first, rows.shape[3], window.stride))))
        picked = scratch.empty("phase", (groups, height, channels, line, batch), band.dtype)
        picked[:, :, :, :low] = value
        picked[:, :, :, high:] = value
        if low < high:
            pixels = rows[:, :, :, first : first + (high - low - 1) * window.stride + 1 : window.stride]
            copy_pixels(picked[:, :, :, low:high], pixels)
        group, row, channel, pixel, item = picked.strides
        shape = groups, height, taps, channels, columns, batch
        read = np.ndarray(shape, picked.dtype, picked, 0, (group, row, pixel, channel, pixel, item))
        np.copyto(band[:, :, phase :: window.stride], read)


def _unfold_columns(reads: Sequence[_ColumnRead], band: Array, rows: Array, value: float) -> None:
    """`band` (g, h, window width, c, output width, n) from `rows` (g, h, c, w, n)."""
    for tap, read in enumerate(reads):
        target = band[:, :, tap]
        inside = rows[:, :, :, read.inside]
        if read.inside.step > 1:
            copy_pixels(target[:, :, :, read.outputs], inside)
        elif read.whole:
            np.copyto(target, inside)
        else:
            target[:, :, :, read.outputs] = inside
        if read.whole:
            continue
        if read.sources is None:
            for columns in read.outside:
                target[:, :, :, columns] = value
        else:
            target[:, :, :, np.r_[read.outside]] = rows[:, :, :, read.sources]


def fold_border(padded: Array, sides: Sides, border: Border) -> Array:
    """The way back through padding: what stood in for a pixel outside gives it its gradient; a constant gives none.

    `padded` is the gradient of maps with `sides` added (batch, channel, height, width).
    """
    top, bottom, left, right = sides
    height, width = padded.shape[2] - top - bottom, padded.shape[3] - left - right
    inside = padded[:, :, :, left : left + width]
    if border != "constant":
        inside = inside.copy(order="K")
        for column, source in _outside(left, width, right, border):
            inside[:, :, :, source] += padded[:, :, :, column]
    result = inside[:, :, top : top + height]
    if border != "constant":
        for row, source in _outside(top, height, bottom, border):
            result[:, :, source] += inside[:, :, row]
    return result


def _outside(before: int, extent: int, after: int, border: Border) -> Iterator[tuple[int, int]]:
    """Every position in the padding, counted from its start, with the pixel that stands there."""
    positions = np.arange(-before, extent + after)
    sources = border_index(positions, extent, border)
    return (
        (int(position) + before, int(source))
        for position, source in zip(positions, sources, strict=True)
        if not 0 <= position < extent
    )

"""Depthwise correlation: every channel has a kernel of its own, and OpenCV filters it as an image.

A matrix product would have a single row (its left factor is one kernel), and BLAS does nothing well with that.
Images of a batch are what OpenCV calls the channels of an image: they lie side by side in every pixel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np

from explorer.engine.geometry import Border, Window
from explorer.engine.layer import Array
from explorer.engine.memory import empty_maps, rows_first
from explorer.engine.pool import pool
from explorer.engine.reduction import taps
from explorer.engine.row_work import RowWork
from explorer.engine.scratch import scratch
from explorer.engine.short_rows import padded_planes

Windows = tuple[Window, Window]

SSE3 = 4  # OpenCV's number for it
# Places from which on OpenCV goes through Fourier's transform, where one NaN is everywhere (filter.dispatch.cpp).
LARGEST_KERNEL = 130 if cv2.checkHardwareSupport(SSE3) else 50
LARGEST_BATCH = 64
GRADIENT_ROWS = 4  # rows of outputs that are multiplied with all rows they read: of more, more is in vain


def filters_alone(x: Array, kernel: Array, windows: Windows) -> bool:
    """Whether kernel (c, 1, kh, kw) slides over each channel of x (n, c, h, w) by itself, in a way OpenCV can do."""
    down, across = windows
    return (
        len(kernel) == x.shape[1] > 1
        and kernel.shape[1] == 1
        and x.dtype == np.float32
        and down.reach * across.reach < LARGEST_KERNEL
        and len(x) <= LARGEST_BATCH
    )


def correlated_channels(
    x: Array,
    kernel: Array,
    bias: Array | None,
    windows: Windows,
    border: Border,
    value: float,
    y: Array,
    general: RowWork,
) -> RowWork:
    """The work of correlating each channel of x (n, c, h, w) with its kernel (c, 1, kh, kw), plus bias (c), into y.

    OpenCV passes over zeros in a kernel, but 0 times infinity is NaN: such kernels on such maps are left to
    `general`, which does the same in its own way.
    """
    source, target = rows_first(x), rows_first(y)
    has_zeros = not kernel.all()
    grown = _with_gaps(kernel[:, 0], windows)
    offsets = [0.0] * len(kernel) if bias is None else bias.tolist()
    filtering = _filtering(source, target, windows, border, value)

    def work(channel: int) -> None:
        filtering(channel, grown[channel], offsets[channel])

    def compute(begin: int, end: int) -> None:
        if has_zeros and not _is_finite(x):
            pool.each(lambda row: general.compute(row, row + 1), range(general.rows))
        else:
            pool.each(work, range(len(kernel)))

    return RowWork(y, compute, y.shape[2], None, is_whole=True)


def channels_input_gradient(
    gradient: Array, kernel: Array, windows: Windows, extents: tuple[int, int]
) -> Array | None:
    """The gradient of maps of `extents` that kernel (c, 1, kh, kw) slid over; None where it is not done here.

    It is a correlation again, of the gradient with the turned kernel, where strides have left gaps in the gradient.
    """
    if not (filters_alone(gradient, kernel, windows) and kernel.all()):
        return None
    if any(max(window.before, window.after) >= window.reach for window in windows):
        return None
    x = empty_maps(len(gradient), len(kernel), *extents, gradient.dtype)
    source, target = rows_first(gradient), rows_first(x)
    grown = _with_gaps(kernel[:, 0], windows)[:, ::-1, ::-1]
    back = tuple(Window(one.reach, before=one.reach - 1 - one.before) for one in windows)
    is_dense = all(one.stride == 1 for one in windows) and gradient.shape[2:] == extents
    filtering = _filtering(source, target, (back[0], back[1]), "constant", 0.0)

    def work(channel: int) -> None:
        turned = np.ascontiguousarray(grown[channel])
        if is_dense:
            filtering(channel, turned, 0.0)
            return
        sizes = [extent + one.reach - 1 for extent, one in zip(extents, windows)]
        plane = scratch.empty("planes", (*sizes, len(gradient)))
        plane.fill(0)
        (down, rows), (across, columns) = (
            _spread(one.before, window.stride, count, size)
            for one, window, count, size in zip(back, windows, gradient.shape[2:], sizes, strict=True)
        )
        plane[down, across] = source[:, channel][rows, columns]
        filtered = _filtered(plane, turned, 0.0)
        target[:, channel] = filtered[: extents[0], : extents[1]]

    pool.each(work, range(len(kernel)))
    return x


def channels_kernel_gradient(
    gradient: Array, x: Array, size: tuple[int, int], windows: Windows, border: Border, value: float
) -> Array:
    """The gradient of a kernel (c, 1, *size) that slid over each channel of x (n, c, h, w) by itself.

    Some rows of the gradient times all rows that they read, one product per channel and column of the kernel: of
    every product only some diagonals are needed, and yet that is faster than a dot product for each.
    """
    if border != "constant" or value != 0:
        x, windows = _padded(x, gradient, windows, border, value)
    down, across = windows
    seeds, source = rows_first(gradient), rows_first(x)  # (h', c, w', n), (h, c, w, n)
    rows, channels, columns, _ = seeds.shape
    bands = list(pairwise([*range(0, rows, GRADIENT_ROWS), rows]))
    places = taps(across, source.shape[2], 0, columns)
    partial = np.empty((len(bands), size[1], channels, size[0]), x.dtype)

    def work(index: int) -> None:
        begin, end = bands[index]
        count = end - begin
        top, tall = begin * down.stride - down.before, (count - 1) * down.stride + down.reach
        first = max(0, top)
        last = max(first, min(len(source), top + tall))
        products = scratch.empty("products", (size[1], channels, count, tall), x.dtype)
        if last - first < tall or len(places) < size[1]:
            products.fill(0)  # of padding
        for tap in places if first < last else ():
            left = seeds[begin:end, :, tap.outputs].reshape(count, channels, -1)
            right = source[first:last, :, tap.inputs].reshape(last - first, channels, -1)
            out = products[tap.index, :, :, first - top : last - top]
            np.matmul(left.transpose(1, 0, 2), right.transpose(1, 2, 0), out=out)  # (c, h', h)
        column, every, one, other = products.strides
        shape = count, size[1], channels, size[0]
        strides = one + down.stride * other, column, every, down.dilation * other
        np.ndarray(shape, products.dtype, products, 0, strides).sum(0, out=partial[index])

    pool.each(work, range(len(bands)))
    return np.asarray(partial.sum(0).transpose(1, 2, 0)[:, None])


def _padded(
    x: Array, gradient: Array, windows: Windows, border: Border, value: float
) -> tuple[Array, Windows]:
    """The maps with what stands outside of them, as far as windows reach, and the windows that slide over those."""
    down, across = windows
    height, width = (
        (count - 1) * one.stride + one.reach for count, one in zip(gradient.shape[2:], windows, strict=True)
    )
    padded = empty_maps(len(x), x.shape[1], height, width, x.dtype)
    planes = rows_first(padded).transpose(1, 0, 2, 3)
    padded_planes(planes, rows_first(x), -down.before, across.before, border, value)
    return padded, (replace(down, before=0, after=0), replace(across, before=0, after=0))


def _filtering(
    source: Array, target: Array, windows: Windows, border: Border, value: float
) -> Callable[[int, Array, float], object]:
    """What filters a channel of `source` (h, c, w, n) with a kernel without gaps, plus an offset, into `target`."""
    down, across = windows
    rows, _, columns, batch = target.shape
    is_plain = border == "constant" and value == 0 and down.stride == across.stride == 1
    if (
        is_plain
        and target.shape == source.shape
        and down.before < down.reach
        and across.before < across.reach
    ):
        anchor = across.before, down.before
        images, results = (one[..., 0] if batch == 1 else one for one in (source, target))

        def as_it_lies(channel: int, kernel: Array, offset: float) -> None:
            cv2.filter2D(
                images[:, channel], -1, kernel, results[:, channel], anchor, offset, cv2.BORDER_CONSTANT
            )

        return as_it_lies
    height = (rows - 1) * down.stride + down.reach
    width = (columns - 1) * across.stride + across.reach
    down_steps = slice(0, (rows - 1) * down.stride + 1, down.stride)
    across_steps = slice(0, (columns - 1) * across.stride + 1, across.stride)

    def padded(channel: int, kernel: Array, offset: float) -> None:
        plane = scratch.empty("planes", (height, width, batch))
        padded_planes(plane[None], source[:, channel, None], -down.before, across.before, border, value)
        np.copyto(target[:, channel], _filtered(plane, kernel, offset)[down_steps, across_steps])

    return padded


def _filtered(plane: Array, kernel: Array, offset: float) -> Array:
    """A padded plane (h, w, n) correlated with a kernel; what windows that reach beyond it find is of no use."""
    result = scratch.empty("filtered", plane.shape)
    image, out = (one[:, :, 0] if one.shape[2] == 1 else one for one in (plane, result))
    cv2.filter2D(image, -1, kernel, out, (0, 0), offset, cv2.BORDER_CONSTANT)
    return result


def _with_gaps(kernel: Array, windows: Windows) -> Array:
    """The kernels (c, kh, kw) with zeros between their places where they are dilated."""
    down, across = windows
    if down.dilation == across.dilation == 1:
        return kernel
    grown = np.zeros((len(kernel), down.reach, across.reach), kernel.dtype)
    grown[:, :: down.dilation, :: across.dilation] = kernel
    return grown


def _spread(before: int, stride: int, count: int, size: int) -> tuple[slice, slice]:
    """Where `count` values that lie `stride` apart fall on an axis of `size` after `before` zeros, and which do."""
    fitting = min(count, (size - 1 - before) // stride + 1)
    return slice(before, before + (fitting - 1) * stride + 1, stride), slice(0, fitting)


def _is_finite(x: Array) -> bool:
    """Whether there is neither infinity nor NaN; values whose squares overflow count as infinite."""
    lines = rows_first(x).reshape(-1)
    return bool(np.isfinite(np.dot(lines, lines)))

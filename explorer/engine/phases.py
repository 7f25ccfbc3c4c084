"""The transpose of a correlation with strides, taken apart: outputs a stride apart are a correlation of their own.

A stride of 2 x 2 makes four phases of outputs, and the places of the kernel fall into four kernels: every output
hears of the places of its phase only (Dumoulin & Visin 2016, section 4.4, without the zeros between the inputs).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.engine.correlation import correlate
from explorer.engine.geometry import Window
from explorer.engine.kernel_weights import exchanged
from explorer.engine.layer import Array
from explorer.engine.memory import copy_pixels, empty_maps, rows_first
from explorer.engine.pool import pool

Windows = tuple[Window, Window]

FEWEST = 16  # channels: with fewer, products by the columns of the kernel (correlate_transposed) are larger, and faster


@dataclass(frozen=True)
class Phase:
    """Every `stride`-th output along an axis: which ones, which places of the kernel, and how those slide over y."""

    outputs: slice
    places: slice  # in rising order; what slides is turned
    window: Window
    is_reached: bool  # else no place of the kernel ever falls on these outputs


def phases(window: Window, count: int, extent: int) -> list[Phase]:
    """The phases of an axis of `extent` outputs that `window` slid over, giving `count` values."""
    found = []
    for first in range(min(window.stride, extent)):
        shift, place = divmod(first + window.before, window.stride)
        size = len(range(place, window.size, window.stride))
        outputs = len(range(first, extent, window.stride))
        before = size - 1 - shift
        after = outputs - count - before + size - 1
        found.append(
            Phase(
                slice(first, None, window.stride),
                slice(place, None, window.stride),
                Window(max(1, size), before=before, after=after),
                size > 0,
            )
        )
    return found


def has_phases(kernel: Array, windows: Windows) -> bool:
    """Whether the transpose of a correlation is worth taking apart: strides, no gaps, and not too few channels."""
    down, across = windows
    has_gaps = down.dilation > 1 or across.dilation > 1
    return max(down.stride, across.stride) > 1 and not has_gaps and kernel.shape[1] >= FEWEST


def correlate_by_phases(
    y: Array,
    kernel: Array,
    windows: Windows,
    extents: tuple[int, int],
    groups: int = 1,
    bias: Array | None = None,
) -> Array:
    """Every value of y (n, k, h', w') times the kernel (k, c / groups, kh, kw), added up where the kernel read.

    Gives (n, c, *extents); a `bias` (c) is added.
    """
    weights = exchanged(kernel, groups)  # (c, k / groups, kh, kw)
    x = empty_maps(len(y), len(weights), *extents, y.dtype)
    down, across = (
        phases(window, count, extent)
        for window, count, extent in zip(windows, y.shape[2:], extents, strict=True)
    )
    for row in down:
        for column in across:
            target = x[:, :, row.outputs, column.outputs]
            if not (row.is_reached and column.is_reached):
                target[...] = 0 if bias is None else bias[:, None, None]
                continue
            turned = weights[:, :, row.places, column.places][:, :, ::-1, ::-1]
            picked = np.ascontiguousarray(turned)
            if len(across) == 1:
                correlate(y, picked, bias, (row.window, column.window), groups, y=target)
                continue
            _interleave(target, correlate(y, picked, bias, (row.window, column.window), groups))
    return x


def _interleave(target: Array, found: Array) -> None:
    """target[...] = found, both maps; the columns of the target lie apart."""
    out, source = rows_first(target), rows_first(found)
    half = -(-len(out) // 2)

    def work(first: int) -> None:
        copy_pixels(out[first : first + half], source[first : first + half])

    pool.each(work, range(0, len(out), half))

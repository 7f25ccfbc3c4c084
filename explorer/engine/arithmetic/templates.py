"""A patch of an image as a kernel, and where its pattern is found again (template matching)."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from explorer.engine.arithmetic.regions import Range
from explorer.engine.correlation import correlate
from explorer.engine.geometry import Border, Window, border_index
from explorer.engine.kernel_limits import KernelError, check_size, size_text
from explorer.engine.kernel_operations import centre
from explorer.engine.layer import Array
from explorer.engine.reduction import reduce_windows

FLAT = 1e-6  # of a patch's values: smaller differences are noise of rounding, and no pattern


class Place(NamedTuple):
    """Where a pattern is found: the pixel in the middle of the window (of two the earlier), and how strongly."""

    row: int
    column: int
    strength: float


def patch_kernel(image: Array, rows: Range, columns: Range) -> Array:
    """The patch of an image (channels, height, width) as a kernel (channels, kh, kw), of mean 0 and length 1.

    `rows` and `columns` are the first and one past the last. Every channel's mean is taken off, so that neither
    brightness nor tint counts but the pattern; the whole is then divided by its length. Raises KernelError where the
    patch does not lie in the image, is larger than a kernel can be, or is the same everywhere.
    """
    height, width = image.shape[1:]
    (top, bottom), (left, right) = rows, columns
    if not (0 <= top < bottom <= height and 0 <= left < right <= width):
        raise KernelError(
            f"The patch, rows {top} to {bottom - 1} and columns {left} to {right - 1}, does not lie in the image of "
            f"{size_text(height, width)}. Draw it inside."
        )
    check_size(bottom - top, right - left)
    patch = np.asarray(image[:, top:bottom, left:right], np.float64)
    if not np.isfinite(patch).all():
        raise KernelError("The patch holds values that are not finite. Choose another place.")
    centred = patch - patch.mean(axis=(1, 2), keepdims=True)
    length = math.sqrt(float(np.square(centred).sum()))
    if length <= FLAT * max(1.0, float(np.abs(patch).max())):
        raise KernelError(
            "The patch is the same everywhere: there is no pattern in it. Choose another place."
        )
    return np.asarray(centred / length, np.float32)


def match_map(image: Array, kernel: Array, border: Border = "replicate") -> Array:
    """How well the pattern of a `patch_kernel` (channels, kh, kw) fits around every pixel: (height, width), -1 to 1.

    The correlation divided by the length of what lies under the kernel, its means taken off (normalised cross-
    correlation): strong contrast alone does not win. Where the image is flat, it is 0.
    """
    size = kernel.shape[1:]
    x = np.asarray(image, np.float32)[None]
    # Less its mean: that saves digits below.
    x = _bordered(x - x.mean(axis=(2, 3), keepdims=True), size, border)
    down, across = Window(size[0]), Window(size[1])
    answer = correlate(x, np.asarray(kernel, np.float32)[None], None, (down, across))[0, 0].astype(np.float64)
    sums = reduce_windows(x, (down, across), np.add)[0].astype(np.float64)
    squares = reduce_windows(x, (down, across), np.add, before=np.square)[0].astype(np.float64)
    energy = (squares - sums**2 / math.prod(size)).sum(0)
    smallest = FLAT * max(1e-12, float(squares.sum(0).max()))
    fits = np.divide(
        answer, np.sqrt(np.maximum(energy, smallest)), out=np.zeros_like(answer), where=energy > smallest
    )
    return np.asarray(np.clip(fits, -1, 1), np.float32)


def _bordered(x: Array, size: tuple[int, ...], border: Border) -> Array:
    """Maps (batch, channels, height, width) with what a window of this size reads around them."""
    for axis, side in enumerate(size):
        extent = x.shape[axis + 2]
        sources = border_index(np.arange(-centre(side), extent + side - 1 - centre(side)), extent, border)
        x = x.take(sources, axis=axis + 2)
        x[(slice(None),) * (axis + 2) + (sources < 0,)] = 0
    return x


def best_place(map: Array) -> Place:
    """The pixel of a map (height, width) with the largest value, the first of equal ones."""
    row, column = (int(one) for one in np.unravel_index(int(np.nanargmax(map)), map.shape))
    return Place(row, column, float(map[row, column]))

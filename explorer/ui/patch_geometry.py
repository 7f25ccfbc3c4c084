"""Where a patch lies: the rectangle that was drawn, its pixels in a dilated kernel, and its place in the output."""

from __future__ import annotations

import numpy as np

from explorer.engine.kernel_limits import LARGEST_SIDE
from explorer.engine.kernel_operations import centre
from explorer.engine.layer import Array
from explorer.engine.network import Network


def pixel_over(
    network: Network, name: str, at: tuple[int, int], sides: tuple[int, int]
) -> tuple[int, int] | None:
    """The pixel of the layer's maps whose window lies over the pattern of these sides around a pixel."""
    report, layer = network.reports[name], network[name].layer
    windows = layer.windows(report.input_shapes) if report.shape is not None else None
    if windows is None or report.shape is None:
        return None
    place = []
    for middle, side, window, extent in zip(at, sides, windows, report.shape[1:], strict=True):
        index = round((middle - centre(side) + window.before) / window.stride)
        place.append(min(max(index, 0), extent - 1))
    return place[0], place[1]


def side_drawn(start: int, moved: int, extent: int) -> tuple[int, int]:
    """First pixel and number of pixels of a side that was drawn from `start`, within the picture and a kernel."""
    end = min(max(start + moved, 0), extent - 1)
    size = min(abs(end - start) + 1, LARGEST_SIDE)
    return (start if end >= start else start - size + 1), size


def thinned(kernel: Array, dilation: tuple[int, ...]) -> Array:
    """Of a dilated layer every n-th pixel of the pattern, with its length made 1 again."""
    if set(dilation) == {1}:
        return kernel
    taken = kernel[:, :: dilation[0], :: dilation[1]]
    taken = taken - taken.mean(axis=(1, 2), keepdims=True)
    length = float(np.sqrt(np.square(taken).sum()))
    return np.asarray(taken / length if length else taken, np.float32)


def is_within(rect: tuple[int, int, int, int], rows: int, columns: int) -> bool:
    """Whether a rectangle (top, left, height, width) lies within a map of so many rows and columns."""
    top, left, height, width = rect
    return top + height <= rows and left + width <= columns

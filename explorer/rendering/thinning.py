"""Thinning of long curves: a few points per pixel look like all of them.

Points are taken together in groups whose borders stand at fixed numbers, so that nothing flickers while a curve
grows or is moved.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


class Points(NamedTuple):
    """Places of a line that is to be drawn, from left to right."""

    x: Values
    y: Values


def visible(x: NDArray[np.floating], low: float, high: float) -> slice:
    """Which points of ascending `x` lie between two values, with a neighbour on either side."""
    first, last = np.searchsorted(x, (low, high), side="left")
    return slice(max(0, int(first) - 1), min(len(x), int(last) + 1))


def group_size(count: int, columns: int) -> int:
    """How many of `count` points are taken together for so many pixel columns: a power of two, 1 where they fit."""
    return 1 << max(0, -(-count // max(1, columns)) - 1).bit_length()


def extremes(x: NDArray[np.floating], y: NDArray[np.floating], part: slice, columns: int) -> Points:
    """The least and the greatest value of every group: nothing sticks out that is not there, no peak is lost."""
    size, part = _aligned(len(x), part, columns)
    if size == 1:
        return _numbers(x[part], y[part])
    left, groups = _grouped(x, y, part, size)
    pairs = np.stack([np.fmin.reduce(groups, axis=1), np.fmax.reduce(groups, axis=1)], axis=1)
    return _numbers(left.repeat(2), pairs.ravel())


def ends(x: NDArray[np.floating], y: NDArray[np.floating], part: slice, columns: int) -> Points:
    """Every group's last point: enough for a curve that is smooth already."""
    size, part = _aligned(len(x), part, columns)
    if size == 1:
        return _numbers(x[part], y[part])
    last = np.minimum(np.arange(part.start, part.stop, size) + size, part.stop) - 1
    return _numbers(x[last], y[last])


def _aligned(length: int, part: slice, columns: int) -> tuple[int, slice]:
    size = group_size(part.stop - part.start, columns)
    first, last = part.start // size * size, -(-part.stop // size) * size
    return size, slice(first, min(length, last))


def _grouped(
    x: NDArray[np.floating], y: NDArray[np.floating], part: slice, size: int
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """The middle x of every group, and the groups (group, size); the last one is filled up with its last value."""
    values = y[part]
    missing = -len(values) % size
    if missing:
        values = np.concatenate([values, np.full(missing, values[-1])])
    middles = np.minimum(np.arange(part.start, part.stop, size) + size // 2, part.stop - 1)
    return x[middles], values.reshape(-1, size)


def _numbers(x: NDArray[np.floating], y: NDArray[np.floating]) -> Points:
    known = np.isfinite(y)
    if known.all():
        return Points(np.asarray(x, np.float64), np.asarray(y, np.float64))
    return Points(np.asarray(x[known], np.float64), np.asarray(y[known], np.float64))

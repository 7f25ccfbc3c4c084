"""Every activation as flat maps: signals are maps of one row, volumes show their slices below each other."""

from __future__ import annotations

import numpy as np

from explorer.engine.layer import Array, Shape


def is_list(activation: Array) -> bool:
    """Whether an activation is a list of features, without maps."""
    return activation.ndim == 2


def flat_maps(activation: Array) -> Array:
    """Sample 0 of an activation as (channel, height, width), a view where that is possible."""
    sample: Array = activation[0]
    channels, *sizes = sample.shape
    if len(sizes) < 2:
        sample = sample.reshape(channels, 1, -1)  # (c, 1, w)
    elif len(sizes) > 2:
        sample = sample.reshape(channels, -1, sizes[-1])  # (c, d * h, w)
    return sample


def flat_shape(shape: Shape) -> Shape:
    """The shape of the flat maps for a node's shape; that of a list stays as it is."""
    if len(shape) in (1, 3):
        return shape
    channels, *sizes = shape
    if len(sizes) == 1:
        return channels, 1, sizes[0]
    rows = 1
    for size in sizes[:-1]:
        rows *= size
    return channels, rows, sizes[-1]


def unit_at(shape: Shape, channel: int, row: int = 0, column: int = 0) -> tuple[int, ...]:
    """The unit of a node's shape that stands at a pixel of its flat map; of a list the feature.

    A pixel outside of the map is the nearest one inside.
    """
    if len(shape) == 1:
        return (min(channel, shape[0] - 1),)
    _, height, width = flat_shape(shape)
    flat = min(max(row, 0), height - 1) * width + min(max(column, 0), width - 1)
    return min(channel, shape[0] - 1), *(int(one) for one in np.unravel_index(flat, shape[1:]))


def pixel_of(shape: Shape, unit: tuple[int, ...]) -> tuple[int, int]:
    """Row and column of a unit in its flat map; (0, 0) in a list."""
    if len(shape) == 1:
        return 0, 0
    row, column = divmod(int(np.ravel_multi_index(unit[1:], shape[1:])), flat_shape(shape)[2])
    return row, column

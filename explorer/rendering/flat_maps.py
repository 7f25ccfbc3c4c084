"""Every activation as flat maps: signals are maps of one row, volumes show their slices below each other."""

from __future__ import annotations

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

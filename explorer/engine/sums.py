"""Sums over many values, split in blocks that depend on the shape only: the same whoever computes them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from explorer.engine.layer import Array
from explorer.engine.memory import BLOCK, rows_of
from explorer.engine.pool import pool


def channel_sums(term: Callable[..., Array], x: Array, *others: Array) -> Array:
    """Per channel (or feature) the sum of `term(block, *others)` over all images and pixels: (channels,).

    `x` is maps (batch, channel, height, width) or a list (batch, feature). Others of its shape are cut into
    the same blocks; vectors, of one number per channel, come in a shape that fits.
    """
    if x.ndim == 2:
        return np.asarray(term(x, *others).sum(0, dtype=np.float64), x.dtype)
    height = x.shape[2]
    step = max(1, BLOCK * height // max(1, x.size))
    starts = range(0, height, step)
    partial = np.empty((len(starts), x.shape[1]), np.float64)

    def work(index: int) -> None:
        rows = slice(starts[index], starts[index] + step)
        terms = term(*(rows_of(one, rows) for one in (x, *others)))  # (h, c, w, n)
        lines = terms.reshape(*terms.shape[:2], -1).sum(2)
        partial[index] = lines.sum(0, dtype=np.float64)

    pool.each(work, range(len(starts)))
    return np.asarray(partial.sum(0), x.dtype)


def map_sums(x: Array) -> Array:
    """The sum of every map: (batch, channel, height, width) to (batch, channel, 1, 1)."""
    lines = x.sum(3)  # (n, c, h)
    return np.asarray(lines.sum(2, dtype=np.float64), x.dtype)[:, :, None, None]

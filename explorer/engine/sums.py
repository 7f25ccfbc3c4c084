"""Sums over many values, split in blocks that depend on the shape only: the same whoever computes them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from explorer.engine.axes import as_lines
from explorer.engine.layer import Array
from explorer.engine.memory import BLOCK, blocks_of
from explorer.engine.pool import pool


def channel_sums(term: Callable[..., Array], x: Array, *others: Array) -> Array:
    """Per channel (or feature) the sum of `term(block, *others)` over all images and pixels: (channels,).

    `x` is any activation, a list (batch, feature) included. Others of its shape are cut into the same blocks;
    vectors, of one number per channel, come in a shape that fits.
    """
    if x.ndim == 2:
        return np.asarray(term(x, *others).sum(0, dtype=np.float64), x.dtype)
    rows = as_lines(x).shape[2]
    step = max(1, BLOCK * rows // max(1, x.size))
    starts = range(0, rows, step)
    sources = [blocks_of(one) for one in (x, *others)]
    partial = np.empty((len(starts), x.shape[1]), np.float64)

    def work(index: int) -> None:
        block = slice(starts[index], starts[index] + step)
        terms = term(*(source(block) for source in sources))  # (h, c, w, n)
        partial[index] = line_sums(terms)

    pool.each(work, range(len(starts)))
    return np.asarray(partial.sum(0), x.dtype)


def line_sums(block: Array) -> Array:
    """Per channel the sum of a block (rows, channels, columns, batch) of maps, in float64: (channels,)."""
    rows, channels, columns, batch = block.shape
    lines = block.reshape(rows, channels, columns * batch)
    # BLAS adds six times as fast as sum().
    return np.asarray((lines @ np.ones(lines.shape[2], lines.dtype)).sum(0, dtype=np.float64))


def itself(x: Array) -> Array:
    """A term that is the value itself."""
    return x


def sums_along(x: Array, axes: tuple[int, ...]) -> Array:
    """The sums along some axes, which stay as axes of size 1."""
    if not axes:
        return x
    lines = x.sum(axes[-1], keepdims=True)
    return np.asarray(lines.sum(axes[:-1], keepdims=True, dtype=np.float64), x.dtype)

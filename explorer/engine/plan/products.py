"""Matrix products over rows of a band, prepared once and cut into the pieces that the BLAS multiplies fastest."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.lib.stride_tricks import as_strided

from explorer.engine.layer import Array
from explorer.engine.plan.calls import Call
from explorer.engine.pool import SMALL_PRODUCT, chunk_of, has_small_product_kernel


class RowProduct:
    """`out` (..., m, line) = weights (m, k) @ windows (..., k, line), whose lines are contiguous.

    Weights of their own for everything along the axis before (m, k) come as (axis, m, k).
    """

    def __init__(self, weights: Array, windows: Array, out: Array) -> None:
        chunk = chunk_of(out.shape[-1], out.shape[-2] * windows.shape[-2])
        self.weights = weights if weights.ndim == 2 else weights[:, None]
        self.windows, self.out = (_in_pieces(one, chunk) for one in (windows, out))

    @property
    def call(self) -> Call:
        """What computes it."""
        return partial(np.matmul, self.weights, self.windows, self.out)


def _in_pieces(x: Array, chunk: int) -> Array:
    """(..., k, line) as (..., pieces, k, chunk) without copying."""
    *before, count, line = x.shape
    *steps, down, item = x.strides
    return as_strided(x, (*before, line // chunk, count, chunk), (*steps, chunk * item, down, item))


class LineProduct:
    """The sum over rows of windows (rows, taps, m, line) @ right (rows, line, k), as (taps, m, k)."""

    def __init__(self, windows: Array, right: Array) -> None:
        rows, taps, count, line = windows.shape
        filters = right.shape[2]
        piece = _piece_of(count, line * filters)
        row, tap, down, item = windows.strides
        self.windows = as_strided(
            windows,
            (rows, taps, count // piece, piece, line),
            (row, tap, piece * down, down, item),
            writeable=False,
        )
        self.right = right[:, None, None]
        self.partial = np.empty((rows, taps, count // piece, piece, filters), np.float32)
        self.sums = self.partial.reshape(rows, taps * count * filters)

    def calls(self, out: Array, add: bool) -> list[Call]:
        """What writes the sum into the vector `out`, or adds it."""
        product = partial(np.matmul, self.windows, self.right, self.partial)
        if not add:
            return [product, partial(np.add.reduce, self.sums, 0, None, out)]
        total = np.empty_like(out)
        return [product, partial(np.add.reduce, self.sums, 0, None, total), partial(np.add, out, total, out)]


def _piece_of(count: int, others: int) -> int:
    """How many of `count` rows of the left factor are best multiplied at once; each costs `others`."""
    if count * others <= SMALL_PRODUCT or not has_small_product_kernel():
        return count
    longest = SMALL_PRODUCT // max(1, others)
    pieces = (count // parts for parts in range(2, count // 16 + 1) if count % parts == 0)
    return next((piece for piece in pieces if piece <= longest and piece % 16 == 0), count)

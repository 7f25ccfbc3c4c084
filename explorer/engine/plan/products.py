"""Matrix products over rows of a band, prepared once and cut into the pieces that the BLAS multiplies fastest."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided

from explorer.engine.layer import Array
from explorer.engine.pool import SMALL_PRODUCT, chunk_of, has_small_product_kernel


class RowProduct:
    """`out` (rows, m, line) = weights (m, k) @ windows (rows, k, line), whose lines are contiguous."""

    def __init__(self, weights: Array, windows: Array, out: Array) -> None:
        chunk = chunk_of(out.shape[2], out.shape[1] * windows.shape[1])
        self.weights = weights
        self.windows, self.out = (_in_pieces(one, chunk) for one in (windows, out))

    def compute(self) -> None:
        np.matmul(self.weights, self.windows, out=self.out)


def _in_pieces(x: Array, chunk: int) -> Array:
    """(rows, k, line) as (rows, pieces, k, chunk) without copying."""
    rows, count, line = x.shape
    row, down, item = x.strides
    return as_strided(x, (rows, line // chunk, count, chunk), (row, chunk * item, down, item))


class LineProduct:
    """The sum over rows of windows (rows, m, line) @ right (rows, line, k), as (m, k)."""

    def __init__(self, windows: Array, right: Array) -> None:
        rows, count, line = windows.shape
        filters = right.shape[2]
        piece = _piece_of(count, line * filters)
        row, down, item = windows.strides
        self.windows = as_strided(
            windows, (rows, count // piece, piece, line), (row, piece * down, down, item), writeable=False
        )
        self.right = right[:, None]
        self.partial = np.empty((rows, count // piece, piece, filters), np.float32)
        self.sums = self.partial.reshape(rows, count * filters)

    def compute(self, out: Array, add: bool) -> None:
        """Write the sum into the vector `out`, or add it."""
        np.matmul(self.windows, self.right, out=self.partial)
        if add:
            np.add(out, np.add.reduce(self.sums, axis=0), out=out)
        else:
            np.add.reduce(self.sums, axis=0, out=out)


def _piece_of(count: int, others: int) -> int:
    """How many of `count` rows of the left factor are best multiplied at once; each costs `others`."""
    if count * others <= SMALL_PRODUCT or not has_small_product_kernel():
        return count
    longest = SMALL_PRODUCT // max(1, others)
    pieces = (count // parts for parts in range(2, count // 16 + 1) if count % parts == 0)
    return next((piece for piece in pieces if piece <= longest and piece % 16 == 0), count)

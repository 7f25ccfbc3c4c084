"""Work by rows: a forward pass that computes any rows of its output, alone or in a chain with what reads them.

A layer says once how rows of its output come about. Alone it computes them piece by piece; in a chain the
layers behind it compute theirs while the rows they read are still in the cache. Every row is computed by the
same operations both ways, so the numbers are the same bit for bit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import numpy as np

from explorer.engine.geometry import Window
from explorer.engine.layer import Array
from explorer.engine.memory import BLOCK, empty_activation, rows_first
from explorer.engine.pool import pool
from explorer.engine.row_work import Call, Ready, RowWork

LONG = 256  # numbers of a line that are worth a loop of their own


def computed(work: RowWork) -> Array:
    """The output with all its rows computed."""
    compute_chain([work])
    return work.output


def compute_chain(chain: Sequence[RowWork]) -> list[float]:
    """Compute all rows of all; each but the first reads the output of the one before it.

    Returns the seconds that each took: its share in the time that all took together.
    """
    started = time.perf_counter()
    if chain[0].is_whole:
        chain[0].compute(0, chain[0].rows)
        return [time.perf_counter() - started, *(compute_chain(chain[1:]) if len(chain) > 1 else ())]
    tiles = tiles_of(chain)
    shares = [[0.0] * len(chain) for _ in tiles]

    def work(index: int) -> None:
        begun = time.perf_counter()
        for place, (one, (begin, end)) in enumerate(zip(chain, tiles[index], strict=True)):
            if begin < end:
                one.compute(begin, end)
            ended = time.perf_counter()
            shares[index][place] = ended - begun
            begun = ended

    pool.each(work, range(len(tiles)))
    taken = [sum(parts) for parts in zip(*shares, strict=True)]
    share = (time.perf_counter() - started) / max(sum(taken), 1e-12)
    return [one * share for one in taken]


def tiles_of(chain: Sequence[RowWork]) -> list[tuple[tuple[int, int], ...]]:
    """The tiles in which a chain is computed: for every member the rows (first, past the last) that belong to it."""
    return list(zip(*(pairwise(marks) for marks in _marks(chain)), strict=True))


def _marks(chain: Sequence[RowWork]) -> list[list[int]]:
    """For every member at which rows its tiles begin, and its number of rows: one more than there are tiles."""
    first, last = chain[0], chain[-1]
    step = max(1, first.step * last.rows // first.rows)
    inner = [begin for begin, _ in even_spans(last.rows, step)[1:]]
    found = [[0, *inner, last.rows]]
    for one, reader in zip(reversed(chain[:-1]), reversed(chain[1:]), strict=True):
        assert reader.first_read is not None, "only what reads row by row can be computed in a chain"
        inner = [reader.first_read(mark) for mark in inner]
        found.insert(0, [0, *inner, one.rows])  # rows that nobody reads belong to the last tile
    return found


def even_spans(rows: int, step: int) -> list[tuple[int, int]]:
    """Rows (first, past the last) cut into an even number of spans of one height, of about `step` rows each.

    With five of them, one of two threads would wait while the other computes the last.
    """
    count = -(-rows // step)
    count -= count % 2 if count > 1 else 0
    return list(pairwise(rows * index // count for index in range(count + 1)))


def same_row(row: int) -> int:
    """The `first_read` and `last_read` of what computes every row from the same row."""
    return row


def first_row_read(vertical: Window, height: int) -> Callable[[int], int] | None:
    """The `first_read` of windows that slide down rows; None where they overlap."""
    if vertical.reach > vertical.stride:
        return None
    return lambda row: min(height, max(0, row * vertical.stride - vertical.before))


def last_row_read(vertical: Window, height: int) -> Callable[[int], int]:
    """The `last_read` of windows that slide down rows."""
    return lambda row: min(height, (row - 1) * vertical.stride - vertical.before + vertical.reach)


def rows_of_blocks(function: Callable[..., object], x: Array, *others: Array) -> RowWork:
    """The work of `function(block, *others' blocks, out)`, which computes every value from those at its place.

    Blocks are (rows, channels, width, batch) of maps of the shape of `x`; a vector, of one number per channel,
    comes in a shape that fits them.
    """
    output = empty_activation(len(x), x.shape[1:], x.dtype)
    target = rows_first(output)  # (h, c, w, n)
    vectors = [_line_of(one, x.shape[3], len(x)) if one.ndim == 1 else None for one in (x, *others)]
    maps = [rows_first(one) if one.ndim == 4 else one for one in (x, *others)]

    def compute(begin: int, end: int) -> None:
        blocks = (
            one[begin:end] if vector is None else vector for one, vector in zip(maps, vectors, strict=True)
        )
        function(*blocks, target[begin:end])

    def ready(begin: int, end: int) -> Ready:
        def reads(inputs: Sequence[Array]) -> list[Call]:
            rows = iter([rows_first(one)[begin:end] for one in inputs])
            blocks = (next(rows) if vector is None else vector for vector in vectors)
            return [partial(function, *blocks, target[begin:end])]

        return Ready(reads)

    step = max(1, BLOCK * len(target) // max(1, target.size))
    return RowWork(output, compute, step, same_row, ready=ready, last_read=same_row)


def _line_of(vector: Array, width: int, batch: int) -> Array:
    """A vector, of one number per channel, that fits blocks; written out where lines are short."""
    line = vector[:, None, None]  # (c, 1, 1)
    return line if width * batch >= LONG else np.repeat(line, width * batch, 1).reshape(-1, width, batch)

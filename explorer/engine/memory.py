"""How activations lie in memory: rows of pixels outermost, then channels, then columns, images innermost.

Logically an activation is (batch, channel, height, width); physically it is (height, channel, width, batch).
A block of rows is then one contiguous piece whose lines are width * batch long: long lines for one large
frame, and long lines for a batch of small images. Strided views translate between the two for free.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from explorer.engine.arena import arena
from explorer.engine.layer import Array
from explorer.engine.pool import pool

BLOCK = (
    1 << 17
)  # numbers of one block: large enough that starting it costs little, small enough for the cache


def empty_maps(batch: int, channels: int, height: int, width: int) -> Array:
    """An uninitialised activation of logical order (batch, channel, height, width)."""
    buffer = arena.empty(height * channels * width * batch)
    return buffer.reshape(height, channels, width, batch).transpose(3, 1, 0, 2)  # (n, c, h, w)


def rows_first(x: Array) -> Array:
    """The activation as (height, channel, width, batch), without copying."""
    return x.transpose(2, 1, 3, 0)  # (h, c, w, n)


def each_block(function: Callable[[Array, Array], object], x: Array) -> Array:
    """Call `function(block, out)` for pieces of `x` in memory order, shared among the compute pool.

    Returns a new array laid out as `x` is. For functions of every single value, in maps or in lists.
    """
    order = np.argsort([-stride for stride in x.strides], kind="stable")
    source: Array = x.transpose(order)
    whole = arena.empty(x.size).reshape(source.shape)
    out: Array = whole.transpose(np.argsort(order))
    target: Array = whole
    if source.flags.c_contiguous and target.flags.c_contiguous:
        source, target = source.reshape(-1), target.reshape(-1)
        step = BLOCK
    else:
        step = max(1, BLOCK * source.shape[0] // max(1, source.size))
    starts: Sequence[int] = range(0, source.shape[0], step)

    def work(start: int) -> None:
        function(source[start : start + step], target[start : start + step])

    pool.each(work, starts)
    return out


def each_channel_block(function: Callable[..., object], x: Array, *vectors: Array) -> Array:
    """Call `function(block, out, *vectors)` for blocks of whole rows of maps, or once for a list of features.

    In both, axis 1 is the channel or feature: blocks are (rows, channels, width, batch), a list is
    (batch, features). Each vector holds one number per channel and comes in a shape that fits the block.
    """
    if x.ndim == 2:
        out = np.empty(x.shape, np.float32)
        function(x, out, *vectors)
        return out
    result = empty_maps(*x.shape)
    source, target = rows_first(x), rows_first(result)  # (h, c, w, n)
    shaped = [vector[:, None, None] for vector in vectors]
    step = max(1, BLOCK * source.shape[0] // max(1, source.size))

    def work(start: int) -> None:
        function(source[start : start + step], target[start : start + step], *shaped)

    pool.each(work, range(0, source.shape[0], step))
    return result

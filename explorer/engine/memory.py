"""How activations lie in memory: rows of pixels outermost, then channels, then columns, images innermost.

Logically an activation is (batch, channel, height, width); physically it is (height, channel, width, batch).
A block of rows is then one contiguous piece whose lines are width * batch long: long lines for one large
frame, and long lines for a batch of small images. Strided views translate between the two for free.
Signals and volumes are maps in disguise (axes.py); a list lies as it reads, (batch, feature).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import DTypeLike

from explorer.engine.arena import arena
from explorer.engine.axes import as_lines, from_sheets
from explorer.engine.layer import Array, Shape
from explorer.engine.pool import pool

BLOCK = 1 << 17  # numbers of one block: enough to be worth starting, few enough for the cache


def empty_maps(batch: int, channels: int, height: int, width: int, dtype: DTypeLike = np.float32) -> Array:
    """An uninitialised activation of logical order (batch, channel, height, width)."""
    buffer = arena.empty(height * channels * width * batch, dtype)
    return buffer.reshape(height, channels, width, batch).transpose(3, 1, 0, 2)  # (n, c, h, w)


def empty_activation(batch: int, shape: Shape, dtype: DTypeLike = np.float32) -> Array:
    """An uninitialised activation (batch, *shape): a list, a signal, maps or a volume."""
    channels, *extents = shape
    match extents:
        case []:
            return np.empty((batch, channels), dtype)
        case [length]:
            return from_sheets(empty_maps(batch, channels, 1, length, dtype), 1, channels)
        case [height, width]:
            return empty_maps(batch, channels, height, width, dtype)
        case _:
            depth, height, width = extents
            return from_sheets(empty_maps(batch, depth * channels, height, width, dtype), 3, channels)


def rows_first(x: Array) -> Array:
    """The activation as (height, channel, width, batch), without copying."""
    return x.transpose(2, 1, 3, 0)  # (h, c, w, n)


def rows_in_order(x: Array) -> Array:
    """The activation as (height, channel, width, batch) in one contiguous piece; copied if it lies otherwise."""
    return np.ascontiguousarray(rows_first(x))  # (h, c, w, n)


def copy_pixels(target: Array, source: Array) -> None:
    """target[...] = source, both (..., columns, batch), where single pixels are picked out of their lines.

    All images of a pixel are moved as one item, which is up to seven times as fast for small batches.
    """
    size = source.shape[-1] * source.itemsize
    if source.shape[-1] == 1 or not source.strides[-1] == target.strides[-1] == source.itemsize:
        target[...] = source
        return
    pixel = np.dtype((np.void, size))
    target.view(pixel)[...] = source.view(pixel)


def each_block(function: Callable[..., object], x: Array, *others: Array) -> Array:
    """Call `function(block, *others' blocks, out)` for pieces of `x` in memory order, shared among the pool.

    Returns a new array laid out as `x` is; `others` are of its shape. For functions of every single value, in
    maps or in lists.
    """
    order = np.argsort([-stride for stride in x.strides], kind="stable")
    sources = [one.transpose(order) for one in (x, *others)]
    target: Array = arena.empty(x.size, x.dtype).reshape(sources[0].shape)
    out: Array = target.transpose(np.argsort(order))
    if all(one.flags.c_contiguous for one in sources):
        sources, target = [one.reshape(-1) for one in sources], target.reshape(-1)
        step = BLOCK
    else:
        step = max(1, BLOCK * len(target) // max(1, x.size))

    def work(start: int) -> None:
        rows = slice(start, start + step)
        function(*(one[rows] for one in sources), target[rows])

    pool.each(work, range(0, len(target), step))
    return out


def each_channel_block(function: Callable[..., object], x: Array, *others: Array) -> Array:
    """Call `function(block, *others, out)` for blocks of whole rows of maps, or once for a list of features.

    In both, axis 1 is the channel or feature: blocks are (rows, channels, width, batch), a list is
    (batch, features). Others of the shape of `x` come as blocks too; vectors, of one number per channel, in a
    shape that fits the block.
    """
    if x.ndim == 2:
        out = np.empty_like(x)
        function(x, *others, out)
        return out
    result = empty_activation(len(x), x.shape[1:], x.dtype)
    target = rows_first(as_lines(result))  # (h, c, w, n)
    sources = [blocks_of(one) for one in (x, *others)]
    step = max(1, BLOCK * len(target) // max(1, target.size))

    def work(start: int) -> None:
        rows = slice(start, start + step)
        function(*(source(rows) for source in sources), target[rows])

    pool.each(work, range(0, len(target), step))
    return result


def blocks_of(x: Array) -> Callable[[slice], Array]:
    """What gives blocks (rows, channels, width, batch) of an activation, or a vector in a shape that fits them."""
    if x.ndim == 1:
        vector = x[:, None, None]
        return lambda rows: vector
    lines = rows_first(as_lines(x))  # (h, c, w, n)
    return lambda rows: lines[rows]

"""Scratch paper: a buffer for every thread, for numbers that nobody needs a moment later."""

from __future__ import annotations

import math
import threading
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import DTypeLike

from explorer.engine.arena import LINE, aligned, from_line
from explorer.engine.layer import Array

MOST = 1 << 21  # numbers of a buffer that is kept; who needs more gets an array of its own


class Scratch(threading.local):
    """Buffers by what they are for; they stay in the cache from one tile to the next."""

    def __init__(self) -> None:
        self._buffers: dict[str, Array] = {}
        self._shared: WeakValueDictionary[str, Array] = WeakValueDictionary()

    def empty(self, use: str, shape: tuple[int, ...], dtype: DTypeLike = np.float32) -> Array:
        """An uninitialised array, good until the same thread asks for the same use again."""
        count = math.prod(shape)
        if count > MOST or dtype != np.float32:
            return aligned(count, dtype).reshape(shape)
        buffer = self._buffers.get(use)
        if buffer is None or len(buffer) < count:
            buffer = self._buffers[use] = aligned(count, np.float32)
        return buffer[:count].reshape(shape)

    def shared(self, use: str, shape: tuple[int, ...], dtype: DTypeLike = np.float32) -> Array:
        """The same for those who keep it: all of one use share memory, which is let go with the last of them."""
        count = math.prod(shape)
        buffer = self._shared.get(use)
        if buffer is None or len(buffer) < count + LINE or buffer.dtype != dtype:
            buffer = self._shared[use] = np.empty(count + LINE, dtype)
        return from_line(buffer, count).reshape(shape)


scratch = Scratch()

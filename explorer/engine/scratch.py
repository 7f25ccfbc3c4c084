"""Scratch paper: a buffer for every thread, for numbers that nobody needs a moment later."""

from __future__ import annotations

import math
import threading

import numpy as np
from numpy.typing import DTypeLike

from explorer.engine.arena import aligned
from explorer.engine.layer import Array

MOST = 1 << 21  # numbers of a buffer that is kept; who needs more gets an array of its own


class Scratch(threading.local):
    """Buffers by what they are for; they stay in the cache from one tile to the next."""

    def __init__(self) -> None:
        self._buffers: dict[str, Array] = {}

    def empty(self, use: str, shape: tuple[int, ...], dtype: DTypeLike = np.float32) -> Array:
        """An uninitialised array, good until the same thread asks for the same use again."""
        count = math.prod(shape)
        if count > MOST or dtype != np.float32:
            return aligned(count, dtype).reshape(shape)
        buffer = self._buffers.get(use)
        if buffer is None or len(buffer) < count:
            buffer = self._buffers[use] = aligned(count, np.float32)
        return buffer[:count].reshape(shape)


scratch = Scratch()

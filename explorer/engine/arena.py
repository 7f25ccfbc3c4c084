"""The arena: lends large buffers and takes them back when nobody refers to them any more.

A fresh array of some megabytes is mapped by the system and its pages are faulted in one by one, which costs
more than a ReLU. An activation that nobody holds leaves a buffer that the next frame can use at once. An array
that is still referred to, by a trace, a picture or a view of it, is never lent again.

All that is lent begins at a cache line: vectors that lie across two of them cost a matrix product a tenth.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import DTypeLike

from explorer.engine.layer import Array

SMALLEST = 1 << 16  # numbers; smaller arrays are left to NumPy's and the C library's own caches
LINE = 64  # bytes of a cache line
PATIENCE = 400  # loans after which a buffer that nobody asked for is given back to the system
UNUSED = 2  # references to a buffer that only the arena knows: its list and the argument of getrefcount


def _private(count: int) -> Array:
    return np.empty(count, np.float32)


class Arena:
    """Buffers by their size, each with the number of the loan in which it was last lent."""

    def __init__(self, smallest: int = SMALLEST) -> None:
        """Lends arrays of `smallest` numbers and more."""
        self._smallest = smallest
        self.new_buffer: Callable[[int], Array] = _private
        """Makes a buffer of so many numbers; another process may be able to see it."""
        self._buffers: dict[int, list[Array]] = {}
        self._last_loan: dict[int, int] = {}
        self._loans = 0
        self._lock = threading.Lock()

    def empty(self, count: int, dtype: DTypeLike = np.float32) -> Array:
        """An uninitialised one-dimensional array of `count` numbers; only large ones of float32 are lent again."""
        if count < self._smallest or dtype != np.float32:
            return aligned(count, dtype)
        with self._lock:
            self._loans += 1
            self._last_loan[count] = self._loans
            buffers = self._buffers.setdefault(count, [])
            for index in range(len(buffers)):
                if sys.getrefcount(buffers[index]) == UNUSED:
                    return from_line(buffers[index], count)
            self._give_back()
            buffers.append(self.new_buffer(count + LINE))
            return from_line(buffers[-1], count)

    def _give_back(self) -> None:
        """Forget the free buffers of sizes that nobody has asked for lately."""
        for count in [count for count, loan in self._last_loan.items() if loan < self._loans - PATIENCE]:
            # One reference more: the loop's.
            kept = [buffer for buffer in self._buffers.pop(count) if sys.getrefcount(buffer) > UNUSED + 1]
            if kept:
                self._buffers[count] = kept
            else:
                del self._last_loan[count]


def aligned(count: int, dtype: DTypeLike) -> Array:
    """An uninitialised one-dimensional array that begins at a cache line."""
    return from_line(np.empty(count + LINE, dtype), count)


def from_line(buffer: Array, count: int) -> Array:
    """The `count` numbers of a longer buffer that begin at a cache line."""
    start = -buffer.__array_interface__["data"][0] % LINE // buffer.itemsize
    return buffer[start : start + count]


arena = Arena()

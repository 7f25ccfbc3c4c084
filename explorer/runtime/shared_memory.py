"""Memory that two processes see: one of them lends arrays in it, the other one reads them where they lie.

It is a file without a name that exists only in memory and ends with the last process that has it open. Pages take
memory once they are written, and give it back when the array in them is gone.
"""

from __future__ import annotations

import mmap
import threading
import weakref
from collections import deque
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.runtime.companion import MEMORY_BYTES

PAGE = 1 << 12


class Place(NamedTuple):
    """Where an array lies and how; `offset` is that of its first element, in bytes."""

    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: str


class SharedMemory:
    """A memory file as one process sees it. One of them may `lend`, all others may only `view`."""

    def __init__(self, handle: int, *, may_lend: bool) -> None:
        """`handle` is not needed any more when this returns. Raises OSError."""
        self._map = mmap.mmap(
            handle, MEMORY_BYTES, access=mmap.ACCESS_WRITE if may_lend else mmap.ACCESS_READ
        )
        self._start: int = np.frombuffer(self._map, np.uint8, 1).__array_interface__["data"][0]
        self._free: list[tuple[int, int]] = [(0, MEMORY_BYTES)]  # begin and end, by begin
        self._left: deque[tuple[int, int]] = deque()  # what arrays left, not yet among the free
        self._lock = threading.Lock()

    def lend(self, count: int, dtype: np.typing.DTypeLike = np.float32) -> NDArray[Any]:
        """An uninitialised array of `count` numbers at the beginning of a page, in private memory if there is no room.

        Its memory is lent again when nobody refers to it any more, in this process.
        """
        size = -(-max(1, count) * np.dtype(dtype).itemsize // PAGE) * PAGE
        begin = self._take(size)
        if begin is None:
            return np.empty(count, dtype)
        array = np.frombuffer(self._map, dtype, count, begin)
        weakref.finalize(array, self._give_back, begin, begin + size).atexit = False
        return array

    def place_of(self, array: NDArray[Any]) -> Place | None:
        """Where an array lies; None if that is somewhere else, or backwards."""
        offset = array.__array_interface__["data"][0] - self._start
        if not 0 <= offset < MEMORY_BYTES or min(array.strides, default=0) < 0:
            return None
        return Place(offset, array.shape, array.strides, array.dtype.str)

    def view(self, place: Place) -> NDArray[Any]:
        """The array at a place, without copying; nobody can write into it where nothing may be lent."""
        return np.ndarray(place.shape, place.dtype, self._map, place.offset, place.strides)

    def _take(self, size: int) -> int | None:
        with self._lock:
            self._collect()
            for index, (begin, end) in enumerate(self._free):
                if end - begin >= size:
                    self._free[index] = begin + size, end
                    return begin
        return None

    def _give_back(self, begin: int, end: int) -> None:
        # May be called anywhere, also while the lock is held.
        if not self._map.closed:
            self._map.madvise(mmap.MADV_REMOVE, begin, end - begin)
            self._left.append((begin, end))

    def _collect(self) -> None:
        """Join what was left with what is free beside it."""
        if not self._left:
            return
        ranges = self._free
        while self._left:
            ranges.append(self._left.popleft())
        joined: list[tuple[int, int]] = []
        for begin, end in sorted(one for one in ranges if one[0] < one[1]):
            if joined and joined[-1][1] == begin:
                joined[-1] = joined[-1][0], end
            else:
                joined.append((begin, end))
        self._free = joined

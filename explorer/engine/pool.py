"""The compute pool: splits one layer's work into tiles that the caller and a few helper threads share."""

from __future__ import annotations

import contextvars
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import cv2
from threadpoolctl import threadpool_info, threadpool_limits

Item = TypeVar("Item")


class ComputePool:
    """Threads that work on tiles. What a tile computes must not depend on who computes it, so results are
    the same bit for bit whatever the number of threads. Work that asks for more work does that part alone."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._executor: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()
        self._thread = threading.local()

    def each(self, work: Callable[[Item], None], items: Iterable[Item]) -> None:
        """Call `work` once for every item; returns when all are done and raises the first error."""
        waiting = list(items)
        _one_blas_thread()
        if len(waiting) < 2 or self.is_sharing:
            for item in waiting:
                work(item)
            return
        shared = iter(waiting)  # next() of a list iterator is atomic under the interpreter lock

        def drain() -> None:
            self._thread.is_sharing = True
            try:
                for item in shared:
                    work(item)
            finally:
                self._thread.is_sharing = False

        helpers = [  # each in a copy of the caller's context, where NumPy keeps np.errstate
            self._helpers().submit(contextvars.copy_context().run, drain)
            for _ in range(min(self.threads, len(waiting)) - 1)
        ]
        try:
            drain()
        finally:
            for helper in helpers:  # one that never started found nothing left to do
                if not helper.cancel():
                    helper.result()

    @property
    def is_sharing(self) -> bool:
        """Whether the caller is itself at work on one of several items, with however many threads."""
        return getattr(self._thread, "is_sharing", False)

    def close(self) -> None:
        """End the helper threads; the pool starts new ones when it is used again."""
        with self._lock:
            if self._executor is not None:
                self._executor.shutdown()
                self._executor = None

    def _helpers(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._executor is None:
                self._executor = ThreadPoolExecutor(max(1, self.threads - 1), thread_name_prefix="compute")
            return self._executor


@cache
def _one_blas_thread() -> None:
    """One BLAS thread per tile, from the first one on: the tiles are the parallelism, and sums come out the same."""
    threadpool_limits(1, user_api="blas")
    cv2.setNumThreads(1)


@cache
def has_small_product_kernel() -> bool:
    """Whether the BLAS multiplies small matrices without repacking them (OpenBLAS on AVX-512 processors)."""
    small = ("SkylakeX", "Cooperlake", "Sapphirerapids")
    return any(blas.get("architecture") in small for blas in threadpool_info())


SMALL_PRODUCT = 1_000_000  # multiplications up to which that kernel was seen to be used


def chunk_of(line: int, others: int) -> int:
    """Into which pieces a matrix product of `others` x `line` multiplications is best cut along its lines."""
    if line * others <= SMALL_PRODUCT or not has_small_product_kernel():
        return line
    longest = SMALL_PRODUCT // others
    chunks = (line // pieces for pieces in range(2, line // 32 + 1) if line % pieces == 0)
    return next((chunk for chunk in chunks if chunk <= longest and chunk % 16 == 0), line)


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


pool = ComputePool(min(8, available_cores()))

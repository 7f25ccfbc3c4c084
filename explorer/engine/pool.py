"""The compute pool: splits one layer's work into tiles that the caller and a few helper threads share."""

from __future__ import annotations

import contextvars
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from queue import SimpleQueue
from typing import TypeVar

import cv2
from threadpoolctl import threadpool_info, threadpool_limits

Item = TypeVar("Item")

# Seconds after which a thread that waits for the interpreter asks for it. Python's own 5 ms are longer than most tiles:
# until then a helper that is woken too late sleeps again, and again. A step of training takes a tenth less so.
PATIENCE = 2e-4


def _nobody() -> None:
    """Nobody wants to be told."""


class _Call:
    """One call's wish for help: whoever takes it drains the call's items. The caller takes back what nobody took."""

    def __init__(self, drain: Callable[[], None]) -> None:
        context = contextvars.copy_context()  # where NumPy keeps np.errstate
        self._open: list[Callable[[], None]] = [lambda: context.run(drain)]
        self._finished = threading.Lock()
        self._finished.acquire()
        self.error: BaseException | None = None

    def answer(self) -> None:
        """Help, unless the wish was taken back."""
        try:
            drain = self._open.pop()  # atomic under the interpreter lock
        except IndexError:
            return
        try:
            drain()
        except BaseException as error:  # reaches the caller
            self.error = error
        finally:
            self._finished.release()

    def close(self) -> None:
        """Take the wish back, or wait until the help is done."""
        try:
            self._open.pop()
        except IndexError:
            self._finished.acquire()


class ComputePool:
    """Threads that work on tiles. What a tile computes must not depend on who computes it, so results are
    the same bit for bit whatever the number of threads. Work that asks for more work does that part alone."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        # Parked helpers wait here; faster than an executor.
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._helpers: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._thread = threading.local()

    def each(
        self, work: Callable[[Item], None], items: Iterable[Item], broken_off: Callable[[], object] = _nobody
    ) -> None:
        """Call `work` once for every item; returns when all are done and raises the first error.

        Where items wait for one another, `broken_off` has to end that: it is called, in the thread that took it, when
        one will not be done, because of an error or Ctrl+C.
        """
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
            except BaseException:  # Ctrl+C also comes between taking an item and beginning it
                broken_off()
                raise
            finally:
                self._thread.is_sharing = False

        calls = [_Call(drain) for _ in range(min(self.threads - self._left, len(waiting)) - 1)]
        try:
            self._wake(calls)
            drain()
        finally:
            for call in calls:
                call.close()
        for error in (call.error for call in calls):
            if error is not None:
                raise error

    @contextmanager
    def leaving(self, cores: int) -> Iterator[None]:
        """What the calling thread asks for in here is done with so many threads less, but at least by itself."""
        before = self._left
        self._thread.left = cores
        try:
            yield
        finally:
            self._thread.left = before

    @property
    def is_sharing(self) -> bool:
        """Whether the caller is itself at work on one of several items, with however many threads."""
        return getattr(self._thread, "is_sharing", False)

    @property
    def _left(self) -> int:
        """How many threads less the calling thread asks for."""
        return getattr(self._thread, "left", 0)

    def close(self) -> None:
        """End the helper threads; the pool starts new ones when it is used again."""
        with self._lock:
            for _ in self._helpers:
                self._calls.put(None)
            for helper in self._helpers:
                helper.join()
            self._helpers.clear()

    def _wake(self, calls: list[_Call]) -> None:
        if calls and len(self._helpers) < self.threads - 1:
            with self._lock:
                sys.setswitchinterval(min(sys.getswitchinterval(), PATIENCE))
                while len(self._helpers) < self.threads - 1:
                    name = f"compute-{len(self._helpers)}"
                    self._helpers.append(threading.Thread(target=self._help, name=name, daemon=True))
                    self._helpers[-1].start()
        for call in calls:
            self._calls.put(call)

    def _help(self) -> None:
        while (call := self._calls.get()) is not None:
            call.answer()
            del call  # while it is parked, a helper holds on to nothing


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
    chunks = [line // pieces for pieces in range(2, line // 32 + 1) if line % pieces == 0]
    fitting = [chunk for chunk in chunks if chunk <= longest and chunk % 16 == 0]
    # Multiples of 32 suit the kernel a tenth better than 48, 80 or 112.
    return max(fitting, key=lambda chunk: (chunk % 32 == 0, chunk), default=line)


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


pool = ComputePool(min(8, available_cores()))

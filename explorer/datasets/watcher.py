"""Somebody who waits for a data set: told how far it is, and asked whether it is still wanted."""

from __future__ import annotations

import time
from collections.abc import Callable

from explorer.datasets.dataset import DataSetError

Progress = Callable[[str, int, int], object]
"""What is being done, how much of it is done, and of how much (0: nobody knows)."""
INTERVAL_S = 0.05  # a person sees no more


class Cancelled(DataSetError):
    """It is no longer wanted; what was under way has been left in good order."""


class Watcher:
    """Passes on how far the work is, some twenty times a second, and stops it when it is cancelled."""

    def __init__(self, progress: Progress | None = None, cancelled: Callable[[], bool] | None = None) -> None:
        self._progress = progress or (lambda what, done, total: None)
        self._cancelled = cancelled or (lambda: False)
        self._due = 0.0
        self._what = ""

    def tell(self, what: str, done: int, total: int = 0) -> None:
        """So much of it is done. Raises Cancelled."""
        if self._cancelled():
            raise Cancelled(f"{what} was cancelled.")
        now = time.perf_counter()
        if now >= self._due or what != self._what or done == total:
            self._due, self._what = now + INTERVAL_S, what
            self._progress(what, done, total)

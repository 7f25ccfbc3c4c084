"""Errands: work that takes longer than a blink, done in a thread of its own, one piece after the other."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)

Work = Callable[[], object]
Then = Callable[[object], object]


@dataclass(eq=False)
class Errand:
    """A piece of work under way; `cancel` makes its result be dropped."""

    label: str
    work: Work
    then: Then
    result: object = None
    failure: Exception | None = None
    is_cancelled: bool = False

    def cancel(self) -> None:
        """Nobody waits for it any more. What has begun is finished, and its result dropped."""
        self.is_cancelled = True


class Errands:
    """Runs errands in the order in which they were given; `fetch` gives back those that are done."""

    def __init__(self) -> None:
        self.told: Callable[[], object] = lambda: None
        """Called after an errand was done, in the thread that did it."""
        self._given: queue.SimpleQueue[Errand | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Errand] = queue.SimpleQueue()
        self._open: list[Errand] = []
        self._thread: threading.Thread | None = None

    @property
    def under_way(self) -> list[Errand]:
        """The errands that are waiting or being done."""
        return [errand for errand in self._open if not errand.is_cancelled]

    def give(self, label: str, work: Work, then: Then) -> Errand:
        """Have `work` done; `then` is for whoever fetches the result."""
        errand = Errand(label, work, then)
        self._open.append(errand)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="explorer-errands", daemon=True)
            self._thread.start()
        self._given.put(errand)
        return errand

    def fetch(self) -> Errand | None:
        """An errand that is done, or None."""
        try:
            errand = self._done.get_nowait()
        except queue.Empty:
            return None
        self._open.remove(errand)
        return errand

    def stop(self) -> None:
        """Finish what is being done, forget the rest, and wait for the thread to end."""
        for errand in self._open:
            errand.cancel()
        if self._thread is not None:
            self._given.put(None)
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while (errand := self._given.get()) is not None:
            if not errand.is_cancelled:
                self._do(errand)
            self._done.put(errand)
            self.told()

    @staticmethod
    def _do(errand: Errand) -> None:
        try:
            errand.result = errand.work()
        except Exception as error:  # whoever fetches it decides whether that was to be expected
            errand.failure = error

"""Errands: work that takes longer than a blink, done in another thread, one piece after the other.

What may take minutes (a download, an assessment) is an errand of its own thread: it tells how far it is, is asked
whether it is still wanted, and nobody waits behind it.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from explorer.runtime.telling import Told, nobody, tell

log = logging.getLogger(__name__)

Work = Callable[[], object]
LongWork = Callable[["Errand"], object]
Then = Callable[[object], object]
LONGEST_JOIN_S = 2.0  # a connection that is being opened cannot be given up any sooner than its time-out


class Progress(NamedTuple):
    """What is being done, how much of it is done, and of how much (0: nobody knows)."""

    what: str = ""
    done: int = 0
    total: int = 0


NOTHING_YET = Progress()


@dataclass(eq=False)
class Errand:
    """A piece of work under way; `cancel` makes its result be dropped."""

    label: str
    work: Work
    then: Then
    result: object = None
    failure: Exception | None = None
    is_cancelled: bool = False
    progress: Progress = NOTHING_YET
    told: Told = nobody

    def tell(self, what: str, done: int, total: int = 0) -> None:
        """The work is so far; called in the thread that does it."""
        self.progress = Progress(what, done, total)
        tell(self.told)

    def wants_no_more(self) -> bool:
        """What long work asks now and then: whether it was cancelled."""
        return self.is_cancelled

    def cancel(self) -> None:
        """Nobody waits for it any more. What has begun is finished or gives up, and its result is dropped."""
        self.is_cancelled = True


class Errands:
    """Runs errands in the order in which they were given; `fetch` gives back those that are done."""

    def __init__(self) -> None:
        self.told: Told = nobody
        """Called after an errand was done, in the thread that did it."""
        self._given: queue.SimpleQueue[Errand | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Errand] = queue.SimpleQueue()
        self._open: list[Errand] = []
        self._thread: threading.Thread | None = None
        self._alone: list[threading.Thread] = []

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

    def give_alone(self, label: str, work: LongWork, then: Then) -> Errand:
        """Have long work done in a thread of its own; `work` is handed the errand, to tell and to ask."""
        errand = Errand(label, lambda: work(errand), then, told=self.told)
        self._open.append(errand)
        thread = threading.Thread(
            target=self._do_alone, args=(errand,), name="explorer-long-errand", daemon=True
        )
        self._alone = [*(one for one in self._alone if one.is_alive()), thread]
        thread.start()
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
        """Finish what is being done, forget the rest, and wait for the threads to end."""
        self.told = nobody  # a thread that outlives this tells no window that is gone
        for errand in self._open:
            errand.cancel()
            errand.told = nobody
        if self._thread is not None:
            self._given.put(None)
            self._thread.join()
            self._thread = None
        for thread in self._alone:
            thread.join(LONGEST_JOIN_S)

    def _run(self) -> None:
        while (errand := self._given.get()) is not None:
            if not errand.is_cancelled:
                self._do(errand)
            self._done.put(errand)
            tell(self.told)

    def _do_alone(self, errand: Errand) -> None:
        self._do(errand)
        self._done.put(errand)
        tell(self.told)

    @staticmethod
    def _do(errand: Errand) -> None:
        try:
            with np.errstate(all="ignore"):  # NaN and infinity are shown as the engine has them
                errand.result = errand.work()
        except Exception as error:  # whoever fetches it decides whether that was to be expected
            errand.failure = error

"""How often something may be shown, so that showing it takes a small share of the time only."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer


class Pace:
    """Measures what a showing costs, from its beginning until everything it led to has been painted.

    What counts is the work of the window's thread: how long it waited for a processor that others use does not.
    """

    def __init__(self, owner: QObject, *, share: float, least_s: float, most_s: float) -> None:
        self._owner = owner
        self._share, self._least_s, self._most_s = share, least_s, most_s
        self._due = 0.0

    @property
    def is_due(self) -> bool:
        """Whether it may be shown again."""
        return time.perf_counter() >= self._due

    def begin(self) -> None:
        """Something is being shown now."""
        started = time.perf_counter()
        worked = time.thread_time()
        self._due = started + self._least_s

        def measure() -> None:
            cost = time.thread_time() - worked
            self._due = started + min(max(self._least_s, cost / self._share), self._most_s)

        def wait() -> None:  # a scene of graphics asks for its painting one turn later than a widget
            QTimer.singleShot(0, self._owner, measure)

        QTimer.singleShot(0, self._owner, wait)

"""The clock of the GUI thread: lets the panels fetch what is new, sixty times a second at most, else it sleeps."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

PATIENCE_MS = (
    40  # for a frame, whose maps follow it: to tick for both would make the maps wait for the next tick
)
INTERVAL_MS = 16  # between two ticks at least: 60 paintings per second


class Clock(QObject):
    """Ticks once for every time it was woken, but never faster than the interval. A test calls `tick()` by hand."""

    ticked = Signal()
    _rang = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._last_tick = 0.0
        self._is_stopped = False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.tick)
        self._rang.connect(self.wake, Qt.ConnectionType.QueuedConnection)

    @property
    def is_running(self) -> bool:
        """Whether a tick will come by itself."""
        return self._timer.isActive()

    @Slot(int)
    def wake(self, patience_ms: int = 0) -> None:
        """Something new lies ready or was asked for: tick as soon as the rate allows, or as patience ends."""
        if self._is_stopped:
            return
        since_ms = (time.perf_counter() - self._last_tick) * 1000
        wait_ms = max(0, round(INTERVAL_MS - since_ms), patience_ms)
        if not self._timer.isActive() or self._timer.remainingTime() > wait_ms:
            self._timer.start(wait_ms)

    def ring(self) -> None:
        """The same as `wake`, from any thread."""
        self._rang.emit(0)

    def ring_softly(self) -> None:
        """Something lies ready that is best fetched with what it will lead to, if that comes soon. From any thread."""
        self._rang.emit(PATIENCE_MS)

    def stop(self) -> None:
        """No more ticks, whoever wakes it."""
        self._is_stopped = True
        self._timer.stop()

    def tick(self) -> None:
        """Let everybody fetch what is new."""
        self._last_tick = time.perf_counter()
        self.ticked.emit()

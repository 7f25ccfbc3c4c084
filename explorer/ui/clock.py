"""The clock of the GUI thread: fetches what is new at a fixed rate, and stands still when nothing can come."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

INTERVAL_MS = 16  # 60 paintings per second


class Clock(QObject):
    """Ticks while somebody is busy. `wake()` starts it; it stops by itself after a tick in which nobody is.

    A test calls `tick()` by hand.
    """

    ticked = Signal()

    def __init__(self, is_busy: Callable[[], bool]) -> None:
        super().__init__()
        self._is_busy = is_busy
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.tick)

    @property
    def is_running(self) -> bool:
        """Whether ticks come by themselves."""
        return self._timer.isActive()

    def wake(self) -> None:
        """Something was asked for: tick until it has come."""
        if not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        """No more ticks."""
        self._timer.stop()

    def tick(self) -> None:
        """Let everybody fetch what is new."""
        self.ticked.emit()
        if not self._is_busy():
            self._timer.stop()

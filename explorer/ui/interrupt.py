"""Ctrl-C in the terminal and a polite kill: they reach Qt's event loop, which sleeps where Python cannot see them."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QSocketNotifier

SIGNALS = signal.SIGINT, signal.SIGTERM


class Interrupts:
    """Calls `interrupted` in the GUI thread when a signal comes, from `listen` to `stop`."""

    def __init__(self, interrupted: Callable[[], object]) -> None:
        self._interrupted = interrupted
        self._ours, self._pythons = socket.socketpair()
        for end in (self._ours, self._pythons):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._take)
        self._before: dict[signal.Signals, object] = {}

    def listen(self) -> None:
        """Take over the signals. Only the main thread can."""
        self._wakeup_before = signal.set_wakeup_fd(self._pythons.fileno(), warn_on_full_buffer=False)
        for number in SIGNALS:
            self._before[number] = signal.signal(number, _wait_for_qt)

    def stop(self) -> None:
        """Give the signals back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._wakeup_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._ours.close()
        self._pythons.close()

    def _take(self) -> None:
        self._ours.recv(64)
        self._interrupted()


def _wait_for_qt(number: int, frame: FrameType | None) -> None:
    """The byte that Python has written into the socket wakes the event loop."""

"""An application that knows how long every event took, and tells what was painted."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget


class MeteredApplication(QApplication):
    """Counts the milliseconds of every event, and calls `painted` with each widget that has been painted."""

    def __init__(self) -> None:
        super().__init__(["benchmark"])
        self.durations_ms: list[float] = []
        self.painted: Callable[[QWidget], None] = lambda widget: None

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        started = time.perf_counter()
        result = super().notify(receiver, event)
        self.durations_ms.append((time.perf_counter() - started) * 1000)
        if isinstance(event, QPaintEvent) and isinstance(receiver, QWidget):  # asking its type costs 3 µs
            self.painted(receiver)
        return result

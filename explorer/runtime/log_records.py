"""What was logged lately, by any thread, until somebody fetches it."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_WAITING = 2000  # the oldest go first
DETAILS = logging.Formatter()


@dataclass(frozen=True)
class LogEntry:
    """One thing that was said or logged. `level` is one of logging's numbers, `moment` in seconds since 1970."""

    level: int
    text: str
    origin: str = ""  # the module, such as 'runtime.capture'; empty for what the program said to the person
    thread: str = ""
    moment: float = field(default_factory=time.time)

    @property
    def first_line(self) -> str:
        """The text as far as it fits into a line."""
        lines = self.text.strip().splitlines() or [""]
        return lines[0] + (" …" if len(lines) > 1 else "")

    @property
    def line(self) -> str:
        """Everything, as in the log file."""
        clock = time.strftime("%H:%M:%S", time.localtime(self.moment))
        return f"{clock} {logging.getLevelName(self.level)} {self.origin} {self.text}".replace("  ", " ")


class LogRecords(logging.Handler):
    """Keeps the newest records until they are taken; `told` is called, from any thread, when one has come."""

    def __init__(self, told: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self.told = told
        self._waiting: deque[LogEntry] = deque(maxlen=MOST_WAITING)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record; a log must never break what logs."""
        try:
            text = record.getMessage()
            if record.exc_info:
                text = f"{text}\n{DETAILS.formatException(record.exc_info)}"
            entry = LogEntry(
                record.levelno,
                text,
                record.name.removeprefix("explorer."),
                record.threadName or "",
                record.created,
            )
            self._waiting.append(entry)
            self.told()
        except Exception:
            self.handleError(record)

    def take(self) -> list[LogEntry]:
        """The records that have come since the last call, oldest first."""
        taken: list[LogEntry] = []
        while self._waiting:  # 'append' and 'popleft' of a deque are safe from two threads
            taken.append(self._waiting.popleft())
        return taken

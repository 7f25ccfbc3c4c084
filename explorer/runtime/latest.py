"""A mailbox that holds one letter: the newest."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

from explorer.runtime.telling import Told, nobody, tell

T = TypeVar("T")


class Latest(Generic[T]):
    """Hands the newest letter from thread to thread; one that nobody fetched is replaced, never queued."""

    def __init__(self) -> None:
        self.told: Told = nobody
        """Called after a letter was put in, in the thread that put it: whoever fetches letters may be asleep."""
        self._changed = threading.Condition()
        self._letter: T | None = None

    def put(self, letter: T) -> None:
        """Put a letter in, in place of the one that lies there."""
        with self._changed:
            self._letter = letter
            self._changed.notify_all()
        tell(self.told)

    def take(self) -> T | None:
        """Take the letter out, or None if there is none."""
        with self._changed:
            letter, self._letter = self._letter, None
            self._changed.notify_all()
            return letter

    def peek(self) -> T | None:
        """Look at the letter and leave it where it is."""
        with self._changed:
            return self._letter

    def wait(self, timeout: float | None = None) -> bool:
        """Sleep until a letter lies there; False if none came within `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._letter is not None, timeout)

    def wait_until_taken(self, timeout: float | None = None) -> bool:
        """Sleep until no letter lies there; False if one still does after `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._letter is None, timeout)

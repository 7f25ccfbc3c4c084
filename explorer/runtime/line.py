"""A line to a companion: what is said goes there in order, and nobody waits while it is on its way."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from explorer.runtime.companion import Companion
from explorer.runtime.parcel import Parcel, receive, send, unpack

log = logging.getLogger(__name__)


class Line:
    """Starts the companion in a thread of its own, sends what is said in that one, and listens in another one.

    `heard` is called with what comes from there, and `lost` with the exit code when the process ended although
    nobody had ended the line; None where it could not be started.
    """

    def __init__(
        self, module: str, heard: Callable[[Line, Any], object], lost: Callable[[Line, int | None], object]
    ) -> None:
        self._module, self._heard, self._lost = module, heard, lost
        self._said: SimpleQueue[Parcel | None] = SimpleQueue()
        self._companion: Companion | None = None
        self._is_ending = False
        self._settled = threading.Event()  # whether there is a process
        self._listener = threading.Thread(target=self._listen, name="explorer-line-listener", daemon=True)
        self._speaker = threading.Thread(target=self._speak, name="explorer-line-speaker", daemon=True)
        self._speaker.start()

    @property
    def number(self) -> int | None:
        """The process's number in the system, once it has one."""
        return self._companion.number if self._companion is not None else None

    def say(self, parcel: Parcel) -> None:
        """Send a parcel when those before it have been sent."""
        self._said.put(parcel)

    def end(self) -> None:
        """End the process and the threads; not to be called in one of these."""
        self._is_ending = True
        self._said.put(None)
        self._settled.wait()
        if self._companion is not None:
            self._companion.end()
        for thread in (self._speaker, self._listener):
            if thread.is_alive():
                thread.join()

    def _speak(self) -> None:
        try:
            self._companion = companion = Companion(self._module)
            self._listener.start()
        except Exception as error:  # whatever it is: somebody may wait for the end of this
            log.warning("Another process could not be started: %s", error)
            self._settled.set()
            self._lost(self, None)
            return
        self._settled.set()
        try:
            while (parcel := self._said.get()) is not None:
                send(companion.connection, parcel)
        except OSError:
            pass  # it has ended; the listener notices, too
        except Exception:
            log.exception("Something could not be said to another process")
            companion.end()  # the listener notices; or somebody would wait for an answer

    def _listen(self) -> None:
        companion = self._companion
        assert companion is not None
        try:
            while True:
                self._heard(self, unpack(receive(companion.connection)))
        except EOFError:
            pass
        except Exception:  # it cannot be relied on any more
            log.exception("What another process said could not be understood")
        companion.end()
        self._said.put(None)
        if not self._is_ending:
            self._lost(self, companion.exit_code)

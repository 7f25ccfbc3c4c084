"""Keeps the newest state of a training in a file, so that a crash costs a few seconds of it at most."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from pathlib import Path

from explorer.exchange.files import WriteError
from explorer.runtime.latest import Latest
from explorer.runtime.run_record import RunRecord
from explorer.runtime.training_file import write_training

EVERY_S = 3.0  # between two writings at least
SHARE = 0.05  # of the time that writing may take

log = logging.getLogger(__name__)


class Autosave:
    """Writes in a thread of its own; a state that was overtaken is never written."""

    def __init__(self, path: Path, every_s: float = EVERY_S) -> None:
        self.path = path
        self._every_s = every_s
        self._newest: Latest[RunRecord] = Latest()
        self._lock = threading.Lock()  # of the file
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.problem = ""  # why the newest state is in no file

    def offer(self, run: RunRecord) -> None:
        """This is the newest state."""
        self._newest.put(run)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="explorer-autosave", daemon=True)
            self._thread.start()

    def write(self, run: RunRecord) -> bool:
        """Write it now; False where that is impossible; `problem` then says why, and the log once."""
        with self._lock:
            try:
                write_training(run, self.path)
            except WriteError as error:
                if not self.problem:
                    log.warning("Trainings are not kept: %s", error)
                self.problem = str(error)
                return False
        self.problem = ""
        return True

    def discard(self) -> None:
        """Nothing of it is needed any more."""
        self._newest.take()
        with self._lock, contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def stop(self) -> None:
        """End the thread; what it is writing is finished."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._stopping.is_set():
            if not self._newest.wait(0.5):
                continue
            run = self._newest.take()
            if run is None:
                continue
            started = time.perf_counter()
            self.write(run)
            self._stopping.wait(max(self._every_s, (time.perf_counter() - started) / SHARE))

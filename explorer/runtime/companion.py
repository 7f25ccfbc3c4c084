"""A companion: another Python process that works for this one, and ends with it.

Two processes share two cores without loss. Two threads of one process wait for each other's turn at the interpreter
hundreds of times a frame, and the window waits with them.
"""

from __future__ import annotations

import importlib
import logging
import logging.handlers
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection
from pathlib import Path

import explorer

MEMORY_BYTES = 1 << 36  # addresses of a memory file; it takes memory only where something is written
PATIENCE_S = 5.0  # for a companion that was told to end
log = logging.getLogger(__name__)
ENTRANCE = "from explorer.runtime.companion import enter; enter()"


def is_possible() -> bool:
    """Whether this system lets processes share memory and connections as companions need it."""
    return sys.platform == "linux" and bool(sys.executable) and hasattr(os, "memfd_create")


class Companion:
    """A process that runs the function `work(connection)` of a module, from its creation until `end`.

    What is written into `connection` arrives there; open files named in `handles` are open there under the same
    numbers. It ends by itself when this process does, however that ends.
    """

    def __init__(self, module: str, handles: Sequence[int] = ()) -> None:
        self._line, theirs = socket.socketpair()
        paths = [str(Path(explorer.__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
        with theirs, ExitStack() as left:
            left.callback(self._line.close)
            self._process = subprocess.Popen(
                # -P: nothing is imported from the folder in which somebody happens to stand
                [sys.executable, "-P", "-c", ENTRANCE, module, str(theirs.fileno())],
                pass_fds=[theirs.fileno(), *handles],
                stdin=subprocess.DEVNULL,
                process_group=0,  # Ctrl+C is the window's to answer
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
            )
            self.connection = Connection(os.dup(self._line.fileno()))
            left.pop_all()

    @property
    def number(self) -> int:
        """The process's number in the system."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """With what it has ended; None while it works."""
        return self._process.poll()

    def end(self) -> None:
        """Let it end, and make it where it does not. Whoever waits for something from it gets an EOFError."""
        with suppress(OSError):  # it has ended already
            self._line.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._line.close()


class SharingCompanion(Companion):
    """A companion with memory that both processes see.

    `lent` is the number of the file in which this process lends, `borrowed` of the one in which the other does. The
    companion is told both, in its own view, as the first thing.
    """

    def __init__(self, module: str) -> None:
        with ExitStack() as left:
            self.lent = memory_file()
            left.callback(os.close, self.lent)
            self.borrowed = memory_file()
            left.callback(os.close, self.borrowed)
            super().__init__(module, [self.lent, self.borrowed])
            left.callback(self.end)
            self.connection.send((self.borrowed, self.lent))
            left.pop_all()

    def close_files(self) -> None:
        """Let go of the files; whoever has mapped them still sees them."""
        for handle in (self.lent, self.borrowed):
            os.close(handle)


def memory_file() -> int:
    """A new file in memory: its number, which other processes may inherit. Raises OSError."""
    handle = os.memfd_create("maps", os.MFD_CLOEXEC)
    try:
        os.ftruncate(handle, MEMORY_BYTES)
    except OSError:
        os.close(handle)
        raise
    return handle


def engine_room() -> SharingCompanion | None:
    """The process that evaluates and paints for the window; None where there can be none."""
    if not is_possible():
        return None
    try:
        return SharingCompanion("explorer.runtime.engine_room")
    except OSError:
        log.exception("No process could be started to compute the maps in")
        return None


class LogForwarder(logging.handlers.QueueHandler):
    """Hands what a companion logs to a function that sends it home."""

    def __init__(self, send: Callable[[logging.LogRecord], object]) -> None:
        super().__init__(None)  # type: ignore[arg-type]  # there is no queue: `enqueue` sends
        self._send = send

    def enqueue(self, record: logging.LogRecord) -> None:
        """Called by logging with a record that can be pickled."""
        self._send(record)


def enter() -> None:
    """Where the other process begins."""
    module, handle = sys.argv[1:]
    with Connection(int(handle)) as connection:
        importlib.import_module(module).work(connection)

"""A companion: another Python process that works for this one, and ends with it.

Two processes share two cores without loss. Two threads of one process wait for each other's turn at the interpreter
hundreds of times a frame, and the window waits with them.
"""

from __future__ import annotations

import importlib
import logging
import logging.handlers
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import explorer

PATIENCE_S = 5.0  # for a companion that was told to end
ENTRANCE = "from explorer.runtime.companion import enter; enter()"


def is_possible() -> bool:
    """Whether this system lets processes share memory and connections as companions need it."""
    return sys.platform == "linux" and bool(sys.executable) and hasattr(os, "memfd_create")


class Companion:
    """A process that runs the function `work(connection)` of a module, from its creation until `end`.

    What is written into `connection` arrives there. It ends by itself when this process does, however that ends.
    """

    def __init__(self, module: str) -> None:
        ours, theirs = socket.socketpair()
        paths = [str(Path(explorer.__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", ENTRANCE, module, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
            )
        self.connection = Connection(ours.detach())

    @property
    def number(self) -> int:
        """The process's number in the system."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """With what it has ended; None while it works."""
        return self._process.poll()

    def end(self) -> None:
        """Let it end, and make it where it does not."""
        self.connection.close()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


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
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the window's to answer
    with Connection(int(handle)) as connection:
        importlib.import_module(module).work(connection)

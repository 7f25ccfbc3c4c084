"""The log file, and the last resort for unexpected exceptions: written down and told, and life goes on."""

import faulthandler
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

LOGGER = logging.getLogger("explorer")
LARGEST_FILE = 1_000_000  # bytes; three older files are kept


@dataclass(frozen=True)
class Failure:
    """An exception that nobody expected."""

    summary: str
    """What happened, in one line: `ValueError: no such thing`."""
    details: str
    """The traceback."""
    times: int
    """How often it has happened so far: a fault in a paint event comes back with every frame."""


Listener = Callable[[Failure], None]


class FailureLog:
    """Catches what nothing else caught, in every thread, from `install` to `uninstall`.

    The listener is called in the thread that failed, every time; a repeated failure is written down the 1st,
    2nd, 4th, 8th ... time only.
    """

    def __init__(self, file: Path, listener: Listener | None = None) -> None:
        self.file = file
        self.listener = listener
        self._seen: dict[str, int] = {}
        self._handler: logging.Handler = logging.NullHandler()

    def install(self) -> None:
        """Open the log file and take over the hooks; a log that cannot be written is no reason to stop."""
        try:
            self._handler = _open_log(self.file)
        except OSError as error:
            sys.stderr.write(f"The log {self.file} cannot be written ({error.strerror}); going on without.\n")
        LOGGER.addHandler(self._handler)
        LOGGER.setLevel(logging.INFO)
        self._hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = self.catch
        threading.excepthook = self._catch_in_thread
        sys.unraisablehook = self._catch_unraisable

    def uninstall(self) -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
        LOGGER.removeHandler(self._handler)
        self._handler.close()

    def catch(
        self,
        kind: type[BaseException],
        error: BaseException | None,
        trace: TracebackType | None,
        where: str = "",
    ) -> None:
        """Write the exception down and tell the listener; Ctrl-C and sys.exit keep their meaning."""
        if not issubclass(kind, Exception):
            sys.__excepthook__(kind, error or kind(), trace)
            return
        details = where + "".join(traceback.format_exception(kind, error, trace))
        times = self._seen[details] = self._seen.get(details, 0) + 1
        if times & (times - 1) == 0:
            LOGGER.error("Unexpected, time %d:\n%s", times, details)
            sys.stderr.write(details)
        if self.listener is not None:
            self._tell(self.listener, Failure(f"{kind.__name__}: {error}", details, times))

    def _tell(self, listener: Listener, failure: Failure) -> None:
        try:
            listener(failure)
        except Exception:
            LOGGER.exception("The failure above could not be shown")

    def _catch_in_thread(self, args: threading.ExceptHookArgs) -> None:
        name = args.thread.name if args.thread else "a thread that has ended"
        self.catch(args.exc_type, args.exc_value, args.exc_traceback, f"In thread {name}. ")

    def _catch_unraisable(self, args: "sys.UnraisableHookArgs") -> None:
        where = f"{args.err_msg or 'Exception ignored in'}: {args.object!r}. "
        self.catch(args.exc_type, args.exc_value, args.exc_traceback, where)


def _open_log(file: Path) -> logging.Handler:
    file.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(file, maxBytes=LARGEST_FILE, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(message)s"))
    return handler


def write_crashes_to(file: Path) -> None:
    """Have Python write its stacks to `file` if a library brings the process itself down."""
    faulthandler.enable(file.open("a", encoding="utf-8"), all_threads=True)

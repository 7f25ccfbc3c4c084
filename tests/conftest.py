"""What every test stands on: no display, folders of its own, the shared pictures, and nothing left behind."""

import atexit
import gc
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before anything imports Qt or asks for a folder.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["EXPLORER_HOME"] = tempfile.mkdtemp(prefix="explorer-tests-")
atexit.register(shutil.rmtree, os.environ["EXPLORER_HOME"], ignore_errors=True)

from explorer.cli import import_opencv  # noqa: E402

import_opencv()  # programs that a test starts shall not inherit what it does to the environment

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real pictures beside the checkout, or where $EXPLORER_DATA says."""
    folder = Path(os.environ.get("EXPLORER_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real pictures here: {folder} does not exist, set EXPLORER_DATA")
    return folder


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the garbage collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    """A test that leaves a thread running or a window open fails."""
    threads, windows = set(threading.enumerate()), set(map(id, _windows()))
    yield
    left = [thread for thread in threading.enumerate() if thread not in threads and _outlives(thread)]
    assert not left, f"threads left running: {[thread.name for thread in left]}"
    open_windows = [window for window in _windows() if id(window) not in windows]
    assert not open_windows, f"windows left open: {open_windows}"


def _outlives(thread: threading.Thread) -> bool:
    """The engine's compute pool lives as long as the program; others get a moment to end."""
    if thread.name.startswith("compute"):
        return False
    thread.join(timeout=1.0)
    return thread.is_alive()


def _windows() -> list[object]:
    """All top-level widgets but those that Qt keeps for itself (tool tips)."""
    if "PySide6.QtWidgets" not in sys.modules:
        return []
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    if QApplication.instance() is None:
        return []
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return [w for w in QApplication.topLevelWidgets() if w.metaObject().className() != "QTipLabel"]

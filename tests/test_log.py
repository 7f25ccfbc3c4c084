"""The log and the folders: an exception that nobody caught is written down and told, and life goes on."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer import folders, resources
from explorer.log import Failure, FailureLog


@pytest.fixture
def told() -> list[Failure]:
    return []


@pytest.fixture
def log(tmp_path: Path, told: list[Failure]) -> Iterator[FailureLog]:
    log = FailureLog(tmp_path / "log" / "explorer.log", told.append)
    log.install()
    yield log
    log.uninstall()


def fail() -> None:
    try:
        raise ValueError("the kernel is upside down")
    except ValueError:
        sys.excepthook(*sys.exc_info())  # as Qt does for an exception in a slot


def test_an_exception_is_written_down_and_told(log: FailureLog, told: list[Failure]) -> None:
    fail()
    assert "Traceback" in log.file.read_text(encoding="utf-8")
    assert told[0].summary == "ValueError: the kernel is upside down"
    assert "in fail" in told[0].details


def test_a_repeated_failure_is_counted_and_written_seldom(log: FailureLog, told: list[Failure]) -> None:
    for _ in range(100):
        fail()
    assert [failure.times for failure in told[-2:]] == [99, 100]
    assert log.file.read_text(encoding="utf-8").count("Traceback") == 7  # the 1st, 2nd, 4th, ... 64th


def test_a_failing_thread_is_told_with_its_name(log: FailureLog, told: list[Failure]) -> None:
    thread = threading.Thread(target=lambda: [].pop(), name="explorer-capture")
    thread.start()
    thread.join()
    assert told[0].summary == "IndexError: pop from empty list"
    assert "In thread explorer-capture" in log.file.read_text(encoding="utf-8")


@pytest.mark.usefixtures("log")
def test_a_failing_finalizer_is_told(told: list[Failure]) -> None:
    class Fragile:
        def __del__(self) -> None:
            raise OSError("gone")

    Fragile()
    assert told[0].summary == "OSError: gone"


def test_a_failing_listener_is_written_down(log: FailureLog) -> None:
    def listener(failure: Failure) -> None:
        raise RuntimeError("no dialog")

    log.listener = listener
    fail()
    assert "no dialog" in log.file.read_text(encoding="utf-8")


@pytest.mark.usefixtures("log")
def test_ctrl_c_is_no_failure(told: list[Failure]) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert told == []


def test_a_log_that_cannot_be_written_is_no_reason_to_stop(
    tmp_path: Path, told: list[Failure], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    log = FailureLog(tmp_path / "file" / "explorer.log", told.append)
    log.install()
    fail()
    log.uninstall()
    assert len(told) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_uninstalling_gives_the_hooks_back(tmp_path: Path) -> None:
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    log = FailureLog(tmp_path / "explorer.log")
    log.install()
    log.uninstall()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


def test_one_variable_moves_all_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "home"))
    found = {folders.settings_folder(), folders.log_folder(), folders.cache_folder()}
    assert found == {tmp_path / "home" / kind for kind in ("settings", "log", "cache")}
    assert all(folder.is_dir() for folder in found)


def test_resources_are_found_and_a_missing_one_is_named() -> None:
    assert resources.resource("README.md").is_file()
    with pytest.raises(FileNotFoundError, match=r"icons/nothing\.svg is missing"):
        resources.resource("icons/nothing.svg")

"""Telling that something is ready: a listener that fails is reported, and the teller goes on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

import pytest

from explorer.runtime.errands import Errands
from explorer.runtime.latest import Latest


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> tuple[Callable[[], None], list[str]]:
    """A listener that fails, and the failures that were reported."""
    reported: list[str] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: reported.append(str(error)))

    def listener() -> None:
        raise RuntimeError("the window is gone")

    return listener, reported


def test_a_letter_is_there_although_nobody_could_be_told(broken) -> None:
    box: Latest[int] = Latest()
    box.told, reported = broken
    box.put(1)
    assert (box.take(), reported) == (1, ["the window is gone"])


def test_errands_go_on_although_nobody_could_be_told(broken) -> None:
    errands, second_is_done = Errands(), threading.Event()
    errands.told, reported = broken
    errands.give("First", str, print)
    errands.give("Second", second_is_done.set, print)
    assert second_is_done.wait(5)
    errands.stop()
    assert set(reported) == {"the window is gone"}


def test_long_work_is_finished_although_nobody_could_be_told_how_far_it_is(broken) -> None:
    errands = Errands()
    errands.told, _ = broken
    long = errands.give_alone("Long", lambda errand: errand.tell("Reading", 1) or "read", print)
    errands.stop()
    assert (long.result, long.failure) == ("read", None)

"""Threads that compute go behind the window's."""

import os
import sys
import threading

import pytest

from explorer.runtime.evaluator import Evaluator
from explorer.runtime.priority import LESS, step_back

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities of single threads")


def own_priority() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_a_thread_that_steps_back_leaves_the_others_where_they_are() -> None:
    before, found = own_priority(), []

    def work() -> None:
        step_back()
        found.append(own_priority())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [min(before + LESS, 19)]
    assert own_priority() == before


def test_the_evaluator_s_threads_are_behind_the_window_s(monkeypatch: pytest.MonkeyPatch) -> None:
    stepped: set[str] = set()
    both = threading.Barrier(3, timeout=10)

    def note() -> None:
        stepped.add(threading.current_thread().name)
        both.wait()

    monkeypatch.setattr("explorer.runtime.evaluator.step_back", note)
    evaluator = Evaluator()
    evaluator.start()
    both.wait()
    evaluator.stop()
    assert stepped == {"explorer-evaluator", "explorer-painter"}

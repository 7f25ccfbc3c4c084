"""Errands: done in order in another thread, fetched in this one."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from explorer.runtime.errands import Errand, Errands


@pytest.fixture
def errands() -> Iterator[Errands]:
    errands = Errands()
    yield errands
    errands.stop()


def wait_for(errands: Errands, count: int) -> list[Errand]:
    """Give the thread time until so many are done."""
    done: list[Errand] = []
    arrived = threading.Semaphore(0)
    errands.told = arrived.release
    while len(done) < count:
        errand = errands.fetch()
        if errand is not None:
            done.append(errand)
        else:
            assert arrived.acquire(timeout=5)
    return done


def test_results_come_in_the_order_in_which_they_were_asked_for(errands: Errands) -> None:
    for number in range(3):
        errands.give("Count", lambda number=number: number, print)
    assert [errand.result for errand in wait_for(errands, 3)] == [0, 1, 2]


def test_work_is_done_in_another_thread(errands: Errands) -> None:
    errands.give("Where", threading.get_ident, print)
    assert wait_for(errands, 1)[0].result != threading.get_ident()


def test_a_failure_comes_back_and_the_next_is_done(errands: Errands) -> None:
    errands.give("Divide", lambda: 1 / 0, print)
    errands.give("Add", lambda: 1 + 1, print)
    failed, added = wait_for(errands, 2)
    assert isinstance(failed.failure, ZeroDivisionError)
    assert added.result == 2


def test_what_is_no_number_is_a_result_and_no_warning(errands: Errands) -> None:
    errands.give("Overflow", lambda: np.float32(3e38) * np.float32(10), print)
    assert wait_for(errands, 1)[0].result == np.inf


def test_a_cancelled_errand_that_waits_is_never_begun(errands: Errands) -> None:
    may_go_on, begun = threading.Event(), []
    errands.give("First", may_go_on.wait, print)
    errands.give("Second", lambda: begun.append(2), print).cancel()
    may_go_on.set()
    wait_for(errands, 2)
    assert begun == []


def test_what_is_under_way_is_known(errands: Errands) -> None:
    may_go_on = threading.Event()
    errands.give("First", may_go_on.wait, print)
    assert [errand.label for errand in errands.under_way] == ["First"]
    may_go_on.set()
    wait_for(errands, 1)
    assert errands.under_way == []


def test_without_errands_there_is_no_thread() -> None:
    before = threading.active_count()
    Errands().stop()
    assert threading.active_count() == before


def test_long_work_does_not_keep_others_waiting(errands: Errands) -> None:
    may_go_on = threading.Event()
    long = errands.give_alone("Long", lambda errand: may_go_on.wait(5), print)
    errands.give("Short", lambda: "done", print)
    assert wait_for(errands, 1)[0].result == "done"
    assert errands.under_way == [long]
    may_go_on.set()
    assert wait_for(errands, 1) == [long]


def test_long_work_tells_how_far_it_is(errands: Errands) -> None:
    told = []
    errands.told = lambda: told.append(errands)
    long = errands.give_alone("Long", lambda errand: errand.tell("Reading", 3, 7), print)
    wait_for(errands, 1)
    assert long.progress == ("Reading", 3, 7)
    assert told


def test_cancelled_long_work_is_told_so(errands: Errands) -> None:
    asked = threading.Event()

    def work(errand: Errand) -> str:
        asked.set()
        while not errand.wants_no_more():
            pass
        return "gave up"

    long = errands.give_alone("Long", work, print)
    assert asked.wait(5)
    long.cancel()
    assert wait_for(errands, 1)[0].result == "gave up"
    assert errands.under_way == []

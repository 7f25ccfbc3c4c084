"""The clock ticks for what is new, at once where somebody waits for it, and never faster than it may."""

import time

import pytest

from explorer.ui.clock import INTERVAL_MS, PATIENCE_MS, Clock


@pytest.fixture
def clock(qapp):
    clock = Clock()
    yield clock
    clock.stop()


def test_it_sleeps_until_something_is_new(qtbot, clock):
    assert not clock.is_running
    with qtbot.waitSignal(clock.ticked):
        clock.ring()
    assert not clock.is_running


def test_it_never_ticks_faster_than_its_interval(qtbot, clock):
    times = []
    clock.ticked.connect(lambda: times.append(time.perf_counter()))
    clock.tick()
    with qtbot.waitSignal(clock.ticked):
        clock.ring()
    assert (times[1] - times[0]) * 1000 >= INTERVAL_MS - 1


def test_what_is_rung_softly_waits_for_a_while_for_what_it_leads_to(qtbot, clock):
    times = []
    clock.ticked.connect(lambda: times.append(time.perf_counter()))
    rung = time.perf_counter()
    with qtbot.waitSignal(clock.ticked):
        clock.ring_softly()
    assert (times[0] - rung) * 1000 >= PATIENCE_MS - 1


def test_what_is_rung_loudly_need_not_wait_for_what_was_rung_softly(qtbot, clock):
    clock.wake(PATIENCE_MS)
    soft = clock._timer.remainingTime()
    clock.wake()
    assert clock._timer.remainingTime() < soft
    clock.wake(PATIENCE_MS)
    assert clock._timer.remainingTime() < soft


def test_one_that_is_stopped_is_woken_by_nobody(qtbot, clock):
    clock.stop()
    clock.wake()
    assert not clock.is_running

"""The compute pool does every piece of work once, tells of errors, and serves several callers."""

import sys
import threading

import pytest

from explorer.engine.pool import PATIENCE, ComputePool


@pytest.fixture(params=[1, 2, 5])
def pool(request):
    pool = ComputePool(request.param)
    yield pool
    pool.close()


def test_every_item_is_worked_on_once(pool):
    done = []
    pool.each(done.append, range(100))
    assert sorted(done) == list(range(100))


@pytest.mark.parametrize(("before", "after"), [(0.005, PATIENCE), (1e-5, 1e-5)])
def test_threads_that_work_together_do_not_wait_long_for_the_interpreter(before, after):
    usual, pool = sys.getswitchinterval(), ComputePool(2)
    try:
        sys.setswitchinterval(before)
        pool.each(str, range(4))
        assert sys.getswitchinterval() == pytest.approx(after)
    finally:
        sys.setswitchinterval(usual)
        pool.close()


def test_an_error_reaches_the_caller(pool):
    def work(item):
        if item == 7:
            raise ValueError("seven")

    with pytest.raises(ValueError, match="seven"):
        pool.each(work, range(20))


def test_a_caller_goes_on_alone_while_the_helpers_are_busy():
    pool = ComputePool(2)
    entered, release = threading.Event(), threading.Event()

    def slow(item):
        entered.set()
        assert release.wait(5)

    other = threading.Thread(target=pool.each, args=(slow, range(2)))
    other.start()
    assert entered.wait(5)
    done = []
    pool.each(done.append, range(10))  # the only helper is held by the other caller
    release.set()
    other.join(5)
    pool.close()
    assert sorted(done) == list(range(10))


def test_work_that_asks_for_more_work_does_that_part_alone(pool):
    seen = []

    def inner(item):
        seen.append((threading.get_ident(), item))

    def outer(item):
        before = threading.get_ident()
        pool.each(inner, [(item, part) for part in range(5)])
        assert [thread for thread, (outer_item, _) in seen if outer_item == item] == [before] * 5

    pool.each(outer, range(4))

    assert len(seen) == 20


def test_whether_work_is_shared_does_not_depend_on_the_number_of_threads(pool):
    told = []
    pool.each(lambda _: told.append(pool.is_sharing), range(3))
    pool.each(lambda _: told.append(pool.is_sharing), range(1))

    assert told == [True, True, True, False]
    assert not pool.is_sharing

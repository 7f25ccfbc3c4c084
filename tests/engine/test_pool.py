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


@pytest.fixture
def interrupt():
    """Ctrl+C in this thread, just when it begins what is given: taken from the others, and not yet done."""

    def at(work, then):
        def trace(frame, event, _):
            if event == "call" and frame.f_code is work.__code__:
                then()
                raise KeyboardInterrupt

        sys.settrace(trace)

    usual = sys.gettrace()
    yield at
    sys.settrace(usual)


def test_whoever_waits_for_an_item_that_was_broken_off_is_told(interrupt):
    pool, here = ComputePool(2), threading.get_ident()
    helper_waits, broken_off = threading.Event(), threading.Event()
    told = []

    def work(_):
        if threading.get_ident() != here:
            helper_waits.set()
            told.append(broken_off.wait(5))

    interrupt(work, lambda: helper_waits.wait(5))
    with pytest.raises(KeyboardInterrupt):
        pool.each(work, range(2), broken_off.set)

    pool.close()
    assert told == [True]


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


def test_whoever_leaves_a_core_works_alone_and_only_then():
    pool = ComputePool(2)

    def threads_at_work():
        """Who worked; where there should be two, they wait for each other."""
        seen, squares = set(), [0] * 8

        def work(item):
            seen.add(threading.get_ident())
            squares[item] = item * item
            if waits:
                both.wait(5)

        pool.each(work, range(8))
        assert squares == [item * item for item in range(8)]
        return seen

    both, waits = threading.Barrier(2), False
    with pool.leaving(1):
        with pool.leaving(1):
            assert threads_at_work() == {threading.get_ident()}
        assert threads_at_work() == {threading.get_ident()}
        with pytest.raises(ZeroDivisionError), pool.leaving(1):
            pool.each(lambda item: 1 // item, range(2))
    with pytest.raises(ZeroDivisionError), pool.leaving(1):
        pool.each(lambda item: 1 // item, range(2))
    waits = True
    assert len(threads_at_work()) == 2
    pool.close()


def test_whether_work_is_shared_does_not_depend_on_the_number_of_threads(pool):
    told = []
    pool.each(lambda _: told.append(pool.is_sharing), range(3))
    pool.each(lambda _: told.append(pool.is_sharing), range(1))

    assert told == [True, True, True, False]
    assert not pool.is_sharing

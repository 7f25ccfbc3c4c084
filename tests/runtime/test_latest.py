"""A mailbox holds one letter: the newest."""

import threading

from explorer.runtime.latest import Latest


def test_the_newest_letter_replaces_the_one_before() -> None:
    box: Latest[int] = Latest()
    box.put(1)
    box.put(2)
    assert box.take() == 2


def test_a_letter_is_taken_once() -> None:
    box: Latest[int] = Latest()
    box.put(1)
    box.take()
    assert box.take() is None


def test_peeking_leaves_the_letter() -> None:
    box: Latest[str] = Latest()
    box.put("a")
    box.peek()
    assert box.take() == "a"


def test_waiting_ends_when_a_letter_comes_from_another_thread() -> None:
    box: Latest[int] = Latest()
    writer = threading.Thread(target=box.put, args=(7,))
    writer.start()
    assert box.wait(5.0)
    writer.join()
    assert box.take() == 7


def test_waiting_gives_up_after_the_timeout() -> None:
    assert not Latest().wait(0.001)


def test_a_false_letter_is_a_letter() -> None:
    box: Latest[int] = Latest()
    box.put(0)
    assert box.wait(0.001)


def test_who_wants_to_know_is_told_of_every_letter() -> None:
    box: Latest[int] = Latest()
    told: list[int | None] = []
    box.told = lambda: told.append(box.peek())
    box.put(1)
    box.put(2)
    assert told == [1, 2]

"""The engine room: where frames are evaluated and painted for a window that lives in another process.

Arrays of some size, maps and pictures alike, are made in memory that the window sees: only their places travel.
"""

from __future__ import annotations

import gc
import logging
import os
import threading
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import NamedTuple
from weakref import WeakKeyDictionary

from explorer.engine.arena import arena
from explorer.engine.evaluate import Step
from explorer.engine.layer import Array
from explorer.rendering.picture import Picture
from explorer.runtime.answerer import Answer, Request
from explorer.runtime.companion import LogForwarder
from explorer.runtime.evaluator import Evaluator
from explorer.runtime.post import Post
from explorer.runtime.shared_memory import SharedMemory

log = logging.getLogger(__name__)
WAY = "make way"  # what the window says
TAKEN = "taken"  # and that, when somebody looks at the last answer: now it may be sent another one
READY = "ready"  # what the room says


class Finding(NamedTuple):
    """An answer on its way: `request` is the number of the letter that asked; the rest as in Answer and Trace."""

    request: int
    image: Array
    steps: Mapping[str, Step]
    pictures: Mapping[str, Picture]
    seconds: float
    reused: int
    prepare_seconds: float
    evaluate_seconds: float
    paint_seconds: float
    finished: float
    exact: bool


class Failing(NamedTuple):
    """The sentence for a request that could not be answered."""

    request: int
    sentence: str


def work(connection: Connection) -> None:
    """Answer what comes over the connection until it ends."""
    ours, theirs = connection.recv()
    memory = SharedMemory(ours, may_lend=True)
    post = Post(connection, memory, SharedMemory(theirs, may_lend=False), asks=False)
    os.close(ours)
    os.close(theirs)
    _Room(post, memory).serve()


class _Room:
    """One thread receives, another one sends: neither ever waits for the other."""

    def __init__(self, post: Post, memory: SharedMemory) -> None:
        self._post = post
        self._evaluator = Evaluator()
        self._numbers: WeakKeyDictionary[Request, int] = WeakKeyDictionary()
        self._may_send = (
            threading.Event()
        )  # else the newest answer waits, and takes the place of the one before
        self._may_send.set()
        arena.new_buffer = memory.lend
        logging.getLogger().addHandler(LogForwarder(post.say))

    def serve(self) -> None:
        """Hand on what comes, until nothing will."""
        gc.freeze()  # all that was imported stays; the collector passes it by
        self._evaluator.start()
        threading.Thread(target=self._send_all, name="explorer-sender", daemon=True).start()
        try:
            self._post.say(READY)
            while True:
                number, letter = self._post.receive()
                if letter == WAY:
                    self._evaluator.make_way()
                elif letter == TAKEN:
                    self._may_send.set()
                else:
                    self._numbers[letter] = number
                    self._evaluator.submit(letter)
        except EOFError:
            self._evaluator.stop()

    def _send_all(self) -> None:
        try:
            while True:
                self._may_send.wait()
                self._evaluator.answers.wait()
                self._may_send.clear()
                self._send_newest()
        except EOFError:
            pass  # the window has gone
        except Exception:
            log.exception("An answer could not be sent")
            os._exit(1)  # the window opens another room

    # What this holds ends with it: the thread that waits keeps no trace.

    def _send_newest(self) -> None:
        answer = self._evaluator.answers.take()
        if answer is not None:
            number = self._numbers[answer.request]
            self._post.send(_letter(number, answer), settled=number)


def _letter(number: int, answer: Answer) -> Finding | Failing:
    if answer.failure:
        return Failing(number, answer.failure)
    trace = answer.trace
    return Finding(
        number, trace.image, trace.steps, answer.pictures, trace.seconds, trace.reused, answer.prepare_seconds,
        answer.evaluate_seconds, answer.paint_seconds, answer.finished, answer.exact,
    )  # fmt: skip

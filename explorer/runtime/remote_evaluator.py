"""The remote evaluator: has requests answered by a process of its own, which leaves this one to the window."""

from __future__ import annotations

import logging
import math
import threading
import time
from contextlib import suppress
from dataclasses import replace

from explorer.engine.evaluate import Cancelled, Trace
from explorer.engine.preparations import preparations
from explorer.runtime.answerer import Answer, Answerer, Request, ask_the_same, unanswered
from explorer.runtime.companion import SharingCompanion, engine_room, is_possible
from explorer.runtime.engine_room import READY, TAKEN, WAY, Failing, Finding
from explorer.runtime.evaluator import Evaluator
from explorer.runtime.post import Post
from explorer.runtime.shared_memory import SharedMemory

MOST_DEATHS = 2  # of the process without an answer in between; then somebody must ask for something else
OPEN_AFTER_S = 1.0  # after the first request: nothing shall compete with the window that is being built
TRY_AGAIN_S = 1.0  # where no process can be started

log = logging.getLogger(__name__)


class RemoteEvaluator(Answerer):
    """Answers by the evaluator in another process, and starts that one again should it die.

    The first answers come from this process, so that the window need not wait for the other one at the start.
    """

    def __init__(self, room: SharingCompanion | None = None) -> None:
        """All answers come from `room` if it is given; else one is opened some time after `start`."""
        super().__init__()
        self._here: Evaluator | None = Evaluator() if room is None else None
        self._room = room
        self._post: Post | None = None
        self._lock = threading.Lock()
        self._asking_for: dict[
            int, Request
        ] = {}  # by the number of the letter, from the last answered one on
        self._asks = False
        self._begun: Request | None = None  # what was asked for last
        self._last: Answer | None = None
        self._deaths = 0  # of the process, since the last answer
        self._makes_way = False
        self._stopping = threading.Event()
        self._asker = threading.Thread(target=self._ask_all, name="explorer-asker", daemon=True)
        self._listener = threading.Thread(target=self._listen, name="explorer-listener", daemon=True)

    @property
    def is_busy(self) -> bool:
        """Whether a request is waiting or being answered, or an answer is waiting to be fetched."""
        last = self._last
        is_owing = last is None or not last.exact or last.request is not self._begun
        waiting = self._asks or any(box.peek() is not None for box in (self.requests, self.answers))
        return waiting or (self._begun is not None and is_owing)

    def start(self) -> None:
        """Begin to answer."""
        if self._room is not None:
            self._enter(self._room)
            self._listener.start()
        self._asker.start()

    def stop(self) -> None:
        """End the process and the threads."""
        self._stopping.set()
        here = self._here
        if here is not None:
            here.stop()
        room = self._room  # whoever asks may hold the lock until the process has ended
        if room is not None:
            room.end()
        for thread in (self._asker, self._listener):
            if thread.is_alive():
                thread.join(10)

    def make_way(self) -> None:
        """For a moment leave a core to the window: somebody points and wants to see at once."""
        self._makes_way = True  # told with the next request; without one there is nothing to make way for

    # ---- asking -----------------------------------------------------------------------------------------------

    def _ask_all(self) -> None:
        open_at = math.inf
        while not self._stopping.is_set():
            if self.requests.wait(0.1):
                self._asks = True
                request = self.requests.take()
                if request is not None and not ask_the_same(self._begun, request):
                    self._begun = request
                    self._ask_or_say_why_not(request)
                    open_at = min(open_at, time.monotonic() + OPEN_AFTER_S)
                self._asks = False
            if self._room is None and time.monotonic() > open_at:
                self._open()
                open_at = math.inf

    def _ask_or_say_why_not(self, request: Request) -> None:
        try:
            self._ask(request)
        except Cancelled:
            pass  # it is to stop
        except Exception as error:  # the thread must outlive any single request; the log has the traceback
            log.exception("A request could not be sent")
            sentence = (
                f"The maps could not be asked for: {error or type(error).__name__}. The last ones stay."
            )
            self._put(_failed(request, sentence, self._last))

    def _ask(self, request: Request) -> None:
        with self._lock:
            here = self._here
            if here is None and self._post is not None:
                with suppress(EOFError):  # the listener notices, too, and asks again
                    if self._makes_way:
                        self._makes_way = False
                        self._post.say(WAY)
                    self._asking_for[self._post.send(request)] = request
        if here is not None:
            self._put(here.answer_or_failure(request))

    def _open(self) -> None:
        """Open the room; until it says that it is ready, answers still come from here."""
        if self._has_opened():
            self._listener.start()

    def _has_opened(self) -> bool:
        """Open a room; False where none can be had."""
        room = engine_room()
        if room is None:
            return False
        try:
            with self._lock:
                self._enter(room)
        except OSError:  # so many addresses may not be had
            log.exception("No memory could be shared with the process that computes the maps")
            room.end()
            return False
        if self._stopping.is_set():
            room.end()
        return True

    def _enter(self, room: SharingCompanion) -> None:
        """Speak to this one from now on. Raises OSError."""
        try:
            memories = SharedMemory(room.lent, may_lend=True), SharedMemory(room.borrowed, may_lend=False)
        finally:
            room.close_files()
        self._asking_for.clear()
        self._room, self._post = room, Post(room.connection, *memories, asks=True)

    # ---- listening --------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        while not self._stopping.is_set():
            post = self._post
            assert post is not None, "nobody listens before the room is open"
            try:
                number, letter = post.receive()
                self._take(letter)
                del letter
                if number:
                    self._wait_until_taken()
                    post.say(TAKEN)
            except EOFError:
                if self._stopping.is_set() or not self._has_started_again():
                    return
            except Exception:  # a letter that nobody understands; the thread must outlive it
                log.exception("An answer could not be read")
                _end(self._room)

    def _wait_until_taken(self) -> None:
        while not (self._stopping.is_set() or self.answers.wait_until_taken(0.1)):
            pass

    def _take(self, letter: Finding | Failing | logging.LogRecord | str) -> None:
        if letter == READY:
            self._here = None
            preparations.clear()  # the other process has its own
            return
        if isinstance(letter, logging.LogRecord):
            logging.getLogger(letter.name).handle(letter)
            return
        assert isinstance(letter, Finding | Failing)
        with self._lock:
            request = self._asking_for[letter.request]
            for number in [number for number in self._asking_for if number < letter.request]:
                del self._asking_for[number]
        self._deaths = 0
        self._put(_answer(request, letter, self._last))

    def _put(self, answer: Answer) -> None:
        self._last = answer
        self.answers.put(answer)

    def _has_started_again(self) -> bool:
        """After its death: ask once more; if that is what kills it, say so and wait for something else.

        False where it dies before it is ready, again and again: then all answers come from here.
        """
        self._deaths += 1
        code = _end(self._room)
        suspect = self._begun
        log.error("The process that computes the maps has ended with %s", code)
        is_needed = self._here is None
        if not is_needed and self._deaths >= MOST_DEATHS:
            return False
        if self._deaths > MOST_DEATHS:
            self._stopping.wait(TRY_AGAIN_S)
        while not self._has_opened():
            if not is_needed or self._stopping.wait(TRY_AGAIN_S):
                return False
        if is_needed:
            self._ask_again(suspect, code)
        return True

    def _ask_again(self, suspect: Request | None, code: int | None) -> None:
        with self._lock:
            asked, self._begun = self._begun, None
        if asked is None:
            return
        if self._deaths < MOST_DEATHS or asked is not suspect:
            if self.requests.peek() is None:
                self.requests.put(asked)
        else:
            self._begun = asked
            sentence = (
                f"The maps could not be computed: their process has ended ({code}). The last ones stay."
            )
            self._put(_failed(asked, sentence, self._last))


def _end(room: SharingCompanion | None) -> int | None:
    """End what is left of a process; returns its exit code."""
    if room is None:
        return None
    room.end()
    return room.exit_code


def _answer(request: Request, letter: Finding | Failing, last: Answer | None) -> Answer:
    if isinstance(letter, Failing):
        return _failed(request, letter.sentence, last)
    trace = Trace(request.network, letter.image, letter.steps, letter.seconds, letter.reused)
    return Answer(
        request, trace, letter.pictures, letter.prepare_seconds, letter.evaluate_seconds, letter.paint_seconds,
        letter.finished, "", letter.exact,
    )  # fmt: skip


def _failed(request: Request, sentence: str, last: Answer | None) -> Answer:
    """What was painted in haste stays as it is: nobody shall wait for better pictures."""
    return replace(unanswered(request, sentence, last), exact=True)


def evaluator_beside_the_window() -> Answerer:
    """One in a process of its own where the system can do that, else one in threads of this process."""
    return RemoteEvaluator() if is_possible() else Evaluator()

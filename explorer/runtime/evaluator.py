"""The evaluator: answers the newest request with a trace and pictures of what is visible.

Two threads share the work like two people in a row: one evaluates the next frame while the other paints the last.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from explorer.engine.evaluate import Cancelled, Step, Trace, evaluate
from explorer.engine.layer import Array
from explorer.engine.pool import pool
from explorer.rendering.pictures import Painter
from explorer.runtime.answerer import Answer as Answer
from explorer.runtime.answerer import Answerer, ask_the_same, unanswered
from explorer.runtime.answerer import Request as Request
from explorer.runtime.entrance import Entrance
from explorer.runtime.latest import Latest
from explorer.runtime.priority import step_back

WORTH_GIVING_UP = 0.05  # seconds that an overtaken evaluation must still take; else it is answered first
WAY_S = 0.2  # so long after `make_way` a core is left to the window
LULL_S = 0.12  # without anything new: what was painted in haste is painted with care

log = logging.getLogger(__name__)


class Evaluator(Answerer):
    """Answers in this process.

    One that is being computed is given up when the document has been edited since and the rest would take long;
    what it has computed serves the next one. Never two in a row, so that a steady stream of edits is seen to move;
    and never for a newer frame, or of a fast video nothing would be seen.
    """

    def __init__(self) -> None:
        super().__init__()
        self._painter = Painter()
        self._entrance = Entrance()
        self._entered: tuple[Request, Array] | None = None  # the image that entered last
        # The newest of every node, also of an evaluation that was given up.
        self._steps: Mapping[str, Step] = {}
        self._may_give_up = True
        self._begun: Request | None = None  # what was evaluated last, or is being evaluated
        self._unpainted: Latest[Answer] = Latest()
        self._painted: Answer | None = None
        self._way_until = 0.0  # perf_counter
        self._in_turn = threading.Lock()  # held by the one who works while way is made
        self._stopping = threading.Event()
        self._evaluates = self._paints = False
        self._threads = [
            threading.Thread(target=self._evaluate_all, name="explorer-evaluator", daemon=True),
            threading.Thread(target=self._paint_all, name="explorer-painter", daemon=True),
        ]

    @property
    def is_busy(self) -> bool:
        """Whether a request is waiting or being answered, or an answer is waiting to be fetched."""
        is_owing = self._painted is not None and not self._painted.exact
        waiting = any(box.peek() is not None for box in (self.requests, self._unpainted, self.answers))
        return waiting or self._evaluates or self._paints or is_owing

    def start(self) -> None:
        """Begin to answer."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop after the steps in hand and wait for the threads to end."""
        self._stopping.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(10)

    def make_way(self) -> None:
        """For a moment evaluate and paint in turn and with one thread less: somebody points and wants to see at once.

        Four threads on two cores make the window wait for those that hold the interpreter while they wait for a core.
        """
        self._way_until = time.perf_counter() + WAY_S

    @contextmanager
    def _making_way(self) -> Iterator[None]:
        if time.perf_counter() > self._way_until:
            yield
            return
        with self._in_turn, pool.leaving(1):
            yield

    def answer(self, request: Request) -> Answer:
        """Evaluate and paint one request; what did not change since the last one is reused. Raises Cancelled."""
        return self._paint(self._evaluate(request), moving=False)

    def answer_or_failure(self, request: Request) -> Answer:
        """The same; an error becomes a sentence beside the last answer."""
        return self._painted_or_failure(self._evaluated_or_failure(request), moving=False)

    # ---- evaluating -------------------------------------------------------------------------------------------

    def _evaluate(self, request: Request) -> Answer:
        """The trace for a request; its pictures are still to come."""
        started = time.perf_counter()
        image = self._image(request)
        prepared = time.perf_counter()
        trace = self._trace(request, image)
        return Answer(request, trace, {}, prepared - started, time.perf_counter() - prepared)

    def _image(self, request: Request) -> Array:
        shape = request.network.input_shape
        if self._entered is not None:
            old, image = self._entered
            same_frame = old.frame is request.frame and old.preparation == request.preparation
            if same_frame and old.network.input_shape == shape:
                return image
        image = self._entrance.enter(request.frame, request.preparation, shape)
        self._entered = request, image
        return image

    def _trace(self, request: Request, image: Array) -> Trace:
        began, share = time.perf_counter(), 0.0

        def progress(done: float) -> None:
            nonlocal share
            share = done

        def is_given_up() -> bool:
            if self._stopping.is_set():
                return True
            if not self._may_give_up or not self._is_overtaken(request):
                return False
            rest = (time.perf_counter() - began) * (1 / share - 1) if share else math.inf
            return rest > WORTH_GIVING_UP

        known = Trace(request.network, image, self._steps)
        try:
            trace = evaluate(
                request.network, image, known,
                cancelled=is_given_up, progress=progress, keep=request.wanted.nodes,
            )  # fmt: skip
        except Cancelled as given_up:
            self._steps = {**self._steps, **given_up.steps}
            self._may_give_up = False
            raise
        self._steps = trace.steps
        self._may_give_up = True
        return trace

    def _is_overtaken(self, request: Request) -> bool:
        """Whether a request waits that was made after an edit."""
        waiting = self.requests.peek()
        return waiting is not None and (
            waiting.network is not request.network or waiting.preparation != request.preparation
        )

    def _evaluate_all(self) -> None:
        step_back()
        while not self._stopping.is_set():
            # Not before the painter has begun the last one: else frames would be evaluated that nobody paints.
            if not (self._unpainted.wait_until_taken(0.1) and self.requests.wait(0.1)):
                continue
            self._evaluates = True
            try:
                request = self.requests.take()
                if request is not None and not ask_the_same(self._begun, request):
                    self._begun = request
                    self._unpainted.put(self._evaluated_or_failure(request))
            except Cancelled:
                self._begun = None
                continue  # either it is to stop, or something newer waits
            finally:
                self._evaluates = False

    def _evaluated_or_failure(self, request: Request) -> Answer:
        try:
            with self._making_way():
                return self._evaluate(request)
        except Cancelled:
            raise
        except Exception as error:  # the thread must outlive any single request; the log has the traceback
            return _failed(request, error)

    # ---- painting ---------------------------------------------------------------------------------------------

    def _paint(self, answer: Answer, *, moving: bool) -> Answer:
        """The answer with its pictures."""
        started = time.perf_counter()
        pictures = self._painter.paint(answer.trace, answer.request.wanted, moving=moving)
        finished = time.perf_counter()
        self._painted = replace(
            answer, pictures=pictures, paint_seconds=finished - started, finished=finished,
            exact=self._painter.is_exact,
        )  # fmt: skip
        return self._painted

    def _paint_all(self) -> None:
        step_back()
        last = 0.0
        while not self._stopping.is_set():
            has_come = self._unpainted.wait(LULL_S)
            self._paints = True
            if has_come:
                self._paint_next(moving=time.perf_counter() - last < LULL_S)
                last = time.perf_counter()
            else:
                self._paint_with_care()
            self._paints = False

    # What these two hold ends with them: the thread that waits keeps no trace.

    def _paint_next(self, *, moving: bool) -> None:
        answer = self._unpainted.take()
        if answer is not None:
            self.answers.put(self._painted_or_failure(answer, moving=moving))

    def _paint_with_care(self) -> None:
        """Once more what was painted in haste; once only, whatever happens."""
        hasty = self._painted
        if hasty is not None and not hasty.exact:
            self._painted = replace(hasty, exact=True)
            careful = self._painted_or_failure(replace(hasty, failure=""), moving=False)
            self.answers.put(replace(careful, failure=careful.failure or hasty.failure))

    def _painted_or_failure(self, answer: Answer, *, moving: bool) -> Answer:
        """What could not be evaluated or painted says so, and shows what was there before."""
        if not answer.failure:
            try:
                with self._making_way():
                    return self._paint(answer, moving=moving)
            except Exception as error:
                answer = _failed(answer.request, error)
        if self._painted is not None:
            answer = self._painted = unanswered(answer.request, answer.failure, self._painted)
        return answer


def _failed(request: Request, error: Exception) -> Answer:
    """An answer that says why there is none. Called where the error is handled: the log has the traceback."""
    log.exception("A request could not be answered")
    sentence = f"The maps could not be computed: {error or type(error).__name__}. The last ones stay."
    return unanswered(request, sentence)

"""The evaluator: a thread that answers the newest request with a trace and pictures of what is visible."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from explorer.engine.evaluate import Cancelled, Step, Trace, evaluate
from explorer.engine.layer import Array
from explorer.engine.network import Network
from explorer.rendering.pictures import Painter, Picture, Wanted
from explorer.runtime.entrance import Entrance
from explorer.runtime.latest import Latest
from explorer.sources.preparation import Preparation
from explorer.sources.source import Frame

log = logging.getLogger(__name__)
WORTH_GIVING_UP = 0.05  # seconds that an overtaken evaluation must still take; else it is answered first


@dataclass(frozen=True, eq=False)
class Request:
    """What is to be shown: a network, the frame it looks at, and what of its maps is visible."""

    network: Network
    frame: Frame
    preparation: Preparation
    wanted: Wanted
    submitted: float = field(default_factory=time.perf_counter)  # seconds, perf_counter


@dataclass(frozen=True, eq=False)
class Answer:
    """A trace and the pictures of it, with the times in seconds that they took.

    `failure` is the sentence of a request that could not be answered; trace and pictures are then those of
    the last good answer.
    """

    request: Request
    trace: Trace
    pictures: Mapping[str, Picture]
    prepare_seconds: float = 0.0
    evaluate_seconds: float = 0.0
    paint_seconds: float = 0.0
    finished: float = 0.0
    failure: str = ""


class Evaluator:
    """Answers the newest request; requests that were overtaken are never computed.

    One that is being computed is given up when the document has been edited since and the rest would take long;
    what it has computed serves the next one. Never two in a row, so that a steady stream of edits is seen to move;
    and never for a newer frame, or of a fast video nothing would be seen.
    """

    def __init__(self) -> None:
        self.requests: Latest[Request] = Latest()
        self.answers: Latest[Answer] = Latest()
        self._painter = Painter()
        self._entrance = Entrance()
        self._previous: Answer | None = None
        self._entered: tuple[Request, Array] | None = None  # the image that entered last
        self._steps: Mapping[str, Step] = {}  # the newest of every node, also of an evaluation that was given up
        self._may_give_up = True
        self._stopping = threading.Event()
        self._working = False
        self._thread = threading.Thread(target=self._run, name="explorer-evaluator", daemon=True)

    @property
    def is_busy(self) -> bool:
        """Whether a request is waiting or being answered, or an answer is waiting to be fetched."""
        return self._working or self.requests.peek() is not None or self.answers.peek() is not None

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the step in hand and wait for the thread to end."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def submit(self, request: Request) -> None:
        """Hand over what is to be shown now; an older request that nobody has begun is dropped."""
        self.requests.put(request)

    def answer(self, request: Request) -> Answer:
        """Evaluate and paint one request; what did not change since the last one is reused. Raises Cancelled."""
        started = time.perf_counter()
        image = self._image(request)
        prepared = time.perf_counter()
        trace = self._evaluate(request, image)
        evaluated = time.perf_counter()
        pictures = self._painter.paint(trace, request.wanted)
        finished = time.perf_counter()
        answer = Answer(
            request, trace, pictures, prepared - started, evaluated - prepared, finished - evaluated, finished
        )
        self._previous = answer
        return answer

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

    def _evaluate(self, request: Request, image: Array) -> Trace:
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

    def _run(self) -> None:
        while not self._stopping.is_set():
            if not self.requests.wait(0.1):
                continue
            self._working = True
            try:
                request = self.requests.take()
                if request is not None:
                    self.answers.put(self._answer_or_failure(request))
            except Cancelled:
                continue  # either it is to stop, or something newer waits
            finally:
                self._working = False

    def _answer_or_failure(self, request: Request) -> Answer:
        try:
            return self.answer(request)
        except Cancelled:
            raise
        except Exception as error:  # the thread must outlive any single request; the log has the traceback
            log.exception("A request could not be answered")
            sentence = f"The maps could not be computed: {error or type(error).__name__}. The last ones stay."
            last = self._previous
            trace = last.trace if last else Trace(request.network, np.zeros((1, 1, 1, 1), np.float32), {})
            return Answer(request, trace, last.pictures if last else {}, failure=sentence)

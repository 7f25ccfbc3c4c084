"""What is to be shown and what is: the request, the answer, and what everybody who answers has in common."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from explorer.engine.evaluate import Trace
from explorer.engine.network import Network
from explorer.rendering.picture import Picture
from explorer.rendering.wanted import Wanted
from explorer.runtime.latest import Latest
from explorer.sources.preparation import Preparation
from explorer.sources.source import Frame


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
    the last good answer. While frames come one after the other, some numbers in the pictures may be a moment old;
    soon after the last frame the same trace comes once more with pictures that are `exact`.
    """

    request: Request
    trace: Trace
    pictures: Mapping[str, Picture]
    prepare_seconds: float = 0.0
    evaluate_seconds: float = 0.0
    paint_seconds: float = 0.0
    finished: float = 0.0
    failure: str = ""
    exact: bool = True


class Answerer(ABC):
    """Answers the newest request; requests that were overtaken are never answered."""

    def __init__(self) -> None:
        self.requests: Latest[Request] = Latest()
        self.answers: Latest[Answer] = Latest()
        self._asking = threading.Lock()
        self._asked: Request | None = None  # what was submitted last

    @property
    @abstractmethod
    def is_busy(self) -> bool:
        """Whether a request is waiting or being answered, or an answer is waiting to be fetched."""

    @abstractmethod
    def start(self) -> None:
        """Begin to answer."""

    @abstractmethod
    def stop(self) -> None:
        """Stop after the steps in hand; returns when all has ended."""

    @abstractmethod
    def make_way(self) -> None:
        """For a moment leave a core to the window: somebody points and wants to see at once."""

    def submit(self, request: Request) -> None:
        """Hand over what is to be shown now; an older request that nobody has begun is dropped."""
        with self._asking:
            self._asked = request
            self.requests.put(request)

    def submit_frame(self, frame: Frame) -> bool:
        """Hand over a newer frame for what was asked last; the thread that captures need not wait for any other.

        False where nothing has been asked yet.
        """
        with self._asking:
            if self._asked is None:
                return False
            self._asked = replace(self._asked, frame=frame, submitted=time.perf_counter())
            self.requests.put(self._asked)
            return True


def ask_the_same(one: Request | None, other: Request) -> bool:
    """Whether there is no need to ask again: a frame is submitted by whoever gets it first, and then by all others."""
    return one is not None and all(
        getattr(one, name) is getattr(other, name) for name in ("network", "frame", "preparation", "wanted")
    )


def unanswered(request: Request, sentence: str, last: Answer | None = None) -> Answer:
    """An answer that says why there is none, and shows what was there before."""
    if last is not None:
        return replace(last, request=request, failure=sentence)
    nothing = Trace(request.network, np.zeros((1, 1, 1, 1), np.float32), {})
    return Answer(request, nothing, {}, failure=sentence)

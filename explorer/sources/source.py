"""A source delivers frames: one still image, or a stream of them."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Wait = Callable[[float | None], bool]
"""Sleeps for some seconds (None: for ever); True when it was woken because something else is to be done."""


class SourceError(Exception):
    """A source cannot be opened or read; the text says what happened, what was expected and what to do."""


class SourceGivenUp(Exception):
    """Reading took long, and meanwhile nobody wanted it any more."""


class SourceLost(SourceError):
    """A source that was open no longer delivers; opening it again may help."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What a source delivers: (height, width, channels) of uint8, read-only, 1 (grey) or 3 (RGB) channels.

    `arrived` is in seconds of time.perf_counter(). `position` counts from 0 within `length`; a length of 0
    has no end.
    """

    pixels: Pixels
    index: int
    arrived: float
    label: str = ""
    position: int = 0
    length: int = 0

    def __post_init__(self) -> None:
        shape = self.pixels.shape
        if self.pixels.dtype != np.uint8 or len(shape) != 3 or shape[2] not in (1, 3) or 0 in shape:
            raise ValueError(
                f"A frame is height x width x 1 or 3 of uint8, got {shape} of {self.pixels.dtype}. "
                "Convert it with explorer.sources.pixels.as_frame_pixels first."
            )
        pixels = self.pixels if self.pixels.flags.c_contiguous else np.ascontiguousarray(self.pixels)
        if pixels.flags.writeable:
            pixels = pixels.view()
            pixels.flags.writeable = False
        object.__setattr__(self, "pixels", pixels)

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def channels(self) -> int:
        return int(self.pixels.shape[2])

    def age(self) -> float:
        """Seconds since the frame arrived."""
        return time.perf_counter() - self.arrived


class Source(ABC):
    """Where frames come from. A subclass with a `kind` registers itself.

    Only one thread may call open, read and close (a capture released under a blocked read is a crash). The
    constructor opens nothing.
    """

    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""
    help: ClassVar[str] = ""
    rank: ClassVar[int] = 0
    """Kinds of a lower rank are asked first whether they recognise what a person gave."""

    is_live: bool = False
    """Frames come by themselves (camera, stream, video, animation); else read() answers once per change."""
    keeps_running: bool = False
    """Its world does not stop: while frozen it must still be read, or old frames pile up (camera, stream)."""
    comes_back: bool = False
    """When lost, it is worth trying to open it again (camera, stream)."""
    can_seek: bool = False
    can_loop: bool = False
    can_change_speed: bool = False
    interval_ms: float = 0.0
    """Time between two frames at speed 1; 0 when unknown or still."""
    device: str = ""
    """Names what only one can hold at a time ("camera:0"); empty when it can be shared."""

    def __init__(self) -> None:
        self.is_ended = False
        self.position = 0
        self.length = 0
        self.speed = 1.0
        self.loop = True
        self.wake: Callable[[], None] = _sleep_on
        self.is_given_up: Callable[[], bool] = never
        self._count = 0

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.kind:
            _kinds[cls.kind] = cls

    def open(self) -> None:  # noqa: B027 - many have nothing to get ready
        """Get ready to read. Raises SourceError with a sentence for a person, and SourceGivenUp."""

    @abstractmethod
    def read(self, wait: Wait) -> Frame | None:
        """The next frame; None when `wait` was woken, or when there is nothing new.

        Raises SourceLost, SourceError, and SourceGivenUp.
        """

    def close(self) -> None:  # noqa: B027 - nor to let go of
        """Let go of files and devices; harmless when nothing is open."""

    @classmethod
    def recognised(cls, text: str) -> Source | None:
        """A source of this kind if `text` (an address, a path, a number) names one, else None."""
        return None

    @property
    def address(self) -> str:
        """The text from which `open_source` makes this source again; empty if there is none."""
        return ""

    def describe(self) -> str:
        """What this is, for a person: "Camera 0, 640 x 480"."""
        return self.title

    def seek(self, position: int) -> None:  # noqa: B027 - only for those that can_seek
        """Make the frame at `position` the next one that read() delivers."""

    def step(self, by: int) -> None:
        """Move by some frames from the one delivered last."""
        self.seek(self.position + by)

    def _frame(self, pixels: Pixels, label: str = "") -> Frame:
        frame = Frame(pixels, self._count, time.perf_counter(), label, self.position, self.length)
        self._count += 1
        return frame


_kinds: dict[str, type[Source]] = {}


def kinds() -> dict[str, type[Source]]:
    """All kinds of source that have registered themselves, by their `kind`; the lowest rank first."""
    return dict(sorted(_kinds.items(), key=lambda item: item[1].rank))


def _sleep_on() -> None:
    """Nobody waits for this source."""


def never() -> bool:
    """Nobody gives up what is being read."""
    return False


class Pace:
    """Keeps time between frames: sleeps until the next one is due, and makes up for no lost time."""

    def __init__(self) -> None:
        self._due = 0.0

    def restart(self) -> None:
        """Let the next frame be due at once."""
        self._due = 0.0

    def is_late(self, interval: float) -> bool:
        """Is the frame after the next one due already?"""
        return self._due > 0 and time.perf_counter() > self._due + interval

    def advance(self, interval: float) -> None:
        """One frame has been passed over."""
        self._due += interval

    def keep(self, interval: float, wait: Wait) -> bool:
        """Sleep until the next frame is due (`interval` in seconds); False if woken before."""
        now = time.perf_counter()
        if self._due > now and wait(self._due - now):
            return False
        now = max(now, self._due)
        self._due = (self._due if now - self._due < interval else now) + interval
        return True

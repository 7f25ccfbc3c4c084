"""The thread that reads the source: it alone opens, reads and closes it, and only the newest frame counts."""

from __future__ import annotations

import logging
import queue
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from explorer.runtime.latest import Latest
from explorer.sources.source import Frame, Source, SourceError, SourceGivenUp, SourceLost

CaptureKind = Literal["idle", "opening", "live", "still", "frozen", "lost", "failed", "ended"]

FIRST_RETRY_S = 0.2
LAST_RETRY_S = 3.0
RATE_WINDOW_S = 0.5
LONGEST_JOIN_S = 12.0  # a camera driver may hold a read for up to ten seconds

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CaptureState:
    """How the capture stands. After `failed`, `sentence` says why; `source`, if any, still delivers."""

    kind: CaptureKind
    sentence: str = ""
    source: Source | None = None
    description: str = ""
    frames_per_second: float = 0.0
    frame_size: tuple[int, int] | None = None
    """Width and height of the last frame."""

    @property
    def name(self) -> str:
        """The description without the size at its end."""
        return re.sub(r", \d+ x \d+$", "", self.description)

    @property
    def is_running(self) -> bool:
        """Whether frames come by themselves, even if another source could not be opened."""
        runs_on = self.kind == "failed" and self.frames_per_second > 0
        return self.kind == "live" or (runs_on and self.source is not None and self.source.is_live)


class Capture:
    """Reads a source in a thread of its own; `frames` and `states` hold the newest frame and state.

    The public methods may be called from any thread and return at once; the capture thread obeys between
    two reads. `turn` is one pass of its loop.
    """

    def __init__(self) -> None:
        self.frames: Latest[Frame] = Latest()
        self.states: Latest[CaptureState] = Latest()
        self._thread = threading.Thread(target=self._run, name="explorer-capture", daemon=True)
        self._requests: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._woken = threading.Event()
        self._stopping = False
        self._told = threading.Condition()
        self._state = CaptureState("idle")
        self._wanted: Source | None = None
        self._source: Source | None = None
        self._frozen = False
        self._owes_frame = False  # a step or a seek shows one frame even while frozen
        self._broken = False  # the source cannot be read any more and will not come back by itself
        self._failure = ""
        self._loss = ""
        self._retry_s = FIRST_RETRY_S
        self._retry_at = 0.0
        self._rate = 0.0
        self._counted = 0
        self._counted_since = 0.0
        self._frame_size: tuple[int, int] | None = None

    # What other threads may ask

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def switch(self, source: Source) -> None:
        """Read from another source. If it cannot be opened, the one before goes on; the state is `failed`."""
        self._wanted = source
        self._ask(lambda: self._adopt(source))

    def freeze(self, frozen: bool = True) -> None:
        """Hold the picture. A camera stays open and is read on, so that nothing piles up; a video pauses."""
        self._ask(lambda: self._set_frozen(frozen))

    def seek(self, position: int) -> None:
        """Go to a frame of a video or an image of a folder; shown even while frozen."""
        self._ask(lambda: self._move(lambda source: source.seek(position)))

    def step(self, by: int) -> None:
        """Go some frames forward (+) or back (-); shown even while frozen."""
        self._ask(lambda: self._move(lambda source: source.step(by)))

    def set_speed(self, speed: float) -> None:
        """Play a video or an animation `speed` times as fast."""
        self._ask(lambda: self._set("speed", max(0.01, speed)))

    def set_loop(self, loop: bool) -> None:
        """Begin again after the last frame, or stop there."""
        self._ask(lambda: self._set("loop", loop))

    def wake(self) -> None:
        """Something may have changed: look at the source again."""
        self._woken.set()

    def stop(self) -> None:
        """Close the source and end the thread; returns when it has ended."""
        self._stopping = True
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(LONGEST_JOIN_S)
            if self._thread.is_alive():
                log.warning("The capture thread is still held by %s", self._state.description)

    @property
    def wanted(self) -> Source | None:
        """The source that was asked for last, whether it is open by now or not."""
        return self._wanted

    @property
    def state(self) -> CaptureState:
        """The state as it is now."""
        return self._state

    def wait_for_frame(self, timeout: float = 5.0) -> Frame:
        """Sleep until a frame is there and take it; raises TimeoutError."""
        self.frames.wait(timeout)
        frame = self.frames.take()
        if frame is None:
            raise TimeoutError(f"No frame came within {timeout} s; the capture is {self._state}.")
        return frame

    def wait_for_state(self, *kinds: CaptureKind, timeout: float = 5.0) -> CaptureState:
        """Sleep until the state is of one of these kinds; raises TimeoutError."""
        return self.wait_until(lambda state: state.kind in kinds, timeout)

    def wait_until(self, is_reached: Callable[[CaptureState], bool], timeout: float = 5.0) -> CaptureState:
        """Sleep until the state is as wanted; raises TimeoutError."""
        with self._told:
            if not self._told.wait_for(lambda: is_reached(self._state), timeout):
                raise TimeoutError(f"The capture did not get there within {timeout} s; it is {self._state}.")
            return self._state

    # What the capture thread does

    def _run(self) -> None:
        try:
            while not self._stopping:
                self.turn()
        finally:
            if self._source is not None:
                self._source.close()

    def turn(self) -> None:
        """Obey what was asked, then read one frame, or sleep until something is asked."""
        self._woken.clear()
        while not self._stopping:
            try:
                request = self._requests.get_nowait()
            except queue.Empty:
                break
            request()
        if self._stopping:
            return
        if self._source is None or self._broken:
            self._sleep(None)
        elif self._loss:
            self._try_again(self._source)
        elif self._frozen and not self._owes_frame and not self._source.keeps_running:
            self._sleep(None)
        else:
            self._read(self._source)

    def _ask(self, request: Callable[[], None]) -> None:
        self._requests.put(request)
        self.wake()

    def _sleep(self, seconds: float | None) -> bool:
        return self._stopping or self._woken.wait(seconds)

    def _read(self, source: Source) -> None:
        try:
            frame = source.read(self._sleep)
        except SourceGivenUp:
            return
        except SourceLost as loss:
            self._lose(source, str(loss))
        except SourceError as failure:
            self._give_up(source, str(failure))
        except Exception as failure:  # a decoder may raise anything; the thread must live on
            log.exception("Reading %s failed", source.describe())
            self._give_up(source, f"{source.describe()} cannot be read: {failure}. Choose another source.")
        else:
            self._pass_on(source, frame)

    def _pass_on(self, source: Source, frame: Frame | None) -> None:
        if frame is not None:
            self._count(frame)
            if self._owes_frame or not self._frozen:
                self._owes_frame = False
                self.frames.put(frame)
        elif source.is_ended or not source.is_live:
            if source.is_ended and self._state.kind != "ended":
                self._failure = ""
                self._tell()
            self._owes_frame = False
            self._sleep(None)

    def _count(self, frame: Frame) -> None:
        now = time.perf_counter()
        size = (frame.width, frame.height)
        self._counted += 1
        window = now - self._counted_since
        measured = window >= RATE_WINDOW_S and self._counted > 1
        if measured:
            self._rate = self._counted / window
            self._counted, self._counted_since = 0, now
        if measured or size != self._frame_size or self._state.kind in ("opening", "ended"):
            self._frame_size = size
            self._tell()

    def _adopt(self, source: Source) -> None:
        if source is not self._wanted or source is self._source:
            return  # somebody asked for yet another one meanwhile
        before = self._source
        self._failure = ""
        self._tell("opening", f"Opening {source.describe()} ...")
        shares_device = before is not None and bool(source.device) and source.device == before.device
        if before is not None and shares_device:
            before.close()  # the driver lets nobody else open it before
        try:
            source.wake = self.wake
            source.is_given_up = lambda: self._stopping or source is not self._wanted
            source.open()
        except SourceGivenUp:
            source.close()
            self._tell()  # the one before may be wanted again
            return
        except Exception as failure:
            self._refuse(source, failure)
            if shares_device and before is not None:
                self._lose(before, f"{before.describe()} is being opened again.", self._failure)
            return
        if before is not None and not shares_device:
            before.close()
        self._source, self._broken, self._loss = source, False, ""
        self._owes_frame, self._frozen = False, False
        self._restart_count()
        self._tell()

    def _refuse(self, source: Source, failure: Exception) -> None:
        source.close()
        if isinstance(failure, SourceError):
            self._failure = str(failure)
        else:
            log.error("Opening %s failed", source.describe(), exc_info=failure)
            self._failure = f"{source.describe()} cannot be opened: {failure}. Choose another source."
        self._tell()

    def _lose(self, source: Source, sentence: str, failure: str = "") -> None:
        if not source.comes_back:
            self._give_up(source, sentence)
            return
        source.close()
        self._loss, self._failure = sentence, failure
        self._retry_s = FIRST_RETRY_S
        self._retry_at = time.perf_counter() + self._retry_s
        self._rate = 0.0
        self._tell()

    def _give_up(self, source: Source, sentence: str) -> None:
        source.close()
        self._broken, self._failure, self._rate = True, sentence, 0.0
        self._tell()

    def _try_again(self, source: Source) -> None:
        if self._sleep(max(0.0, self._retry_at - time.perf_counter())):
            return
        try:
            source.open()
        except SourceError:
            source.close()
            self._retry_s = min(2 * self._retry_s, LAST_RETRY_S)
            self._retry_at = time.perf_counter() + self._retry_s
            return
        self._loss = ""
        self._restart_count()
        self._tell()

    def _move(self, move: Callable[[Source], None]) -> None:
        if self._source is not None and self._source.can_seek and not self._broken:
            move(self._source)
            self._owes_frame = True

    def _set(self, name: Literal["speed", "loop"], value: float | bool) -> None:
        if self._source is not None:
            setattr(self._source, name, value)
            self._tell()

    def _set_frozen(self, frozen: bool) -> None:
        self._frozen = frozen
        self._failure = ""
        self._restart_count()
        self._tell()

    def _restart_count(self) -> None:
        self._counted, self._counted_since = 0, time.perf_counter()

    def _tell(self, kind: CaptureKind | None = None, sentence: str = "") -> None:
        source = self._source
        state = CaptureState(
            kind or self._kind(),
            sentence or self._failure or self._loss,
            source,
            source.describe() if source else "",
            self._rate,
            self._frame_size,
        )
        with self._told:
            self._state = state
            self._told.notify_all()
        self.states.put(state)

    def _kind(self) -> CaptureKind:
        source = self._source
        if self._failure:
            return "failed"
        if source is None:
            return "idle"
        if self._loss:
            return "lost"
        if self._frozen:
            return "frozen"
        if source.is_ended:
            return "ended"
        return "live" if source.is_live else "still"

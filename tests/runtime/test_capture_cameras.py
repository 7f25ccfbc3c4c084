"""The capture thread and cameras: those that are not there, that come and go, and that only one can hold."""

import threading
import time

import numpy as np
import psutil

from explorer.runtime.capture import Capture
from explorer.sources.camera import CameraSource
from explorer.sources.samples import SampleSource
from explorer.sources.source import Frame, Source, SourceError, Wait
from explorer.sources.stream import StreamSource
from tests.runtime.captures import show, stream
from tests.sources.mjpeg_server import MjpegServer, number_in


def test_a_camera_that_does_not_exist_fails_with_a_sentence(capture: Capture) -> None:
    state = show(capture, CameraSource(987))
    assert (state.kind, state.source) == ("failed", None)
    assert "camera" in state.sentence.lower()


def test_a_refused_camera_fails_at_once(capture: Capture, server: MjpegServer) -> None:
    server.unplug()
    started = time.perf_counter()
    assert show(capture, StreamSource(server.url, open_timeout_ms=4000)).kind == "failed"
    assert time.perf_counter() - started < 2.0


def test_a_silent_camera_fails_after_its_time(capture: Capture, server: MjpegServer) -> None:
    server.fall_silent()
    assert "nothing answered" in show(capture, stream(server)).sentence


# Cameras that come and go


def test_a_camera_delivers_frames_of_its_size(capture: Capture, server: MjpegServer) -> None:
    assert show(capture, stream(server)).kind == "live"
    assert capture.wait_for_frame().pixels.shape == (240, 320, 3)


def test_a_lost_camera_is_shown_as_lost_and_comes_back(capture: Capture, server: MjpegServer) -> None:
    show(capture, stream(server))
    capture.wait_for_frame()
    server.unplug()
    assert "no longer delivers" in capture.wait_for_state("lost").sentence
    capture.frames.take()
    sent = server.sent
    server.plug_in()
    capture.wait_for_state("live")
    assert number_in(capture.wait_for_frame().pixels) >= sent


def test_a_camera_that_falls_silent_is_lost_and_comes_back(capture: Capture, server: MjpegServer) -> None:
    show(capture, stream(server))
    capture.wait_for_frame()
    server.fall_silent()
    capture.wait_for_state("lost")
    server.speak()
    assert capture.wait_for_state("live").sentence == ""


def test_another_resolution_in_the_middle_is_followed(capture: Capture, server: MjpegServer) -> None:
    show(capture, stream(server))
    capture.wait_for_frame()
    server.width, server.height = 160, 120
    assert capture.wait_until(lambda state: state.frame_size == (160, 120)).kind == "live"


def test_stopping_while_a_read_is_blocked_waits_for_it(server: MjpegServer) -> None:
    capture = Capture()
    capture.start()
    show(capture, stream(server))
    capture.wait_for_frame()
    server.fall_silent()
    capture.stop()
    assert "explorer-capture" not in {thread.name for thread in threading.enumerate()}


def test_switching_while_a_read_is_blocked_works(capture: Capture, server: MjpegServer) -> None:
    show(capture, stream(server))
    capture.wait_for_frame()
    server.fall_silent()
    assert show(capture, SampleSource("dot")).kind == "still"


def test_a_slow_reader_gets_the_newest_frame(capture: Capture, server: MjpegServer) -> None:
    show(capture, stream(server))
    first = capture.wait_for_frame()
    capture.wait_until(lambda state: state.frames_per_second > 0)  # half a second, in which nobody reads
    newest = capture.wait_for_frame()
    assert newest.index - first.index > 5
    assert newest.age() < 0.3


def test_a_frozen_camera_is_read_on_so_that_nothing_piles_up(capture: Capture, server: MjpegServer) -> None:
    show(capture, stream(server))
    capture.wait_for_frame()
    capture.freeze()
    capture.wait_for_state("frozen")
    capture.frames.take()
    capture.wait_until(lambda state: state.frames_per_second > 0)
    assert capture.frames.peek() is None
    sent = server.sent
    capture.freeze(False)
    assert number_in(capture.wait_for_frame().pixels) >= sent - 5


def test_memory_is_flat_over_some_hundred_frames(capture: Capture, server: MjpegServer) -> None:
    server.interval = 0.001
    show(capture, stream(server))
    while capture.wait_for_frame().index < 50:
        pass
    before = psutil.Process().memory_info().rss
    while capture.wait_for_frame().index < 350:
        pass
    assert (
        psutil.Process().memory_info().rss - before < 8_000_000
    )  # one frame leaked each time would be 69 MB


def test_the_source_before_is_closed(capture: Capture, server: MjpegServer) -> None:
    before = stream(server)
    show(capture, before)
    show(capture, SampleSource("dot"))
    assert before._capture is None


class SoleSource(Source):
    """A device that only one can hold, as a camera is."""

    is_live = True
    comes_back = True
    device = "camera:0"
    holder: "SoleSource | None" = None

    def __init__(self, is_broken: bool = False) -> None:
        super().__init__()
        self.is_broken = is_broken

    def open(self) -> None:
        if self.is_broken or SoleSource.holder is not None:
            raise SourceError("Camera 0 is in use.")
        SoleSource.holder = self

    def read(self, wait: Wait) -> Frame | None:
        return None if wait(0.001) else self._frame(np.zeros((2, 2, 1), np.uint8))

    def close(self) -> None:
        if SoleSource.holder is self:
            SoleSource.holder = None


def test_another_resolution_of_the_same_camera_closes_it_first(capture: Capture) -> None:
    show(capture, SoleSource())
    assert show(capture, SoleSource()).kind == "live"


def test_the_camera_before_comes_back_when_its_new_setting_fails(capture: Capture) -> None:
    before = SoleSource()
    show(capture, before)
    state = show(capture, SoleSource(is_broken=True))
    assert "in use" in state.sentence
    capture.frames.take()
    capture.wait_for_frame()
    assert SoleSource.holder is before

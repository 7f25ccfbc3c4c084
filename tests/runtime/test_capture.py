"""The capture thread: files and samples, good ones and bad ones, and what happens when something else is wanted."""

import threading
import time
from pathlib import Path

import numpy as np

from explorer.runtime.capture import Capture
from explorer.sources.camera import CameraSource
from explorer.sources.folder import FolderSource
from explorer.sources.given import GivenSource
from explorer.sources.image_file import ImageFileSource
from explorer.sources.samples import SampleSource
from explorer.sources.source import Frame, Source, SourceGivenUp, Wait
from explorer.sources.video import VideoSource
from tests.runtime.captures import show
from tests.sources.files import write_picture, write_video
from tests.sources.mjpeg_server import number_in


def wait_for_number(capture: Capture, is_wanted: int) -> Frame:
    while True:
        frame = capture.wait_for_frame()
        if number_in(frame.pixels) == is_wanted:
            return frame


# Still sources


def test_a_still_source_delivers_once_and_the_thread_rests(capture: Capture) -> None:
    show(capture, SampleSource("house"))
    capture.wait_for_frame()
    capture.states.take()
    assert not capture.frames.wait(0.05)


def test_a_resting_thread_costs_no_time(capture: Capture) -> None:
    show(capture, SampleSource("checkerboard"))
    capture.wait_for_frame()
    before = time.process_time()
    capture.frames.wait(0.1)
    assert time.process_time() - before < 0.05


def test_given_pixels_are_shown_whenever_they_change(capture: Capture) -> None:
    drawing = GivenSource(np.zeros((4, 4), np.uint8), "Drawing")
    show(capture, drawing)
    capture.wait_for_frame()
    drawing.show(np.full((4, 4), 9, np.uint8))
    assert capture.wait_for_frame().pixels[0, 0, 0] == 9


def test_a_folder_goes_forward_and_back(capture: Capture, tmp_path: Path) -> None:
    for value in (10, 20, 30):
        write_picture(tmp_path / f"{value}.png", np.full((4, 4), value, np.uint8))
    show(capture, FolderSource(tmp_path))
    seen = [capture.wait_for_frame().pixels[0, 0, 0]]
    for by in (1, 1, 1, -1):
        capture.step(by)
        seen.append(capture.wait_for_frame().pixels[0, 0, 0])
    assert seen == [10, 20, 30, 10, 30]


# Sources that fail


def test_the_last_good_source_goes_on_when_the_next_cannot_be_opened(
    capture: Capture, tmp_path: Path
) -> None:
    good = SampleSource("moving-bars")
    show(capture, good)
    state = show(capture, ImageFileSource(tmp_path / "none.png"))
    capture.frames.take()
    assert (state.kind, state.source) == ("failed", good)
    assert "There is no file" in state.sentence
    assert capture.wait_for_frame().label == good.sample.title


def test_a_failure_is_told_until_something_else_happens(capture: Capture) -> None:
    show(capture, SampleSource("moving-bars"))
    show(capture, CameraSource(987))
    capture.wait_until(lambda state: state.frames_per_second > 0)
    assert "987" in capture.state.sentence


def test_whoever_goes_back_while_another_opens_is_told(capture: Capture, tmp_path: Path) -> None:
    show(capture, first := ImageFileSource(write_picture(tmp_path / "first.png", np.zeros((4, 4), np.uint8))))
    capture.switch(LongSource())
    capture.wait_for_state("opening")
    capture.switch(first)
    assert capture.wait_for_state("still").source is first


class BrokenSource(Source):
    """Its decoder raises what nobody foresaw."""

    is_live = True

    def read(self, wait: Wait) -> Frame | None:
        raise RuntimeError("no such codec")


def test_the_thread_outlives_an_unforeseen_error(capture: Capture) -> None:
    capture.switch(BrokenSource())
    assert "no such codec" in capture.wait_for_state("failed").sentence
    capture.switch(SampleSource("dot"))
    assert capture.wait_for_state("still").sentence == ""


# Videos


def test_a_video_ends_when_it_shall_not_loop(capture: Capture, tmp_path: Path) -> None:
    video = VideoSource(write_video(tmp_path / "v.avi"))
    video.loop = False
    show(capture, video)
    capture.wait_for_state("ended")
    assert number_in(capture.wait_for_frame().pixels) == 9


def test_an_ended_video_can_be_sought(capture: Capture, tmp_path: Path) -> None:
    video = VideoSource(write_video(tmp_path / "v.avi"))
    video.loop = False
    show(capture, video)
    capture.wait_for_state("ended")
    capture.freeze()
    capture.wait_for_state("frozen")
    capture.frames.take()
    capture.seek(4)
    assert number_in(capture.wait_for_frame().pixels) == 4


def test_a_frozen_video_steps_frame_by_frame(capture: Capture, tmp_path: Path) -> None:
    show(capture, VideoSource(write_video(tmp_path / "v.avi")))
    capture.freeze()
    capture.wait_for_state("frozen")
    capture.frames.take()
    capture.seek(3)
    seen = [capture.wait_for_frame().position]
    for by in (1, 1, -1):
        capture.step(by)
        seen.append(capture.wait_for_frame().position)
    assert seen == [3, 4, 5, 4]


def test_a_looping_video_begins_again(capture: Capture, tmp_path: Path) -> None:
    show(capture, VideoSource(write_video(tmp_path / "v.avi", frames=5)))
    while capture.wait_for_frame().index < 5:
        pass
    assert capture.state.kind == "live"
    assert wait_for_number(capture, 0).index >= 5


def test_speed_is_obeyed(capture: Capture, tmp_path: Path) -> None:
    video = VideoSource(write_video(tmp_path / "v.avi", frames=200, rate=20))
    show(capture, video)
    capture.set_speed(5.0)
    rate = capture.wait_until(lambda state: state.frames_per_second > 60).frames_per_second
    assert rate < 130


# Switching


def test_of_several_wishes_the_last_one_counts(capture: Capture) -> None:
    for name in ("house", "face", "text"):
        capture.switch(SampleSource(name))
    state = capture.wait_until(
        lambda state: isinstance(state.source, SampleSource) and state.source.sample.name == "text"
    )
    assert state.kind == "still"


class LongSource(Source):
    """Takes until nobody wants it any more."""

    def __init__(self) -> None:
        super().__init__()
        self.is_opening = threading.Event()

    def open(self) -> None:
        self.is_opening.set()
        while not self.is_given_up():
            pass  # here it would work on the next piece
        raise SourceGivenUp

    def read(self, wait: Wait) -> Frame | None:
        raise AssertionError("it never opened")


def test_what_takes_long_is_given_up_when_something_else_is_wanted(capture: Capture) -> None:
    long = LongSource()
    capture.switch(long)
    assert long.is_opening.wait(5)
    assert show(capture, SampleSource("house", 64, 48)).kind == "still"


def test_what_takes_long_does_not_hold_up_the_end(capture: Capture) -> None:
    long = LongSource()
    capture.switch(long)
    assert long.is_opening.wait(5)
    capture.stop()
    assert not capture._thread.is_alive()


def test_a_capture_that_never_started_can_be_stopped() -> None:
    capture = Capture()
    capture.stop()
    assert capture.state.kind == "idle"

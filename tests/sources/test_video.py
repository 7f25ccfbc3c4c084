"""A video file plays at its rate, is sought, looped, stepped and played faster."""

from pathlib import Path

import pytest

from explorer.sources.source import Frame, SourceError
from explorer.sources.video import VideoSource
from tests.sources.files import write_video
from tests.sources.mjpeg_server import number_in


class Waits:
    """Notes for how long a source wants to sleep."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float | None) -> bool:
        self.seconds.append(seconds or 0.0)
        return False


def read(source: VideoSource, waits: Waits | None = None) -> Frame:
    frame = source.read(waits or Waits())
    assert frame is not None
    return frame


@pytest.fixture
def video(tmp_path: Path) -> VideoSource:
    source = VideoSource(write_video(tmp_path / "v.avi", frames=10, rate=20))
    source.open()
    return source


def test_frames_come_in_order_and_lossless(video: VideoSource) -> None:
    assert [number_in(read(video).pixels) for _ in range(4)] == [0, 1, 2, 3]


def test_length_rate_and_size_are_known(video: VideoSource) -> None:
    read(video)
    assert (video.length, video.frame_rate, video.interval_ms) == (10, 20.0, 50.0)
    assert video.describe() == "v.avi, 64 x 48, 20 frames per second"


@pytest.mark.parametrize("position", [0, 3, 9, 5])
def test_seeking_is_exact(video: VideoSource, position: int) -> None:
    video.seek(position)
    frame = read(video)
    assert (number_in(frame.pixels), frame.position) == (position, position)


def test_seeking_stays_within_the_video(video: VideoSource) -> None:
    video.seek(1000)
    assert read(video).position == 9


def test_stepping_counts_from_the_frame_shown(video: VideoSource) -> None:
    video.seek(5)
    read(video)
    video.step(-2)
    assert read(video).position == 3


def test_it_sleeps_as_long_as_its_rate_says(video: VideoSource) -> None:
    waits = Waits()
    read(video, waits)
    read(video, waits)
    assert waits.seconds == [pytest.approx(0.05, abs=0.02)]


def test_twice_the_speed_is_half_the_sleep(video: VideoSource) -> None:
    video.speed = 2.0
    waits = Waits()
    read(video, waits)
    read(video, waits)
    assert waits.seconds == [pytest.approx(0.025, abs=0.02)]


def test_a_woken_sleep_delivers_nothing_and_loses_nothing(video: VideoSource) -> None:
    read(video)
    assert video.read(lambda seconds: True) is None
    assert read(video).position == 1


def test_after_the_last_frame_comes_the_first(video: VideoSource) -> None:
    video.seek(9)
    read(video)
    video.read(Waits())  # finds the end
    assert read(video).position == 0


def test_without_loop_it_ends_and_seeking_revives_it(video: VideoSource) -> None:
    video.loop = False
    video.seek(9)
    read(video)
    assert video.read(Waits()) is None
    assert video.is_ended
    video.seek(2)
    assert read(video).position == 2


@pytest.mark.parametrize("content", [b"", b"no video at all", b"RIFF\0\0\0\0AVI LIST"])
def test_what_is_no_video_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "v.mp4"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="cannot be read as a video"):
        VideoSource(path).open()


def test_a_cut_off_video_plays_as_far_as_it_goes(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.avi", frames=50)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    source = VideoSource(path)
    source.open()
    assert number_in(read(source).pixels) == 0


def test_a_missing_video_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no file"):
        VideoSource(tmp_path / "v.mp4").open()


def test_czech_and_chinese_letters_in_the_path_do_no_harm(tmp_path: Path) -> None:
    written = write_video(tmp_path / "v.avi")
    path = written.rename(tmp_path / "kůň 视频.avi")
    source = VideoSource(path)
    source.open()
    assert read(source).position == 0
    source.close()

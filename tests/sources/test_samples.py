"""Samples need no set-up, have any size, and some of them move."""

import numpy as np
import pytest

from explorer.sources import photographs
from explorer.sources.samples import SampleSource, samples
from explorer.sources.source import Frame, SourceError

NAMES = [sample.name for sample in samples()]
ANIMATED = [sample.name for sample in samples() if sample.animated]


def never_wait(seconds: float | None) -> bool:
    return False


def read(source: SampleSource) -> Frame:
    frame = source.read(never_wait)
    assert frame is not None
    return frame


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_shows_something(name: str) -> None:
    assert np.ptp(read(SampleSource(name, 320, 240)).pixels) > 100


@pytest.mark.parametrize("name", [name for name in NAMES if name not in photographs.FILES])
@pytest.mark.parametrize(("width", "height"), [(640, 480), (28, 28), (50, 200), (1, 1), (3, 2)])
def test_a_drawing_has_the_size_that_was_asked_for(name: str, width: int, height: int) -> None:
    assert read(SampleSource(name, width, height)).pixels.shape[:2] == (height, width)


@pytest.mark.parametrize("name", ANIMATED)
def test_an_animated_sample_moves(name: str) -> None:
    source = SampleSource(name, 160, 120)
    source.speed = 1000.0
    first = read(source).pixels
    assert any((read(source).pixels != first).any() for _ in range(5))


@pytest.mark.parametrize("name", ["zone-plate", "house", "noise"])
def test_a_still_sample_is_the_same_every_time_and_comes_once(name: str) -> None:
    source = SampleSource(name)
    np.testing.assert_array_equal(read(source).pixels, read(SampleSource(name)).pixels)
    assert source.read(never_wait) is None


def test_the_dot_is_one_white_pixel() -> None:
    pixels = read(SampleSource("dot", 9, 7)).pixels
    assert (pixels.sum(), pixels[3, 4, 0]) == (255, 255)


def test_the_zone_plate_is_symmetric() -> None:
    pixels = read(SampleSource("zone-plate", 64, 64)).pixels[:, :, 0]
    np.testing.assert_array_equal(pixels, pixels.T)
    np.testing.assert_array_equal(pixels, pixels[::-1])


def test_bars_move_to_the_right() -> None:
    source = SampleSource("moving-bars", 180, 10)
    first = read(source).pixels[0, :, 0]
    second = read(source).pixels[0, :, 0]  # a sixth of the width per second: one pixel in a thirtieth
    np.testing.assert_array_equal(first[:-1], second[1:])


def test_names_are_unique_and_described() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert all(sample.title and sample.help.endswith(".") for sample in samples())


def test_an_unknown_sample_is_refused_with_a_hint() -> None:
    with pytest.raises(SourceError, match="Did you mean sample:zone-plate"):
        SampleSource("zoneplate")


def test_a_size_out_of_reason_is_refused() -> None:
    with pytest.raises(SourceError, match="4096 x 4096"):
        SampleSource("dot", 100_000, 10)


def test_without_scikit_image_there_are_no_photographs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photographs, "_folder", lambda: None)
    assert all(sample.name not in photographs.FILES for sample in samples())


def test_photographs_are_there_with_scikit_image() -> None:
    pytest.importorskip("skimage", reason="the extra samples is not installed")
    assert {"cat", "astronaut", "cameraman", "coffee", "coins", "rocket"} <= set(NAMES)

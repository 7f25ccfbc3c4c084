"""Arrays of any kind become pixels of a frame."""

import numpy as np
import pytest

from explorer.sources.pixels import as_frame_pixels
from explorer.sources.source import Frame, SourceError


def test_a_flat_array_gets_a_channel() -> None:
    assert as_frame_pixels(np.zeros((2, 3), np.uint8)).shape == (2, 3, 1)


def test_bgr_becomes_rgb() -> None:
    assert as_frame_pixels(np.array([[[1, 2, 3]]], np.uint8), is_bgr=True).tolist() == [[[3, 2, 1]]]


def test_half_transparent_black_over_white_is_grey() -> None:
    assert as_frame_pixels(np.array([[[0, 0, 0, 128]]], np.uint8)).tolist() == [[[127, 127, 127]]]


def test_grey_with_alpha_is_laid_over_white_too() -> None:
    assert as_frame_pixels(np.array([[[0, 0], [10, 255]]], np.uint8)).tolist() == [[[255], [10]]]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0, 65535]], np.uint16), [0, 255]),
        (np.array([[-5, 32767]], np.int16), [0, 255]),
        (np.array([[0.0, 0.5, 1.0]], np.float64), [0, 128, 255]),
        (np.array([[-1.0, 0.0, 3.0]], np.float32), [0, 64, 255]),
        (np.array([[np.nan, 1.0, np.inf]], np.float32), [0, 255, 0]),
        (np.array([[False, True]]), [0, 255]),
        (np.array([[7.0, 7.0]]), [0, 0]),
    ],
)
def test_every_number_type_is_scaled(values: np.ndarray, expected: list[int]) -> None:
    assert as_frame_pixels(values)[0, :, 0].tolist() == expected


@pytest.mark.parametrize("shape", [(3,), (2, 2, 5), (0, 4), (1, 2, 3, 4)])
def test_what_is_no_image_is_refused_with_a_sentence(shape: tuple[int, ...]) -> None:
    with pytest.raises(SourceError, match="height x width"):
        as_frame_pixels(np.zeros(shape, np.uint8))


def test_texts_are_no_pixels() -> None:
    with pytest.raises(SourceError, match="made of numbers"):
        as_frame_pixels(np.array([["a", "b"]]))


def test_a_frame_cannot_be_written_to() -> None:
    frame = Frame(np.zeros((2, 2, 1), np.uint8), 0, 0.0)
    with pytest.raises(ValueError, match="read-only"):
        frame.pixels[0, 0, 0] = 1


def test_a_frame_refuses_what_is_no_frame() -> None:
    with pytest.raises(ValueError, match="height x width"):
        Frame(np.zeros((2, 2, 4), np.uint8), 0, 0.0)

"""Images changed at random: what each setting does, with numbers one can check in the head."""

import time

import numpy as np
import pytest

from explorer.datasets.augmentation import Augmentation


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def ramp(count: int = 20, channels: int = 1) -> np.ndarray:
    """Every image the same, every pixel another value."""
    image = np.arange(7 * 9 * channels, dtype=np.float32).reshape(channels, 7, 9) / (7 * 9 * channels)
    return np.repeat(image[None], count, axis=0)


EVERYTHING = Augmentation(
    shift=2, rotation=20, zoom=1.2, flip_h=True, flip_v=True, brightness=0.2, noise=0.05
)


def test_nothing_set_changes_nothing():
    images = ramp()
    assert Augmentation().applied(images, rng()) is images
    assert not Augmentation().changes_anything


def test_what_goes_in_stays_as_it_is():
    images = ramp()
    images.flags.writeable = False
    EVERYTHING.applied(images, rng())
    np.testing.assert_array_equal(images, ramp())


@pytest.mark.parametrize("channels", [1, 3, 6])
def test_the_same_generator_gives_the_same_images(channels):
    images = ramp(channels=channels)
    first, again, other = (EVERYTHING.applied(images, rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert first.shape == images.shape
    assert first.dtype == np.float32
    assert first.min() >= 0
    assert first.max() <= 1


def test_a_horizontal_flip_mirrors_about_half_of_them_exactly():
    changed = Augmentation(flip_h=True).applied(ramp(200), rng())
    mirrored = [np.array_equal(image, ramp(1)[0, :, :, ::-1]) for image in changed]
    kept = [np.array_equal(image, ramp(1)[0]) for image in changed]
    assert all(one != other for one, other in zip(mirrored, kept, strict=True))
    assert 70 < sum(mirrored) < 130


def test_a_vertical_flip_stands_on_its_head():
    changed = Augmentation(flip_v=True).applied(ramp(50), rng())
    assert {tuple(image[0, :, 0]) for image in changed} == {
        tuple(ramp(1)[0, 0, :, 0]), tuple(ramp(1)[0, 0, ::-1, 0]),
    }  # fmt: skip


def test_a_shift_moves_by_whole_pixels_up_to_the_limit():
    dot = np.zeros((300, 1, 9, 9), np.float32)
    dot[:, 0, 4, 4] = 1
    changed = Augmentation(shift=2, border="black").applied(dot, rng())
    places = [tuple(np.argwhere(image[0] == 1)[0]) for image in changed]
    assert {row for row, _ in places} == {column for _, column in places} == {2, 3, 4, 5, 6}
    assert changed.sum() == 300


def test_rotation_turns_within_its_limit():
    line = np.zeros((100, 1, 41, 41), np.float32)
    line[:, 0, 20, 20:] = 1
    changed = Augmentation(rotation=30, border="black").applied(line, rng())
    heights = [20 - np.argmax(image[0, :, 35]) for image in changed]
    assert max(heights) <= round(15 * np.tan(np.radians(30))) + 1
    assert min(heights) < -5
    assert max(heights) > 5


def test_zoom_makes_larger_and_smaller():
    square = np.zeros((100, 1, 40, 40), np.float32)
    square[:, :, 10:30, 10:30] = 1
    sizes = Augmentation(zoom=1.5, border="black").applied(square, rng()).sum(axis=(1, 2, 3)) ** 0.5
    assert 20 / 1.5 - 0.5 < sizes.min() < 16
    assert 25 < sizes.max() < 30.5


def test_brightness_changes_all_pixels_of_an_image_alike():
    grey = np.full((100, 3, 4, 4), 0.5, np.float32)
    changed = Augmentation(brightness=0.2).applied(grey, rng())
    assert np.ptp(changed, axis=(1, 2, 3)).max() == 0
    assert 0.3 <= changed.min() < 0.35
    assert 0.65 < changed.max() <= 0.7


def test_noise_has_the_deviation_that_was_asked_for():
    grey = np.full((50, 1, 20, 20), 0.5, np.float32)
    assert Augmentation(noise=0.1).applied(grey, rng()).std() == pytest.approx(0.1, rel=0.05)


@pytest.mark.parametrize(("border", "expected"), [("black", 0.0), ("replicate", 1.0), ("reflect", 1.0)])
def test_the_border_is_what_was_chosen(border, expected):
    white = np.ones((50, 1, 8, 8), np.float32)
    assert Augmentation(shift=3, border=border).applied(white, rng()).min() == expected


def test_a_preview_shows_versions_of_one_image():
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    shown = EVERYTHING.preview(pixels, 6, seed=3)
    assert shown.shape == (6, 8, 8, 3)
    np.testing.assert_array_equal(shown, EVERYTHING.preview(pixels, 6, seed=3))
    assert len({version.tobytes() for version in shown}) == 6
    np.testing.assert_array_equal(Augmentation().preview(pixels, 2)[1], pixels)


def test_ten_thousand_images_take_less_than_a_second():
    images = np.random.default_rng(0).random((1000, 3, 32, 32), np.float32)
    settings = Augmentation(shift=4, rotation=10, flip_h=True)
    settings.applied(images[:10], rng())
    fastest = np.inf
    for _ in range(3):
        started = time.process_time()
        settings.applied(images, rng())
        fastest = min(fastest, time.process_time() - started)
    assert fastest < 0.1

"""What happens to a frame before the network, with numbers one can check in the head."""

import cv2
import numpy as np
import pytest

from explorer.engine.layer import SettingError
from explorer.sources.placement import placement
from explorer.sources.preparation import Preparation
from explorer.sources.preparing import prepare
from explorer.sources.samples import SampleSource
from explorer.sources.source import Pixels

RAMP = np.arange(0, 240, 10, dtype=np.uint8).reshape(4, 6, 1)


@pytest.fixture(scope="module")
def house() -> Pixels:
    frame = SampleSource("house", 160, 120).read(lambda seconds: False)
    assert frame is not None
    return frame.pixels


def plane(pixels: Pixels, preparation: Preparation, height: int, width: int) -> list[list[int]]:
    return np.rint(prepare(pixels, preparation, 1, height, width)[0, 0] * 255).astype(int).tolist()


def test_nothing_set_and_equal_sizes_is_the_frame_itself(house: Pixels) -> None:
    image = prepare(house, Preparation(), 3, 120, 160)
    assert image.dtype == np.float32
    assert image.flags.c_contiguous
    np.testing.assert_array_equal(image[0].transpose(1, 2, 0), house / np.float32(255))


def test_fit_keeps_the_shape_and_leaves_bars() -> None:
    assert plane(np.full((2, 4, 1), 200, np.uint8), Preparation(), 4, 4) == [
        [0] * 4,
        [200] * 4,
        [200] * 4,
        [0] * 4,
    ]


def test_crop_fills_and_cuts() -> None:
    pixels = np.array([[1, 2, 3, 4], [5, 6, 7, 8]], np.uint8)[:, :, None]
    assert plane(pixels, Preparation(fit="crop"), 2, 2) == [[2, 3], [6, 7]]


def test_stretch_fills_out_of_shape() -> None:
    pixels = np.array([[0, 0, 100, 100]], np.uint8)[:, :, None].repeat(4, 0)
    assert plane(pixels, Preparation(fit="stretch"), 4, 2) == [[0, 100]] * 4


def test_strong_shrinking_averages_areas() -> None:
    checkers = np.indices((64, 64)).sum(0).astype(np.uint8)[:, :, None] % 2 * 200
    assert plane(checkers, Preparation(), 8, 8) == [[100] * 8] * 8


@pytest.mark.parametrize(
    ("preparation", "expected"),
    [
        (Preparation(mirror=True), RAMP[:, ::-1]),
        (Preparation(flip_h=True), RAMP[:, ::-1]),
        (Preparation(flip_v=True), RAMP[::-1]),
        (Preparation(mirror=True, flip_h=True), RAMP),
        (Preparation(rotation=180), RAMP[::-1, ::-1]),
        (Preparation(shift_x=1 / 6), np.pad(RAMP, ((0, 0), (1, 0), (0, 0)))[:, :6]),
        (Preparation(shift_y=-0.25), np.pad(RAMP, ((0, 1), (0, 0), (0, 0)))[1:]),
        (Preparation(region=(0.5, 0, 0.5, 0.5), fit="stretch", zoom=1), None),
    ],
)
def test_whole_pixel_movements_are_exact(preparation: Preparation, expected: np.ndarray | None) -> None:
    if expected is None:
        assert plane(RAMP, preparation, 2, 3) == RAMP[:2, 3:, 0].tolist()
    else:
        assert plane(RAMP, preparation, 4, 6) == expected[:, :, 0].tolist()


def test_a_quarter_turn_is_anticlockwise() -> None:
    square = np.arange(9, dtype=np.uint8).reshape(3, 3, 1)
    assert plane(square, Preparation(rotation=90), 3, 3) == np.rot90(square[:, :, 0]).tolist()


def test_zoom_enlarges_about_the_middle() -> None:
    pixels = np.zeros((9, 9, 1), np.uint8)
    pixels[4, 4] = 200
    assert np.count_nonzero(prepare(pixels, Preparation(zoom=3), 1, 9, 9) > 0.3) >= 9


@pytest.mark.parametrize(
    ("colour", "expected"), [("red", 10), ("green", 20), ("blue", 30), ("grey", 18), ("auto", 18)]
)
def test_one_channel_is_taken_from_colours(colour: str, expected: int) -> None:
    pixels = np.full((2, 2, 3), (10, 20, 30), np.uint8)
    assert plane(pixels, Preparation(colour=colour), 2, 2) == [[expected] * 2] * 2


def test_grey_fills_three_channels() -> None:
    image = prepare(np.full((2, 2, 1), 51, np.uint8), Preparation(), 3, 2, 2)
    np.testing.assert_allclose(image, np.full((1, 3, 2, 2), 0.2), atol=1e-6)


def test_brightness_and_contrast_do_what_they_say() -> None:
    pixels = np.array([[51, 204]], np.uint8)[:, :, None]
    image = prepare(pixels, Preparation(contrast=0.5, brightness=0.1), 1, 1, 2)
    np.testing.assert_allclose(image[0, 0], [[0.45, 0.75]], atol=1e-6)


def test_values_stay_between_0_and_1() -> None:
    image = prepare(RAMP, Preparation(contrast=4, noise=0.5), 1, 4, 6)
    assert (image.min(), image.max()) == (0.0, 1.0)


def test_blur_is_opencvs_gaussian(house: Pixels) -> None:
    image = prepare(house, Preparation(blur=1.5), 1, 120, 160)
    grey = cv2.cvtColor(house, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    expected = cv2.GaussianBlur(grey, (0, 0), 1.5, borderType=cv2.BORDER_REPLICATE)
    np.testing.assert_allclose(image[0, 0], expected, atol=1e-6)


def test_noise_has_its_strength_and_a_new_face_every_frame() -> None:
    pixels = np.full((200, 200, 1), 128, np.uint8)
    first, second = (prepare(pixels, Preparation(noise=0.1), 1, 200, 200, tick) for tick in (1, 2))
    assert first.std() == pytest.approx(0.1, rel=0.05)
    assert np.corrcoef(first.ravel(), second.ravel())[0, 1] < 0.1


def test_noise_can_stand_still() -> None:
    preparation = Preparation(noise=0.1, noise_moves=False)
    np.testing.assert_array_equal(
        prepare(RAMP, preparation, 1, 4, 6, 1), prepare(RAMP, preparation, 1, 4, 6, 2)
    )


@pytest.mark.parametrize("size", [(1, 1), (7, 300), (28, 28), (480, 640)])
@pytest.mark.parametrize("fit", ["fit", "crop", "stretch"])
def test_one_pixel_fills_any_input(size: tuple[int, int], fit: str) -> None:
    image = prepare(np.full((1, 1, 3), 255, np.uint8), Preparation(fit=fit), 3, *size)
    assert image.max() == 1.0


def test_the_placement_leads_from_image_to_frame() -> None:
    pixels = np.zeros((120, 160, 1), np.uint8)
    cv2.circle(pixels, (100, 40), 5, 255, -1)
    preparation = Preparation(fit="crop", rotation=30, zoom=1.4, shift_x=0.1, mirror=True)
    image = prepare(pixels, preparation, 1, 64, 64)[0, 0]
    y, x = (np.average(axis, weights=image) for axis in np.indices(image.shape))
    into_frame, _ = placement(preparation, 120, 160, 64, 64)
    np.testing.assert_allclose(into_frame @ (x, y, 1), (100, 40), atol=0.5)


def test_impossible_settings_are_refused_with_a_sentence() -> None:
    with pytest.raises(SettingError, match="Zoom must be at least 0.1"):
        Preparation(zoom=0)
    with pytest.raises(SettingError, match="one of fit, crop, stretch"):
        Preparation().with_settings(fit="squeeze")


def test_a_region_is_cut_to_the_frame() -> None:
    assert Preparation(region=(0.5, 0.5, 2.0, 2.0)).region == (0.5, 0.5, 0.5, 0.5)
    assert Preparation(region=(0, 0, 1, 1)).region is None


@pytest.mark.parametrize("region", [(1.0, 1.0, 0.0, 0.0), (0.999, 0.0, 0.0001, 1.0)])
def test_a_region_has_at_least_one_pixel(region: tuple[float, float, float, float]) -> None:
    assert prepare(RAMP, Preparation(region=region), 1, 4, 4).shape == (1, 1, 4, 4)


def test_every_setting_has_a_label_and_a_help() -> None:
    assert all(declared.label and declared.help.endswith(".") for declared in Preparation.settings())

"""A patch of an image as a kernel finds the place it came from."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.engine.arithmetic.templates import best_place, match_map, patch_kernel
from explorer.engine.kernel_limits import KernelError
from explorer.engine.layers.convolution import Conv2d
from tests.engine.run import run

SCENE = np.random.default_rng(0).normal(0, 1, (3, 30, 40)).astype(np.float32)


def test_a_patch_becomes_a_kernel_of_mean_0_and_length_1():
    kernel = patch_kernel(SCENE + 5, (3, 8), (10, 17))

    assert kernel.shape == (3, 5, 7)
    np.testing.assert_allclose(kernel.mean(axis=(1, 2)), 0, atol=1e-6)
    assert np.linalg.norm(kernel) == pytest.approx(1)


@given(
    top=st.integers(0, 22), left=st.integers(0, 30), height=st.integers(3, 8), width=st.integers(3, 9),
    border=st.sampled_from(["replicate", "constant", "wrap"]),
)  # fmt: skip
def test_it_finds_the_place_it_came_from(top, left, height, width, border):
    kernel = patch_kernel(SCENE, (top, top + height), (left, left + width))

    found = best_place(match_map(SCENE, kernel, border))

    assert (found.row, found.column) == (top + (height - 1) // 2, left + (width - 1) // 2)
    assert found.strength == pytest.approx(1, abs=1e-4)


def test_as_the_kernel_of_a_convolution_it_answers_most_where_it_came_from():
    kernel = patch_kernel(SCENE, (12, 19), (20, 27))

    map = run(Conv2d(filters=1, kernel=(7, 7), bias=False), SCENE[None], kernel=kernel[None])[0, 0]

    assert best_place(map)[:2] == (15, 23)


def test_contrast_and_brightness_elsewhere_do_not_win():
    scene = SCENE.copy()
    scene[:, :, 20:] = 50 + 20 * scene[:, :, 20:]
    kernel = patch_kernel(scene, (5, 12), (4, 11))

    assert best_place(match_map(scene, kernel))[:2] == (8, 7)


def test_the_match_is_opencvs():
    kernel = patch_kernel(SCENE, (5, 10), (6, 13))

    found = match_map(SCENE, kernel)[2:-2, 3:-3]

    expected = cv2.matchTemplate(
        SCENE.transpose(1, 2, 0).copy(), kernel.transpose(1, 2, 0).copy(), cv2.TM_CCOEFF_NORMED
    )
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_flat_image_matches_nothing():
    assert not match_map(np.full((3, 9, 9), 4.0), patch_kernel(SCENE, (0, 3), (0, 3))).any()


@pytest.mark.parametrize(
    ("image", "rows", "columns", "message"),
    [
        (SCENE, (28, 31), (0, 3), "does not lie in the image of 30 x 40"),
        (SCENE, (5, 5), (0, 3), "does not lie in the image"),
        (SCENE, (0, 16), (0, 3), "Each side may be 1 to 15"),
        (np.ones((1, 9, 9)), (0, 3), (0, 3), "the same everywhere"),
        (np.full((1, 9, 9), np.nan), (0, 3), (0, 3), "not finite"),
    ],
)
def test_a_patch_that_is_no_pattern_says_why(image, rows, columns, message):
    with pytest.raises(KernelError, match=message):
        patch_kernel(image, rows, columns)


@pytest.mark.parametrize("name", ["astronaut.png", "brick.png", "coffee.png", "page.png"])
def test_it_is_found_in_a_real_photograph(shared_data, name):
    picture = cv2.resize(
        cv2.imread(str(shared_data / "photos" / name)), (160, 120), interpolation=cv2.INTER_AREA
    )
    image = picture.transpose(2, 0, 1).astype(np.float32) / 255  # (c, h, w)

    kernel = patch_kernel(image, (50, 65), (70, 85))

    assert best_place(match_map(image, kernel))[:2] == (57, 77)

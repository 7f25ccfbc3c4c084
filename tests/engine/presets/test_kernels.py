"""Kernel presets: each does what its sentence says, on drawn images, by cross-correlation."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.engine.kernel_limits import KernelError
from explorer.engine.presets.kernels import KERNEL_PRESETS, preset_of, scaled_preset_of

FLAT = np.full((21, 21), 0.6)
TO_THE_RIGHT = np.tile(np.arange(21.0), (21, 1))  # one brighter per pixel to the right
DOWNWARDS = TO_THE_RIGHT.T
DOT = np.zeros((21, 21))
DOT[10, 10] = 1
MIDDLE = np.arange(21) == 10
LINES = {
    "horizontal_line": np.repeat(MIDDLE[:, None], 21, axis=1) * 1.0,
    "vertical_line": np.repeat(MIDDLE[None, :], 21, axis=0) * 1.0,
    "falling_line": np.eye(21),
    "rising_line": np.eye(21)[::-1],
}
PRESETS = pytest.mark.parametrize("preset", KERNEL_PRESETS.values(), ids=lambda preset: preset.name)


def build(name, height=3, width=3, **parameters):
    return KERNEL_PRESETS[name].build(height, width, **parameters).astype(np.float64)


def answer(name, image, size=3, **parameters):
    """What the kernel gives at the middle pixel of the image."""
    kernel = build(name, size, size, **parameters)
    return float(cv2.filter2D(image, cv2.CV_64F, kernel)[10, 10])


def stripes(degrees, wavelength=4.0):
    y, x = np.mgrid[-10:11, -10:11]
    along = x * np.cos(np.deg2rad(degrees)) + y * np.sin(np.deg2rad(degrees))
    return 0.5 + 0.5 * np.cos(2 * np.pi * along / wavelength)


def test_all_presets_of_the_product_are_there():
    expected = (
        "identity box gaussian sharpen unsharp emboss laplacian_4 laplacian_8 laplacian_of_gaussian "
        "sobel_x sobel_y prewitt_x prewitt_y scharr_x scharr_y roberts_lower_right roberts_lower_left "
        "horizontal_line vertical_line falling_line rising_line gabor derivative_x derivative_y random"
    )
    assert set(expected.split()) <= set(KERNEL_PRESETS)


# ---- what each of them does


def test_identity_keeps_the_image():
    image = np.random.default_rng(0).random((21, 21))
    np.testing.assert_array_equal(cv2.filter2D(image, cv2.CV_64F, build("identity", 5, 5)), image)


def test_box_gives_the_plain_average():
    image = np.zeros((21, 21))
    image[9:12, 9:12] = np.arange(9).reshape(3, 3)
    assert answer("box", image) == pytest.approx(4)


def test_gaussian_blurs_and_keeps_flat_areas():
    kernel = build("gaussian", 5, 5)
    assert kernel.sum() == pytest.approx(1, abs=1e-6)
    assert kernel[2, 2] > kernel[2, 1] > kernel[2, 0] > 0
    np.testing.assert_allclose(kernel, kernel.T)


def test_a_larger_sigma_blurs_more():
    assert answer("gaussian", DOT, 9, sigma=2.0) < answer("gaussian", DOT, 9, sigma=0.5)


def test_gaussian_is_opencvs():
    line = cv2.getGaussianKernel(7, 1.5)
    np.testing.assert_allclose(build("gaussian", 7, 7, sigma=1.5), line @ line.T, atol=1e-7)


@pytest.mark.parametrize("name", ["sharpen", "unsharp"])
def test_sharpening_keeps_flat_areas_and_raises_a_dot(name):
    assert answer(name, FLAT) == pytest.approx(0.6, abs=1e-6)
    assert answer(name, DOT) > 1.5
    assert answer(name, DOT, amount=0.0) == 1


def test_sharpen_is_the_kernel_of_the_books():
    assert build("sharpen").tolist() == [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]


def test_emboss_is_bright_where_brightness_rises_towards_the_lower_right():
    slope = TO_THE_RIGHT + DOWNWARDS
    assert answer("emboss", FLAT) == pytest.approx(0.6)
    assert answer("emboss", slope) > slope[10, 10]
    assert answer("emboss", -slope) < -slope[10, 10]


@pytest.mark.parametrize("operator", ["sobel", "prewitt", "scharr"])
def test_x_answers_to_vertical_edges_and_is_positive_where_it_gets_brighter_to_the_right(operator):
    assert answer(f"{operator}_x", TO_THE_RIGHT) > 0
    assert answer(f"{operator}_x", -TO_THE_RIGHT) < 0
    assert answer(f"{operator}_x", DOWNWARDS) == 0


@pytest.mark.parametrize("operator", ["sobel", "prewitt", "scharr"])
def test_y_answers_to_horizontal_edges_and_is_positive_where_it_gets_brighter_downwards(operator):
    assert answer(f"{operator}_y", DOWNWARDS) > 0
    assert answer(f"{operator}_y", -DOWNWARDS) < 0
    assert answer(f"{operator}_y", TO_THE_RIGHT) == 0


def test_sobel_and_scharr_are_opencvs():
    image = np.random.default_rng(1).random((21, 21))
    assert answer("sobel_x", image) == pytest.approx(cv2.Sobel(image, cv2.CV_64F, 1, 0)[10, 10])
    assert answer("sobel_y", image) == pytest.approx(cv2.Sobel(image, cv2.CV_64F, 0, 1)[10, 10])
    assert answer("scharr_x", image) == pytest.approx(cv2.Scharr(image, cv2.CV_64F, 1, 0)[10, 10])
    assert answer("scharr_y", image) == pytest.approx(cv2.Scharr(image, cv2.CV_64F, 0, 1)[10, 10])


def test_roberts_kernels_are_positive_towards_the_corner_they_are_named_after():
    assert answer("roberts_lower_right", TO_THE_RIGHT + DOWNWARDS, 2) == 2
    assert answer("roberts_lower_right", TO_THE_RIGHT - DOWNWARDS, 2) == 0
    assert answer("roberts_lower_left", DOWNWARDS - TO_THE_RIGHT, 2) == 2
    assert answer("roberts_lower_left", DOWNWARDS + TO_THE_RIGHT, 2) == 0


def test_the_derivative_gives_the_rate_of_change():
    assert build("derivative_x", 1, 2).tolist() == [[-1, 1]]
    assert answer("derivative_x", 3 * TO_THE_RIGHT) == 3
    assert answer("derivative_y", 3 * DOWNWARDS) == 3
    assert answer("derivative_y", 3 * TO_THE_RIGHT) == 0


@pytest.mark.parametrize("name", ["laplacian_4", "laplacian_8", "laplacian_of_gaussian"])
def test_laplacians_answer_to_change_in_any_direction_and_not_to_a_steady_slope(name):
    assert answer(name, DOT) < 0
    assert answer(name, TO_THE_RIGHT**2) > 0
    assert answer(name, DOWNWARDS**2) > 0
    assert answer(name, TO_THE_RIGHT + 2 * DOWNWARDS) == pytest.approx(0, abs=1e-5)


def test_laplacian_8_counts_the_corners_too():
    corner = np.zeros((21, 21))
    corner[9, 9] = 1
    assert answer("laplacian_4", corner) == 0
    assert answer("laplacian_8", corner) == 1


def test_the_laplacian_of_gaussian_answers_most_to_a_spot_of_its_size():
    y, x = np.mgrid[-10:11, -10:11]
    spots = {radius: (x**2 + y**2 <= radius**2) * 1.0 for radius in (1, 2, 6)}
    answers = {
        radius: -answer("laplacian_of_gaussian", spot, 13, sigma=1.5) for radius, spot in spots.items()
    }
    assert answers[2] > answers[1]
    assert answers[2] > answers[6]


@pytest.mark.parametrize("size", [3, 5])
@pytest.mark.parametrize("name", LINES)
def test_a_line_detector_answers_to_its_own_line_most(name, size):
    answers = {other: answer(name, image, size) for other, image in LINES.items()}
    assert answers.pop(name) == size * (size - 1)
    assert max(answers.values()) <= 0


@given(turn=st.integers(0, 11))
def test_gabor_answers_most_to_its_own_orientation(turn):
    own = 15 * turn
    answers = {other: answer("gabor", stripes(other), 13, theta=own) for other in range(0, 180, 15)}
    assert max(answers, key=answers.__getitem__) == own


def test_gabor_answers_most_to_its_own_wavelength():
    answers = {
        length: answer("gabor", stripes(0, length), 15, wavelength=4, sigma=3) for length in (2.5, 4, 8)
    }
    assert max(answers, key=answers.__getitem__) == 4


@given(
    height=st.integers(3, 15),
    width=st.integers(3, 15),
    theta=st.floats(0, 180),
    wavelength=st.floats(2.2, 20),
    sigma=st.floats(0.3, 10),
)
def test_gabor_is_balanced_whatever_its_parameters(height, width, theta, wavelength, sigma):
    kernel = build("gabor", height, width, theta=theta, wavelength=wavelength, sigma=sigma)
    assert kernel.sum() == pytest.approx(0, abs=1e-5)
    assert kernel[kernel > 0].sum() == pytest.approx(1, abs=1e-5)


def test_random_has_the_spread_it_was_given_and_depends_on_its_seed():
    assert build("random", 15, 15, spread=2.0).std() == pytest.approx(2, rel=0.15)
    assert build("random", seed=1).tolist() == build("random", seed=1).tolist()
    assert build("random", seed=1).tolist() != build("random", seed=2).tolist()


@pytest.mark.parametrize("size", [(2, 2), (3, 3), (4, 6), (7, 5), (15, 15)])
@PRESETS
def test_edge_and_line_detectors_give_0_on_a_flat_area_and_blurs_keep_it(preset, size):
    if not preset.fits(*size) or preset.name == "random":
        return
    goal = 0 if preset.family.startswith(("Edges", "Lines")) else 1
    assert preset.build(*size).astype(np.float64).sum() == pytest.approx(goal, abs=1e-4)


# ---- sizes, parameters, names


@PRESETS
def test_a_preset_explains_itself_in_one_sentence(preset):
    assert preset.meaning.endswith(".")
    assert preset.meaning.count(". ") == 0
    assert all(parameter.help for parameter in preset.parameters)


@given(height=st.integers(1, 15), width=st.integers(1, 15), name=st.sampled_from(sorted(KERNEL_PRESETS)))
def test_a_preset_fills_every_size_it_fits_or_says_what_it_needs(height, width, name):
    preset = KERNEL_PRESETS[name]
    if preset.fits(height, width):
        kernel = preset.build(height, width)
        assert kernel.shape == (height, width)
        assert kernel.dtype == np.float32
    else:
        with pytest.raises(KernelError, match=f"{preset.title.split(' [')[0]}.* needs a kernel of at least"):
            preset.build(height, width)


@pytest.mark.parametrize("name", ["sobel_x", "roberts_lower_right", "derivative_x"])
def test_a_natural_size_stands_in_the_middle_of_a_larger_kernel(name):
    rows, columns = np.nonzero(build(name, 7, 7))
    assert rows.min() >= 2
    assert columns.max() <= 4


@PRESETS
def test_a_kernel_is_recognised_as_the_preset_it_was_built_by(preset):
    height, width = np.maximum(preset.smallest_size, (3, 3))
    name, parameters = preset_of(preset.build(int(height), int(width)))
    assert (name, parameters) == (preset.name, preset.defaults)


@PRESETS
def test_an_edited_cell_makes_any_preset_custom(preset):
    kernel = preset.build(5, 5)
    kernel[1, 2] += 0.01
    assert preset_of(kernel) is None


@PRESETS
def test_a_multiple_of_a_preset_is_recognised_with_its_factor(preset):
    kernel = (0.299 * preset.build(5, 5)).astype(np.float32)
    if preset.name == "identity":
        assert scaled_preset_of(kernel) is None
    else:
        assert scaled_preset_of(kernel) == (preset.name, preset.defaults, 0.299)


@PRESETS
def test_an_edited_cell_is_no_multiple_either(preset):
    kernel = -2 * preset.build(5, 5)
    kernel[1, 2] += 0.01
    assert scaled_preset_of(kernel) is None


def test_a_kernel_of_zeros_is_custom():
    assert preset_of(np.zeros((3, 3), np.float32)) is None


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"sigma": 0.0}, "Sigma is 0. Expected 0.2 to 10 px."),
        ({"sigma": float("nan")}, "Sigma is nan."),
        ({"angle": 3}, "Gaussian has no parameter called angle. It has sigma."),
    ],
)
def test_a_parameter_out_of_range_is_refused(parameters, sentence):
    with pytest.raises(KernelError, match=sentence):
        build("gaussian", **parameters)


def test_a_title_names_its_parameters():
    gabor = KERNEL_PRESETS["gabor"]
    assert (
        gabor.title_with({"theta": 30, "wavelength": 4.0, "sigma": 2.5})
        == "Gabor (angle 30°, wavelength 4, sigma 2.5)"
    )
    assert KERNEL_PRESETS["box"].title_with({}) == "Box blur"


@pytest.mark.parametrize("weight", [np.nan, np.inf])
def test_a_kernel_with_a_weight_that_is_no_number_is_custom(weight: float) -> None:
    assert scaled_preset_of(np.array([[1, weight, -1]], np.float32)) is None

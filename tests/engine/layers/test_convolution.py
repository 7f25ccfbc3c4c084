"""Convolution against independent implementations: SciPy and OpenCV, over drawn settings."""

import cv2
import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.engine.layer import ShapeError
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.tape import Tape
from tests.engine.run import run

BORDERS = {  # ours: SciPy's, OpenCV's
    "constant": ("constant", cv2.BORDER_CONSTANT),
    "reflect": ("reflect", cv2.BORDER_REFLECT),
    "reflect-101": ("mirror", cv2.BORDER_REFLECT_101),
    "replicate": ("nearest", cv2.BORDER_REPLICATE),
    "wrap": ("wrap", cv2.BORDER_WRAP),
}
sizes = st.integers(1, 9)
numbers = st.floats(-4, 4, width=32).map(lambda x: 0.0 if abs(x) < 1e-3 else x)


def stacks(channels: int, height: int, width: int) -> st.SearchStrategy:
    return arrays(np.float32, (channels, height, width), elements=numbers)


@given(st.data(), sizes, sizes, st.integers(1, 3), st.booleans())
def test_every_kernel_size_gives_scipys_sum_over_channels(data, height, width, channels, flip):
    kernel_height, kernel_width = data.draw(st.integers(1, height)), data.draw(st.integers(1, width))
    image = data.draw(stacks(channels, height, width))
    kernel = data.draw(stacks(channels, kernel_height, kernel_width))
    layer = Conv2d(filters=1, kernel=(kernel_height, kernel_width), padding="valid", bias=False, flip=flip)

    ours = run(layer, image[None], kernel=kernel[None])[0, 0]

    correlate = scipy.signal.convolve2d if flip else scipy.signal.correlate2d
    theirs = sum(
        correlate(x.astype(float), k.astype(float), "valid") for x, k in zip(image, kernel, strict=True)
    )
    np.testing.assert_allclose(ours, theirs, atol=1e-4 * max(1, np.abs(theirs).max()))


@given(st.data(), st.integers(1, 3), st.integers(1, 3), st.integers(1, 12), st.integers(1, 12))
def test_a_stride_picks_values_and_a_dilation_spreads_the_kernel(data, stride, dilation, height, width):
    kernel = data.draw(stacks(1, *data.draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))))[0]
    image = data.draw(stacks(1, height, width))[0]
    spread = np.zeros([dilation * (size - 1) + 1 for size in kernel.shape], np.float32)
    spread[::dilation, ::dilation] = kernel
    layer = Conv2d(
        filters=1, kernel=kernel.shape, stride=(stride, stride), dilation=(dilation, dilation),
        padding="explicit", sides=(4, 4, 4, 4), bias=False,
    )  # fmt: skip

    ours = run(layer, image[None, None], kernel=kernel[None, None])[0, 0]

    theirs = scipy.signal.correlate2d(np.pad(image, 4).astype(float), spread.astype(float), "valid")
    np.testing.assert_allclose(ours, theirs[::stride, ::stride], atol=1e-3)


@pytest.mark.parametrize("border", BORDERS)
@given(st.data(), st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 3, 5, 7]))
def test_every_border_mode_is_scipys(border, data, height, width, size):
    image = data.draw(stacks(1, height, width))[0]
    kernel = data.draw(stacks(1, size, size))[0]
    layer = Conv2d(
        filters=1, kernel=(size, size), padding="same", border=border, padding_value=1.5, bias=False
    )

    ours = run(layer, image[None, None], kernel=kernel[None, None])[0, 0]

    mode = BORDERS[border][0]
    theirs = scipy.ndimage.correlate(image.astype(float), kernel.astype(float), mode=mode, cval=1.5)
    np.testing.assert_allclose(ours, theirs, atol=1e-4 * max(1, np.abs(theirs).max()))


@pytest.mark.parametrize("border", [border for border in BORDERS if border != "wrap"])
@pytest.mark.parametrize("size", [(3, 3), (1, 5), (7, 3)])
def test_every_border_mode_is_opencvs(border, size):
    rng = np.random.default_rng(4)
    image, kernel = rng.normal(size=(9, 14)).astype(np.float32), rng.normal(size=size).astype(np.float32)
    layer = Conv2d(filters=1, kernel=size, padding="same", border=border, bias=False)

    ours = run(layer, image[None, None], kernel=kernel[None, None])[0, 0]

    theirs = cv2.filter2D(image, cv2.CV_32F, kernel, borderType=BORDERS[border][1])
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


@given(st.data(), st.integers(1, 4), st.integers(1, 2), st.integers(1, 3))
def test_groups_do_not_see_each_other(data, groups, per_group, filters):
    image = data.draw(stacks(groups * per_group, 5, 6))
    kernel = np.random.default_rng(0).normal(size=(groups * filters, per_group, 3, 3)).astype(np.float32)
    layer = Conv2d(filters=groups * filters, groups=groups, padding="valid", bias=False)

    together = run(layer, image[None], kernel=kernel)[0]

    alone = Conv2d(filters=filters, padding="valid", bias=False)
    for group in range(groups):
        part = image[None, group * per_group : (group + 1) * per_group]
        own = kernel[group * filters : (group + 1) * filters]
        np.testing.assert_allclose(
            together[group * filters : (group + 1) * filters], run(alone, part, kernel=own)[0], atol=1e-4
        )


def test_padding_same_gives_one_output_per_stride():
    for extent in range(1, 12):
        for size in range(1, 6):
            for stride in range(1, 5):
                layer = Conv2d(filters=2, kernel=(size, size), stride=(stride, stride), padding="same")
                assert layer.output_shape([(1, extent, extent)])[1] == -(-extent // stride)


def test_nan_in_a_kernel_spoils_its_own_map_only():
    kernel = np.ones((2, 1, 3, 3))
    kernel[0, 0, 1, 1] = np.nan

    y = run(Conv2d(filters=2, bias=False), np.ones((1, 1, 5, 5)), kernel=kernel)

    assert np.isnan(y[0, 0]).all()
    assert np.isfinite(y[0, 1]).all()


@pytest.mark.parametrize(
    ("settings", "shape", "sentence"),
    [
        (
            {"kernel": (5, 5), "padding": "valid"},
            (3, 4, 9),
            "5 pixels high, but its input is only 4 pixels high",
        ),
        ({"groups": 2}, (3, 9, 9), "2 groups do not divide the 3 channels"),
        ({"filters": 9, "groups": 2}, (4, 9, 9), "2 groups do not divide the 9 filters"),
        ({}, (10,), "works on maps"),
    ],
)
def test_impossible_geometry_is_refused_with_a_sentence(settings, shape, sentence):
    with pytest.raises(ShapeError, match=sentence):
        Conv2d(**settings).output_shape([shape])


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_bias_that_is_no_finite_number_stays_in_its_own_map(number):
    x, kernel = np.zeros((2, 2, 5, 6), np.float32), np.ones((3, 2, 3, 3), np.float32)
    bias = np.array([1, number, 2], np.float32)
    with np.errstate(all="ignore"):  # as in an evaluation
        y = Conv2d(filters=3).forward((x,), {"kernel": kernel, "bias": bias}, Tape())
    np.testing.assert_array_equal(y, np.broadcast_to(bias[:, None, None], y.shape))

"""Layers that move, repeat or join values: padding, upsampling, flatten, dense, merges."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.engine.layer import ShapeError
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.dropout import Dropout
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.merge import Add, Concatenate, Multiply
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.layers.padding import Pad
from explorer.engine.layers.softmax import Softmax
from explorer.engine.layers.upsampling import Upsample
from explorer.engine.memory import empty_maps
from tests.engine.run import maps, run

RNG = np.random.default_rng(8)
BORDERS = {
    "constant": cv2.BORDER_CONSTANT,
    "reflect": cv2.BORDER_REFLECT,
    "reflect-101": cv2.BORDER_REFLECT_101,
    "replicate": cv2.BORDER_REPLICATE,
    "wrap": cv2.BORDER_WRAP,
}


@pytest.mark.parametrize("border", BORDERS)
@given(st.integers(1, 6), st.integers(1, 6), st.tuples(*[st.integers(0, 14)] * 4))
def test_padding_is_opencvs_however_wide(border, height, width, sides):
    image = np.arange(height * width, dtype=np.float32).reshape(height, width)

    ours = run(Pad(sides=sides, border=border, value=-3.5), maps(image))[0, 0]

    np.testing.assert_array_equal(ours, cv2.copyMakeBorder(image, *sides, BORDERS[border], value=-3.5))


def test_nearest_upsampling_repeats_every_pixel():
    y = run(Upsample(scale=(2, 3)), maps([[1, 2]]))

    assert y[0, 0].tolist() == [[1, 1, 1, 2, 2, 2]] * 2


@pytest.mark.parametrize("scale", [(2, 2), (3, 5), (1, 4)])
def test_bilinear_upsampling_is_opencvs(scale):
    image = RNG.normal(size=(7, 9)).astype(np.float32)

    ours = run(Upsample(scale=scale, mode="bilinear"), maps(image))[0, 0]

    theirs = cv2.resize(image, (9 * scale[1], 7 * scale[0]), interpolation=cv2.INTER_LINEAR)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_aligned_corners_stay_in_the_corners():
    image = RNG.normal(size=(4, 5)).astype(np.float32)

    y = run(Upsample(mode="bilinear", align_corners=True), maps(image))[0, 0]

    np.testing.assert_allclose(y[::7, ::9], image[::3, ::4], rtol=1e-6)


def test_flatten_writes_channel_by_channel_row_by_row_whatever_the_memory():
    x = empty_maps(2, 3, 4, 5)
    x[...] = np.arange(120).reshape(2, 3, 4, 5)

    assert run(Flatten(), x).tolist() == np.arange(120).reshape(2, 60).tolist()


def test_dense_is_a_weighted_sum_of_all_features():
    y = run(Dense(units=2), np.array([[1, 2, 3]]), kernel=[[1, 0, 0], [1, 1, 1]], bias=[10, 20])

    assert y.tolist() == [[11, 26]]


def test_a_wide_dense_layer_equals_a_product_in_float64():
    x, kernel = RNG.normal(size=(3, 700)), RNG.normal(size=(1000, 700))

    y = run(Dense(units=1000, bias=False), x, kernel=kernel)

    np.testing.assert_allclose(y, x @ kernel.T, atol=2e-4)


def test_dropout_hands_on_the_very_same_array():
    x = maps([[1, 2]])

    assert run(Dropout(), x) is x


def test_batch_normalisation_takes_the_mean_away_and_divides_by_the_spread():
    parameters = {"scale": [2], "shift": [1], "mean": [10], "variance": [4]}

    y = run(BatchNormalization(epsilon=0), maps([[10, 12, 6]]), **parameters)

    assert y.ravel().tolist() == [1, 3, -3]


def test_add_and_multiply_work_value_by_value_on_any_number():
    x = [maps([[1, 2]]), maps([[3, 4]]), maps([[5, 6]])]

    assert run(Add(), *x).ravel().tolist() == [9, 12]
    assert run(Multiply(), *x).ravel().tolist() == [15, 48]


def test_lists_are_added_multiplied_and_joined_like_maps():
    x = [np.array([[1, 2]]), np.array([[3, 4]]), np.array([[5, 6]])]

    assert run(Add(), *x).tolist() == [[9, 12]]
    assert run(Multiply(), *x).tolist() == [[15, 48]]
    assert run(Concatenate(), *x).tolist() == [[1, 2, 3, 4, 5, 6]]


@pytest.mark.parametrize("order", [1, -1])
def test_maps_of_one_pixel_count_for_every_pixel(order):
    image, weight = RNG.normal(size=(2, 3, 4, 5)), RNG.normal(size=(2, 3, 1, 1))

    y = run(Multiply(), *[image, weight][::order])

    np.testing.assert_allclose(y, image * weight, rtol=1e-5)
    assert Multiply().output_shape([(3, 4, 5), (3, 1, 1)][::order]) == (3, 4, 5)


@pytest.mark.parametrize("layer", [Add(), Multiply()])
@pytest.mark.parametrize("shapes", [[(3, 4, 1), (3, 1, 5)], [(1, 4, 5), (3, 4, 5)], [(3, 1), (1, 7)], [(1,), (6,)],
                                    [(3, 2, 1, 5), (1, 2, 4, 1), (3, 1, 4, 5)]])  # fmt: skip
def test_what_has_size_one_along_an_axis_counts_everywhere_along_it(layer, shapes):
    inputs = [RNG.normal(size=(2, *shape)).astype(np.float32) for shape in shapes]

    y = run(layer, *inputs)

    whole = np.broadcast_arrays(*inputs)
    expected = sum(whole) if layer == Add() else np.prod(whole, axis=0)
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-6)
    assert layer.output_shape(shapes) == y.shape[1:]


def test_maps_are_joined_beside_and_below_each_other():
    left, right = maps([[1, 2]]), maps([[3, 4]])

    assert run(Concatenate(axis="width"), left, right).tolist() == [[[[1, 2, 3, 4]]]]
    assert run(Concatenate(axis="height"), left, right).tolist() == [[[[1, 2], [3, 4]]]]


def test_concatenate_keeps_the_order_of_its_inputs():
    x = [maps([[1]]), maps([[2]], [[3]]), maps([[4]])]

    assert run(Concatenate(), *x).ravel().tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("layer", "shapes", "sentence"),
    [
        (Add(), [(3, 4, 5), (2, 4, 5)], "got 3 x 4 x 5 and 2 x 4 x 5.*1x1 convolution"),
        (Add(), [(3, 4, 5), (3, 4, 6)], "got 3 x 4 x 5 and 3 x 4 x 6.*pooling or an upsampling"),
        (Add(), [(3, 4, 5), (3, 4, 5, 6)], "got 3 x 4 x 5 and 3 x 4 x 5 x 6.*Reshape"),
        (Add(), [(3,), (4,)], "got 3 and 4.*Dense"),
        (Multiply(), [(3, 4, 5), (60,)], "got 3 x 4 x 5 and 60.*flatten the maps"),
        (Concatenate(), [(3, 4, 5), (3, 4, 6)], "needs maps of one size, got 3 x 4 x 5 and 3 x 4 x 6"),
        (Concatenate(axis="width"), [(3, 4, 5), (3, 5, 5)], "differ along the width only"),
        (Concatenate(axis="depth"), [(3, 4, 5), (3, 4, 5)], "along the depth needs inputs that have one"),
        (Softmax(axis="height"), [(3, 4)], "along the height needs inputs that have one, got 3 x 4"),
        (Concatenate(), [(3, 4, 5), (60,)], "got 3 x 4 x 5 and 60.*flatten the maps"),
        (Dense(), [(3, 4, 5)], "got maps of 3 x 4 x 5. Put a Flatten before it"),
        (Upsample(), [(60,)], "works on maps"),
    ],
)
def test_shapes_that_do_not_fit_are_refused_with_a_sentence(layer, shapes, sentence):
    with pytest.raises(ShapeError, match=sentence):
        layer.output_shape(shapes)

"""The examples that the tutorials work out by hand, as numbers to check in the head."""

import cv2
import numpy as np
import scipy.signal

from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.padding import Pad
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.presets.networks import build_network
from tests.engine.run import maps, run

RNG = np.random.default_rng(1)
IMAGE = RNG.integers(0, 256, (24, 31)).astype(np.float32)
KERNEL = RNG.normal(size=(3, 3)).astype(np.float32)


def conv(**settings: object) -> Conv2d:
    return Conv2d(**{"filters": 1, "bias": False, "padding": "valid", **settings})


def test_a_pixel_is_replaced_by_the_sum_of_its_neighbours_times_the_filter():
    neighbourhood = [[0, 64, 128], [48, 192, 144], [42, 226, 168]]
    filter_3x3 = [[-1, 0, -2], [0.5, 4.5, -1.5], [1.5, 2, -3]]

    new_pixel = run(conv(), maps(neighbourhood), kernel=[[filter_3x3]])

    by_hand = (
        (-1 * 0) + (0 * 64) + (-2 * 128)
        + (0.5 * 48) + (4.5 * 192) + (-1.5 * 144)
        + (1.5 * 42) + (2 * 226) + (-3 * 168)
    )  # fmt: skip
    assert new_pixel.item() == by_hand == 427


def test_max_pooling_keeps_the_largest_of_every_four_pixels():
    image = [[0, 65, 128, 128], [48, 192, 144, 144]]

    assert run(MaxPool(), maps(image)).tolist() == [[[[192, 144]]]]


def test_max_pooling_quarters_the_area():
    pooled = run(MaxPool(), IMAGE[None, None, :, :30])

    assert pooled.size == 24 * 30 / 4


def test_minus_one_one_with_a_zero_on_the_left_is_the_rate_of_change():
    signal = [1, 2, 4, 4, 1]
    layer = conv(kernel=(1, 2), padding="explicit", sides=(0, 0, 1, 0))

    change = run(layer, maps([signal]), kernel=[[[[-1, 1]]]])

    assert change.ravel().tolist() == [1, 1, 2, 0, -3] == np.diff([0, *signal]).tolist()


def test_a_stride_of_three_on_five_pixels_gives_one_value_and_drops_the_rest():
    image = np.arange(25).reshape(5, 5)
    ones = np.ones((1, 1, 3, 3))
    layer = conv(stride=(3, 3))

    result = run(layer, maps(image), kernel=ones)

    assert result.tolist() == [[[[image[:3, :3].sum()]]]]
    assert [window.unread(5) for window in layer.windows([(1, 5, 5)])] == [(2, 0), (2, 0)]


def test_with_padding_a_stride_of_three_on_five_pixels_reads_everything():
    layer = conv(stride=(3, 3), padding="explicit", sides=(0, 1, 0, 1))

    assert layer.output_shape([(1, 5, 5)]) == (1, 2, 2)
    assert [window.unread(5) for window in layer.windows([(1, 5, 5)])] == [(0, 0), (0, 0)]


def test_opencv_filters_with_reflect_101_by_default():
    layer = conv(padding="same", border="reflect-101")

    ours = run(layer, maps(IMAGE), kernel=KERNEL[None, None])

    theirs = cv2.filter2D(IMAGE, cv2.CV_32F, KERNEL)
    np.testing.assert_allclose(ours[0, 0], theirs, atol=1e-3)


def test_without_padding_the_map_gets_smaller():
    ours = run(conv(), maps(IMAGE), kernel=KERNEL[None, None])

    assert ours.shape == (1, 1, 22, 29)
    np.testing.assert_allclose(ours[0, 0], cv2.filter2D(IMAGE, cv2.CV_32F, KERNEL)[1:-1, 1:-1], atol=1e-3)


def test_true_convolution_is_scipys_and_correlation_is_not():
    convolved = run(conv(flip=True), maps(IMAGE), kernel=KERNEL[None, None])[0, 0]
    correlated = run(conv(flip=False), maps(IMAGE), kernel=KERNEL[None, None])[0, 0]

    np.testing.assert_allclose(convolved, scipy.signal.convolve2d(IMAGE, KERNEL, "valid"), atol=1e-3)
    np.testing.assert_allclose(correlated, scipy.signal.correlate2d(IMAGE, KERNEL, "valid"), atol=1e-3)
    assert np.abs(convolved - correlated).max() > 100


def test_ceil_mode_adds_the_partial_windows():
    image = np.arange(25).reshape(5, 5)

    assert run(MaxPool(), maps(image)).tolist() == [[[[6, 8], [16, 18]]]]
    assert run(MaxPool(ceil=True), maps(image)).tolist() == [[[[6, 8, 9], [16, 18, 19], [21, 23, 24]]]]


def test_the_keras_tutorial_net_has_the_table_that_keras_prints():
    network = build_network("keras-tutorial")

    table = {name: (report.shape, report.parameters) for name, report in network.reports.items()}

    assert table["conv1"] == ((32, 26, 26), 320)
    assert table["pool1"] == ((32, 13, 13), 0)
    assert table["conv2"] == ((64, 11, 11), 18_496)
    assert table["pool2"] == ((64, 5, 5), 0)
    assert table["flatten"] == ((1600,), 0)
    assert table["dropout"] == ((1600,), 0)
    assert table["dense"] == ((10,), 16_010)
    assert network.parameter_count == 34_826


def test_padding_as_a_layer_and_as_a_setting_are_the_same():
    sides = (1, 2, 0, 3)
    padded = run(Pad(sides=sides, border="replicate"), maps(IMAGE))

    alone = run(conv(), padded, kernel=KERNEL[None, None])

    layer = conv(padding="explicit", sides=sides, border="replicate")
    np.testing.assert_allclose(
        alone, run(layer, maps(IMAGE), kernel=KERNEL[None, None]), rtol=1e-5, atol=1e-3
    )

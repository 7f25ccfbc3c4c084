"""The shift meter: what moves along, what stays, and what strides and borders do to it."""

import numpy as np
import pytest

from explorer.engine.arithmetic import ExplanationError
from explorer.engine.arithmetic.shifting import shift_meter, shifted_image
from explorer.engine.evaluate import evaluate
from explorer.engine.layer import ShapeError
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.global_pooling import GlobalMaxPool
from explorer.engine.layers.input import SignalInput
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.layers.signals import Conv1d, MaxPool1d
from explorer.engine.layers.softmax import Softmax
from explorer.engine.layers.upsampling import Upsample
from explorer.engine.network import Network, Node
from tests.engine.build import chain


def noisy(network, seed=0):
    return evaluate(
        network, np.random.default_rng(seed).normal(size=(1, *network.input_shape)).astype(np.float32)
    )


def error(network, node, shift):
    return shift_meter(noisy(network), shift).equivariance(node).error


def test_shifting_moves_down_and_to_the_right():
    image = np.arange(9.0).reshape(1, 1, 3, 3)

    np.testing.assert_array_equal(shifted_image(image, (1, 0))[0, 0], [[0, 1, 2], [0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(shifted_image(image, (0, -1), "constant", 9)[0, 0, 0], [1, 2, 9])


@pytest.mark.parametrize("shift", [(1, 0), (3, -2), (0, 7)])
def test_a_convolution_moves_along_exactly(shift):
    network = chain(3, 20, 24, Conv2d(), ReLU(), Conv2d(kernel=(5, 5)))

    assert error(network, "conv2d3", shift) < 1e-6


def test_pooling_moves_along_by_its_stride_and_not_by_half_of_it():
    network = chain(1, 20, 20, Conv2d(), MaxPool())

    assert error(network, "max_pool2", (2, 4)) < 1e-6
    assert error(network, "max_pool2", (1, 0)) > 0.1


def test_pooling_without_a_stride_moves_along():
    assert error(chain(1, 20, 20, MaxPool(stride=(1, 1))), "max_pool1", (1, 1)) < 1e-6


def test_upsampled_maps_move_by_several_pixels():
    network = chain(1, 12, 12, Upsample(scale=(2, 3)))

    assert error(network, "upsample1", (1, 2)) < 1e-6


def test_padding_shows_only_where_the_border_is_counted():
    network = chain(1, 12, 12, Conv2d(filters=1, kernel=(7, 7)))
    found = shift_meter(noisy(network), (0, 1)).equivariance("conv2d1")

    assert list(np.flatnonzero(found.counted.any(axis=0))) == [4, 5, 6, 7, 8]
    assert not found.counts_borders
    assert np.abs(found.difference).max() < 1e-5


def test_where_every_field_meets_the_border_all_pixels_count():
    network = chain(1, 4, 4, Conv2d(filters=1, kernel=(7, 7)))
    found = shift_meter(noisy(network), (0, 1)).equivariance("conv2d1")

    assert found.counts_borders
    assert found.error > 0.01


def test_every_channel_has_its_error():
    found = shift_meter(noisy(chain(1, 16, 16, Conv2d(filters=3), MaxPool())), (1, 1)).equivariance(
        "max_pool2"
    )

    assert found.channel_errors.shape == (3,)
    assert found.moved.shape == found.difference.shape == (3, 8, 8)


def test_a_global_maximum_does_not_see_a_shift_of_what_stays_in_the_image():
    network = chain(1, 16, 16, Conv2d(), GlobalMaxPool())
    image = np.zeros((1, 1, 16, 16), np.float32)
    image[0, 0, 6:9, 6:9] = np.random.default_rng(0).normal(size=(3, 3))
    meter = shift_meter(evaluate(network, image), (2, -3))

    assert meter.equivariance("global_max_pool2") is None
    assert meter.invariance("global_max_pool2").change == 0
    assert meter.invariance("conv2d1").change > 0.1


def test_the_change_of_probabilities_is_the_share_that_went_elsewhere():
    network = chain(1, 1, 2, Flatten(), Dense(units=2, bias=False), Softmax())
    network = network.with_parameters({"dense2": {"kernel": np.array([[0, 100], [100, 0]], np.float32)}})
    image = np.array([[[[1.0, 0.0]]]], np.float32)

    found = shift_meter(evaluate(network, image), (0, 1), border="constant").invariance("softmax3")

    assert found.change == pytest.approx(1)
    assert not found.same_answer


def test_signals_can_be_shifted_too():
    network = Network((
        Node("signal", SignalInput(channels=1, length=30)), Node("conv", Conv1d(), ("signal",)),
        Node("pool", MaxPool1d(), ("conv",)),
    )).fitted()  # fmt: skip

    assert error(network, "pool", (4,)) < 1e-6
    assert error(network, "pool", (3,)) > 0.05


def test_no_shift_changes_nothing():
    assert error(chain(1, 9, 9, Conv2d(), MaxPool()), "max_pool2", (0, 0)) == 0


@pytest.mark.parametrize("shift", [(1,), (9, 0), (0, -9)])
def test_a_shift_that_cannot_be_says_why(shift):
    with pytest.raises(ShapeError, match="A shift needs 2 numbers"):
        shift_meter(noisy(chain(1, 9, 9, Conv2d())), shift)


def test_a_node_that_is_not_there_is_named():
    with pytest.raises(ExplanationError, match="'gone' is not a node"):
        shift_meter(noisy(chain(1, 9, 9, Conv2d())), (1, 1)).equivariance("gone")

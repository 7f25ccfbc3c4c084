"""A plan gives the gradients that the layers' own passes give, over networks of every sort."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.engine import batch_gradient as batch_gradient_room
from explorer.engine.batch_gradient import batch_gradient
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.dropout import Dropout
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.global_pooling import GlobalAveragePool
from explorer.engine.layers.input import Input
from explorer.engine.layers.merge import Add
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.layers.pooling import AveragePool, MaxPool
from explorer.engine.layers.sigmoids import Sigmoid
from explorer.engine.layers.signals import Conv1d
from explorer.engine.layers.softmax import Softmax
from explorer.engine.layers.volumes import Conv3d
from explorer.engine.network import Network, Node
from explorer.engine.parameter_vector import ParameterVector
from explorer.engine.plan import matching
from explorer.engine.pool import pool
from tests.engine.build import chain, input_of
from tests.engine.plan.batches import assert_equal, batch_of, both_ways


def noise_of(network: Network, count: int) -> float:
    """By how much the layers' own gradient changes with steps as small as rounding, on every weight.

    That is a lot beside the kink of a ReLU, where two values of a window are as good as equal, and where batch
    normalisation makes large numbers cancel each other.
    """
    layout, rng = ParameterVector.of(network), np.random.default_rng(3)
    vector = layout.of_network(network)

    def moved(steps: np.ndarray) -> np.ndarray:
        near = layout.placed(network, (vector + steps).astype(np.float32))
        return batch_gradient(batch_of(near, count)).gradient

    changes = []
    for _ in range(3):
        steps = 1e-6 * np.abs(vector).max() * rng.choice([-1, 1], vector.size)
        changes.append(np.abs(moved(steps) - moved(-steps)).max())
    return float(max(changes))


@st.composite
def convolutions(draw):
    """A convolution that a plan knows or one that it leaves to the layer, with what may follow it."""
    height, width = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride = draw(st.sampled_from([(1, 1), (1, 1), (1, 1), (2, 1), (1, 2)]))
    padding = draw(st.sampled_from(["valid", "same", "explicit"]))
    conv = Conv2d(
        filters=draw(st.integers(1, 5)),
        kernel=(height, width),
        stride=stride,
        padding=padding,
        sides=draw(st.tuples(*[st.integers(0, 2)] * 4)),
        border=draw(st.sampled_from(["constant", "constant", "constant", "reflect-101"])),
        bias=draw(st.booleans()),
        flip=draw(st.booleans()),
    )
    behind = draw(
        st.sampled_from(
            [
                (), (ReLU(),), (ReLU(), MaxPool()), (MaxPool(), ReLU()), (MaxPool(),), (Sigmoid(),),
                (BatchNormalization(), ReLU()), (ReLU(), BatchNormalization()), (Dropout(rate=0.3),),
                (AveragePool(),), (MaxPool(window=(3, 3)),),
            ]
        )
    )  # fmt: skip
    return conv, *behind


@settings(max_examples=60, deadline=None)
@given(
    st.lists(convolutions(), min_size=1, max_size=3),
    st.integers(1, 3),
    st.tuples(st.integers(20, 33), st.integers(20, 33)),
    st.integers(2, 19),
)
def test_drawn_networks(blocks, channels, extents, count):
    layers = [layer for block in blocks for layer in block]
    network = chain(channels, *extents, *layers, Flatten(), Dense(units=6), ReLU(), Dense(units=3), Softmax())
    assume(not network.problems)
    try:
        assert_equal(network, count)
    except AssertionError:
        expected, found, _ = both_ways(network, count)
        assume(np.abs(found.gradient - expected.gradient).max() > noise_of(network, count))
        raise


@pytest.mark.parametrize("sides", [(1, 1, 0, 0), (0, 1, 2, 1), (1, 0, 2, 2)])
def test_maps_that_grow_by_their_padding(sides):
    grows = Conv2d(filters=2, kernel=(2, 3), padding="explicit", sides=sides)
    assert_equal(chain(1, 9, 8, Conv2d(filters=2), grows, ReLU(), Flatten(), Dense(units=3)), 3)


@pytest.mark.parametrize("wide", [1 << 20, 10])
def test_the_same_is_dropped_whether_a_batch_is_whole_or_in_pieces(wide, monkeypatch):
    monkeypatch.setattr(batch_gradient_room, "MOST_PARAMETERS", wide)
    layers = Conv2d(filters=3), BatchNormalization(), ReLU(), Dropout(rate=0.4), Flatten(), Dropout(rate=0.3)
    assert_equal(chain(1, 12, 12, *layers, Dense(units=3)), 40)
    assert_equal(chain(1, 12, 12, Flatten(), Dropout(rate=0.3), Dense(units=3)), 40)


def test_a_branch_gets_the_gradients_of_all_its_readers():
    nodes = [
        Node("image", Input(channels=2, height=10, width=12)),
        Node("first", Conv2d(filters=4), ("image",)),
        Node("left", Conv2d(filters=4, kernel=(3, 3)), ("first",)),
        Node("right", Conv2d(filters=4, kernel=(1, 1)), ("first",)),
        Node("sum", Add(), ("left", "first", "right")),
        Node("list", Flatten(), ("sum",)),
        Node("scores", Dense(units=3), ("list",)),
    ]
    assert_equal(Network(tuple(nodes)).fitted(), 18)


def test_readers_of_different_parts_of_a_map():
    nodes = [
        Node("image", Input(channels=2, height=11, width=11)),
        Node("first", Conv2d(filters=4, padding="valid"), ("image",)),
        Node("left", Conv2d(filters=3, padding="valid"), ("first",)),
        Node("pooled", MaxPool(), ("left",)),  # reads 6 of 7 rows
        Node("right", GlobalAveragePool(), ("first",)),
        Node("left_list", Flatten(), ("pooled",)),
        Node("left_scores", Dense(units=3), ("left_list",)),
        Node("right_list", Flatten(), ("right",)),
        Node("right_scores", Dense(units=3), ("right_list",)),
        Node("scores", Add(), ("left_scores", "right_scores")),
    ]
    assert_equal(Network(tuple(nodes)).fitted(), 5)


def test_a_bypassed_layer_hands_on():
    network = chain(1, 12, 12, Conv2d(filters=3), ReLU(), MaxPool(), Flatten(), Dense(units=3))
    assert_equal(network.replacing(network["relu2"].changed(bypassed=True)), 6)


def test_a_layer_behind_the_measured_one_has_no_gradient():
    network = chain(1, 12, 12, Conv2d(filters=3), Flatten(), Dense(units=3), Softmax())
    assert_equal(network, 6)


def test_large_maps_are_worked_on_in_bands():
    layers = Conv2d(filters=8), ReLU(), MaxPool(), Conv2d(filters=16), ReLU(), Conv2d(filters=8), MaxPool()
    assert_equal(chain(3, 66, 70, *layers, Flatten(), Dense(units=3)), 17)


def test_pooling_behind_a_normalisation():
    layers = Conv2d(filters=4, padding="valid"), BatchNormalization(), MaxPool()
    assert_equal(chain(2, 15, 20, *layers, Flatten(), Dense(units=3)), 35)


def test_a_plan_for_every_batch_size():
    network = chain(1, 12, 12, Conv2d(filters=3), ReLU(), MaxPool(), Flatten(), Dense(units=3))
    for count in (1, 15, 16, 17, 40):
        assert_equal(network, count)


def test_a_wide_dense_layer_is_multiplied_for_the_whole_batch(monkeypatch):
    monkeypatch.setattr(matching, "LEAST", 100)
    network = chain(
        1,
        12,
        12,
        Conv2d(filters=3),
        Flatten(),
        Dense(units=40),
        ReLU(),
        Dense(units=30, bias=False),
        Dense(units=3),
    )
    assert_equal(network, 21)


def test_a_wide_dense_layer_that_reads_the_image(monkeypatch):
    monkeypatch.setattr(matching, "LEAST", 100)
    assert_equal(chain(1, 12, 12, Flatten(), Dense(units=20), ReLU(), Dense(units=3)), 18)


@pytest.mark.parametrize(
    ("shape", "layer"),
    [((2, 20), Conv1d(filters=3)), ((1, 5, 8, 9), Conv3d(filters=2)), ((7,), Dense(units=4))],
)
def test_signals_volumes_and_lists(shape, layer):
    nodes = [
        Node("input", input_of(shape)),
        Node("first", layer, ("input",)),
        Node("relu", ReLU(), ("first",)),
    ]
    nodes += [Node("list", Flatten(), ("relu",)), Node("scores", Dense(units=3), ("list",))]
    assert_equal(Network(tuple(nodes)).fitted(), 18)


def test_not_a_number_travels_through_a_plan():
    network = chain(1, 12, 12, Conv2d(filters=3), ReLU(), MaxPool(), Flatten(), Dense(units=3))
    kernel = network["conv2d1"].parameters["kernel"].copy()
    kernel[0, 0, 0, 0] = np.nan
    broken = network.with_parameters({"conv2d1": {"kernel": kernel}})

    _, found, layout = both_ways(broken, 6)

    assert np.isnan(found.loss)
    assert np.isnan(layout.parts(found.gradient)["dense5", "bias"]).all()


def test_what_the_loss_does_not_read_is_left_out_and_draws_nothing():
    nodes = [
        Node("image", Input(channels=1, height=10, width=10)),
        Node("aside", Conv2d(filters=2), ("image",)),
        Node("aside_norm", BatchNormalization(), ("aside",)),
        Node("aside_dropped", Dropout(rate=0.5), ("aside_norm",)),
        Node("list", Flatten(), ("image",)),
        Node("dropped", Dropout(rate=0.5), ("list",)),
        Node("scores", Dense(units=3), ("dropped",)),
    ]
    assert_equal(Network(tuple(nodes)).fitted(), 20)


def test_the_number_of_threads_changes_no_bit(monkeypatch):
    monkeypatch.setattr(matching, "LEAST", 1000)
    layers = Conv2d(filters=6), ReLU(), MaxPool(), Conv2d(filters=8), BatchNormalization(), ReLU(), MaxPool()
    lists = Flatten(), Dropout(rate=0.3), Dense(units=40), ReLU(), Dense(units=3)
    network, found = chain(3, 26, 30, *layers, *lists), []
    for threads in (1, 2, 5):
        monkeypatch.setattr(pool, "threads", threads)
        found.append(both_ways(network, 150)[1])  # ten pieces: more than there are lanes
    for one in found[1:]:
        assert one.loss == found[0].loss
        np.testing.assert_array_equal(one.gradient, found[0].gradient)

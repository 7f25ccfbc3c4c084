"""Receptive fields: exactly what a unit reads, how large that is, and how much each pixel counts."""

import time

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.engine.arithmetic import ExplanationError, explain
from explorer.engine.arithmetic.effective_field import effective_field
from explorer.engine.arithmetic.reading import boxes_read
from explorer.engine.arithmetic.receptive_field import receptive_field
from explorer.engine.arithmetic.regions import MOST_BOXES, Box, Region
from explorer.engine.backpropagate import backpropagate
from explorer.engine.evaluate import evaluate
from explorer.engine.layer import ShapeError
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.global_pooling import GlobalAveragePool
from explorer.engine.layers.input import Input
from explorer.engine.layers.merge import Add, Concatenate
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.layers.padding import Pad
from explorer.engine.layers.pooling import AveragePool, MaxPool
from explorer.engine.layers.softmax import Softmax
from explorer.engine.layers.upsampling import Upsample
from explorer.engine.network import Network, Node
from explorer.engine.presets.networks import build_network
from tests.benchmarks.jobs import frame_network
from tests.engine.arithmetic.drawing import (
    convolutions,
    drawn_unit,
    enlarging,
    layers,
    pairs,
    poolings,
    transposed,
)
from tests.engine.arithmetic.traces import trace_of
from tests.engine.build import chain
from tests.engine.layers.contract import cases


def image_of(network, seed=0):
    return np.random.default_rng(seed).normal(0, 1, (1, *network.input_shape)).astype(np.float32)


def read_by_explanations(trace, node, unit):
    """By node which units are read, found by explaining unit after unit."""
    found = {name: np.zeros(step.output.shape[1:], bool) for name, step in trace.steps.items()}
    found[node][unit] = True
    waiting = [(node, unit)]
    while waiting:
        for part in explain(trace, *waiting.pop()).readings:
            units, seen = units_read(part), found[part.places.node]
            fresh = np.unique(units[:, ~seen[tuple(units)]], axis=1)  # (axes, units)
            seen[tuple(fresh)] = True
            waiting += [(part.places.node, tuple(map(int, one))) for one in fresh.T]
    return {name: mask for name, mask in found.items() if mask.any()}


def units_read(part):
    """Where the numbers of a part were taken from, without those of the padding: (axes, units)."""
    axes = iter(np.ix_(*(one for one in part.places.index if isinstance(one, np.ndarray))))
    index = [next(axes) if isinstance(one, np.ndarray) else np.array(one) for one in part.places.index]
    units = np.stack(np.broadcast_arrays(*index, np.zeros(part.numbers.shape, int))[:-1])
    is_counted = (units >= 0).all(axis=0) & (True if part.absent is None else ~part.absent)
    return units[:, is_counted]


@given(layer=layers, extents=pairs(1, 9), data=st.data())
@settings(deadline=None, max_examples=200)
def test_one_step_backwards_reads_what_the_explanation_reads(layer, extents, data):
    shape = (4, *extents)
    try:
        output = layer.output_shape([shape])
    except ShapeError:
        assume(False)
    trace = trace_of(
        layer, np.zeros((1, *shape)), **layer.initial_parameters([shape], np.random.default_rng(0))
    )
    unit = drawn_unit(data, output)

    ((*boxes,),) = boxes_read(layer, [shape], Box.of_unit(unit))

    expected = np.zeros(shape, bool)
    for part in explain(trace, "it", unit).readings:
        expected[tuple(units_read(part))] = True
    np.testing.assert_array_equal(Region.of(shape, boxes).mask, expected)


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_value_outside_of_what_is_read_changes_nothing(case):
    output = case.forward(case.inputs(batch=1))
    unit = tuple(size // 2 for size in output.shape[1:])

    read = boxes_read(case.layer, case.shapes, Box.of_unit(unit))

    others = []
    for x, shape, boxes in zip(case.inputs(batch=1), case.shapes, read, strict=True):
        others.append(np.where(Region.of(shape, boxes).mask, x, x + 1).astype(np.float32))
    np.testing.assert_allclose(
        case.forward(tuple(others))[(0, *unit)], output[(0, *unit)], rtol=1e-5, atol=1e-5
    )


def test_the_field_grows_layer_by_layer_backwards():
    network = chain(1, 20, 20, Conv2d(), MaxPool(), Conv2d())

    field = receptive_field(network, "conv2d3", (0, 5, 5))

    assert {name: region.hull[1] for name, region in field.regions.items()} == {
        "image": (7, 15), "conv2d1": (8, 14), "max_pool2": (4, 7), "conv2d3": (5, 6),
    }  # fmt: skip
    assert field.reach == ((7, 15), (7, 15))
    assert (field.fields[0].size, field.fields[0].step) == (8, 2)


def test_a_field_at_the_edge_leaves_the_padding_out_but_its_reach_does_not():
    field = receptive_field(chain(1, 8, 8, Conv2d(kernel=(5, 5))), "conv2d1", (0, 0, 7))

    assert field.on_input.hull[1:] == ((0, 3), (5, 8))
    assert field.reach == ((-2, 3), (5, 10))


def test_a_wrapping_border_reads_the_other_side():
    field = receptive_field(chain(1, 6, 6, Conv2d(border="wrap")), "conv2d1", (0, 0, 3))

    assert list(np.flatnonzero(field.on_input.pixels.any(axis=1))) == [0, 1, 5]


def test_branches_are_united():
    wide, tall = Conv2d(kernel=(1, 5)), Conv2d(kernel=(5, 1))
    network = Network((
        Node("image", Input(channels=1, height=9, width=9)),
        Node("wide", wide, ("image",)), Node("tall", tall, ("image",)), Node("both", Add(), ("wide", "tall")),
    )).fitted()  # fmt: skip

    region = receptive_field(network, "both", (0, 4, 4)).on_input

    assert region.pixels.sum() == 9  # a cross, not a square
    assert region.hull[1:] == ((2, 7), (2, 7))


def test_upsampling_is_traced_to_the_pixel_it_repeats():
    field = receptive_field(chain(1, 6, 6, Upsample(scale=(3, 3))), "upsample1", (0, 8, 2))

    assert field.on_input.hull == ((0, 1), (2, 3), (0, 1))


def test_only_the_channels_of_the_group_are_read():
    network = chain(4, 5, 5, Conv2d(filters=4, groups=2))

    np.testing.assert_array_equal(
        receptive_field(network, "conv2d1", (3, 2, 2)).on_input.boxes[0].axes[0], [2, 3]
    )


def test_a_unit_behind_a_dense_layer_reads_everything():
    network = chain(1, 4, 4, Flatten(), Dense(units=3))

    field = receptive_field(network, "dense2", (0,))

    assert field.fields is None
    assert field.on_input.mask.all()


def test_a_flattened_unit_reads_one_pixel():
    assert receptive_field(chain(2, 4, 4, Flatten()), "flatten1", (21,)).on_input.hull == (
        (1, 2),
        (1, 2),
        (1, 2),
    )


def test_what_is_not_on_the_way_has_no_region():
    network = Network((
        Node("image", Input(channels=1, height=4, width=4)),
        Node("a", ReLU(), ("image",)), Node("b", ReLU(), ("image",)),
        Node("joined", Concatenate(), ("a", "b")),
    ))  # fmt: skip

    assert set(receptive_field(network, "joined", (1, 0, 0)).regions) == {"image", "b", "joined"}


@pytest.mark.parametrize("name", ["residual", "encoder-decoder", "edges"])
def test_a_whole_network_reads_what_its_explanations_read(name):
    network = build_network(name)
    size = Input(channels=network.input_shape[0], height=16, width=16)
    network = network.replacing(network.input.changed(layer=size))
    for one in network.nodes:
        if getattr(one.layer, "filters", 1) > 4:  # a quarter of the maps reads as many pixels of each
            few = one.layer.with_settings(filters=one.layer.filters // 4)
            network = network.replacing(one.changed(layer=few))
    network = network.fitted()
    trace = evaluate(network, image_of(network))
    node = {"residual": "block2_add", "encoder-decoder": "up1", "edges": "strength"}[name]
    unit = (0, *(size // 3 for size in trace.steps[node].output.shape[2:]))

    regions = receptive_field(network, node, unit).regions

    found = read_by_explanations(trace, node, unit)
    assert regions.keys() == found.keys()
    for name, region in regions.items():
        np.testing.assert_array_equal(region.mask, found[name])


def test_too_many_boxes_become_their_bounding_box():
    boxes = [Box((np.array([0]), np.array([one]), np.array([one]))) for one in range(MOST_BOXES + 1)]

    region = Region.of((1, 99, 99), boxes)

    assert not region.is_exact
    assert region.hull == ((0, 1), (0, MOST_BOXES + 1), (0, MOST_BOXES + 1))


def test_a_unit_that_is_not_there_has_no_field():
    with pytest.raises(ExplanationError, match="its output is 8 x 4 x 4"):
        receptive_field(chain(1, 4, 4, Conv2d()), "conv2d1", (0, 4, 0))


# ---- effective ----------------------------------------------------------------------------------------------


def by_backpropagation(network, image, node, unit):
    trace = evaluate(network, image, record=True)
    seed = np.zeros_like(trace.steps[node].output)
    seed[(0, *unit)] = 1
    return np.abs(backpropagate(trace, {node: seed}, wrt=["image"]).outputs["image"][0]).sum(0)


@given(
    first=st.one_of(convolutions, poolings),
    second=st.one_of(transposed, enlarging, convolutions),
    third=st.one_of(poolings, convolutions),
    extents=pairs(3, 16),
    data=st.data(),
)
@settings(deadline=None, max_examples=100)
def test_the_effective_field_is_the_gradient_of_the_whole_network(first, second, third, extents, data):
    network = Network((
        Node("image", Input(channels=4, height=extents[0], width=extents[1])),
        Node("first", first, ("image",)),
        Node("norm", BatchNormalization(), ("first",)),
        Node("second", second, ("norm",)),
        Node("third", third, ("second",)),
        Node("relu", ReLU(), ("third",)),
        Node("padded", Pad(border="reflect"), ("third",)),
        Node("twice", Add(), ("third", "relu")),
        Node("joined", Concatenate(), ("twice", "relu")),
        Node("mean", GlobalAveragePool(), ("joined",)),
        Node("scaled", Add(), ("joined", "mean")),
        Node("softmax", Softmax(), ("scaled",)),
        Node("flat", Flatten(), ("softmax",)),
        Node("dense", Dense(units=2), ("flat",)),
    )).fitted()  # fmt: skip
    image = image_of(network, 7)
    trace = evaluate(network, image)
    node = data.draw(st.sampled_from(sorted(trace.steps)))
    unit = drawn_unit(data, trace.steps[node].output.shape[1:])

    found = effective_field(trace, node, unit).picture()

    expected = by_backpropagation(network, image, node, unit)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5 * max(1, expected.max()))


def test_the_effective_field_of_an_average_is_the_same_everywhere():
    network = chain(1, 8, 8, AveragePool(window=(4, 4), stride=(4, 4)))

    field = effective_field(evaluate(network, image_of(network)), "average_pool1", (0, 1, 0))

    assert field.places == ((4, 8), (0, 4))
    np.testing.assert_allclose(field.strength, 1 / 16)


def test_two_box_kernels_in_a_row_count_the_middle_most():
    network = chain(1, 9, 9, Conv2d(filters=1, bias=False), Conv2d(filters=1, bias=False))
    ones = {"kernel": np.ones((1, 1, 3, 3), np.float32)}
    network = network.with_parameters({"conv2d1": ones, "conv2d2": ones})

    field = effective_field(evaluate(network, image_of(network)), "conv2d2", (0, 4, 4))

    np.testing.assert_allclose(field.strength[2], [3, 6, 9, 6, 3])
    assert field.share_within(1.5) == pytest.approx(49 / 81)


def test_the_field_may_be_asked_for_on_an_earlier_layer():
    network = chain(1, 8, 8, Conv2d(filters=2), Conv2d(filters=3))

    field = effective_field(evaluate(network, image_of(network)), "conv2d2", (1, 4, 4), of="conv2d1")

    assert field.places == ((3, 6), (3, 6))
    np.testing.assert_allclose(field.gradient, network["conv2d2"].parameters["kernel"][1])


def test_in_training_the_field_follows_the_batch():
    network = chain(1, 4, 4, BatchNormalization())
    image = image_of(network)
    trace = evaluate(network, image, training=np.random.default_rng(0))

    assert np.count_nonzero(effective_field(trace, "batch_norm1", (0, 1, 1)).picture()) == 16


def test_the_field_of_the_live_network_is_there_in_a_tenth_of_a_second():
    network = frame_network(480, 640)
    trace = evaluate(network, image_of(network))
    times = []
    for column in range(40, 46):  # the least of several, because other programs run here too
        started = time.perf_counter()
        field = effective_field(trace, "pool3", (5, 30, column))
        receptive_field(network, "pool3", (5, 30, column))
        times.append(time.perf_counter() - started)

    assert min(times) < 0.1
    assert field.strength.shape <= (22, 22)

"""Drawn networks, settings and pixels: what is shown is the engine's number, to 1e-5 of what went into it."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.engine.arithmetic import explain
from explorer.engine.evaluate import evaluate
from explorer.engine.layer import ShapeError
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.global_pooling import GlobalAveragePool
from explorer.engine.layers.input import Input
from explorer.engine.layers.merge import Add, Concatenate
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.layers.softmax import Softmax
from explorer.engine.network import Network, Node
from tests.engine.arithmetic.drawing import (
    convolutions,
    drawn_unit,
    enlarging,
    layers,
    pairs,
    poolings,
    transposed,
)
from tests.engine.arithmetic.traces import assert_agrees, trace_of


@given(layer=layers, extents=pairs(1, 12), data=st.data())
@settings(deadline=None, max_examples=400)
def test_any_setting_at_any_pixel(layer, extents, data):
    shape = (4, *extents)
    try:
        layer.output_shape([shape])
    except ShapeError:
        assume(False)
    x = np.random.default_rng(sum(shape)).normal(0, 2, (2, *shape)).astype(np.float32)
    trace = trace_of(layer, x, **layer.initial_parameters([shape], np.random.default_rng(3)))

    unit = drawn_unit(data, trace.steps["it"].output.shape[1:])

    assert_agrees(explain(trace, "it", unit, image=1))


@given(
    first=st.one_of(convolutions, poolings),
    second=st.one_of(transposed, enlarging),
    extents=pairs(3, 14),
    data=st.data(),
)
@settings(deadline=None, max_examples=100)
def test_any_unit_of_a_network_with_branches(first, second, extents, data):
    network = Network((
        Node("image", Input(channels=4, height=extents[0], width=extents[1])),
        Node("first", first, ("image",)),
        Node("norm", BatchNormalization(), ("first",)),
        Node("relu", ReLU(), ("norm",)),
        Node("second", second, ("relu",)),
        Node("twice", Add(), ("first", "relu")),
        Node("off", MaxPool(), ("second",), bypassed=True),
        Node("joined", Concatenate(), ("first", "twice", "relu")),
        Node("mean", GlobalAveragePool(), ("joined",)),
        Node("flat", Flatten(), ("mean",)),
        Node("dense", Dense(units=3), ("flat",)),
        Node("softmax", Softmax(), ("dense",)),
    )).fitted()  # fmt: skip
    image = np.random.default_rng(5).normal(0, 1, (1, 4, *extents)).astype(np.float32)
    trace = evaluate(network, image)

    for name, step in trace.steps.items():
        assert_agrees(explain(trace, name, drawn_unit(data, step.output.shape[1:])))

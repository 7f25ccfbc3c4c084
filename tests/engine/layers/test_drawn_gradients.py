"""Gradients of sliding windows in float64 for settings that nobody chose: by one random direction."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.engine.geometry import BORDERS
from explorer.engine.layer import Layer, ShapeError
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.padding import Pad
from explorer.engine.layers.pooling import AveragePool, L2Pool, MaxPool, MinPool
from explorer.engine.layers.upsampling import Upsample
from explorer.engine.layers.weighted_pooling import WeightedPool
from explorer.engine.tape import Needed, Tape

STEP = 1e-6
some = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)

sizes = st.tuples(st.integers(1, 5), st.integers(1, 5))
strides = st.tuples(st.integers(1, 6), st.integers(1, 6))
dilations = st.tuples(st.integers(1, 3), st.integers(1, 3))
sides = st.tuples(*[st.integers(0, 4)] * 4)
extents = st.tuples(st.integers(1, 10), st.integers(1, 10))
batches = st.integers(1, 4)
paddings = st.sampled_from(["valid", "same", "explicit"])
borders = st.sampled_from(BORDERS)


def check(layer: Layer, batch: int, shape: tuple[int, ...]) -> None:
    """The slope in a random direction is what the gradient says; nothing is asked where the layer refuses."""
    try:
        layer.output_shape([shape])
    except ShapeError:
        return
    rng = np.random.default_rng(0)
    x = rng.normal(size=(batch, *shape))
    parameters = {name: rng.normal(size=size) for name, size in layer.parameter_shapes([shape]).items()}
    step = rng.normal(size=x.shape)
    steps = {name: rng.normal(size=array.shape) for name, array in parameters.items()}
    tape = Tape(record=True)
    seed = rng.normal(size=layer.forward([x], parameters, tape).shape)

    def moved(by: float) -> float:
        there = {name: array + by * steps[name] for name, array in parameters.items()}
        return float((seed * layer.forward([x + by * step], there, Tape())).sum())

    found = layer.backward(seed, tape, Needed((True,), True))

    slope = (moved(STEP) - moved(-STEP)) / (2 * STEP)
    predicted = (found.inputs[0] * step).sum()
    predicted += sum((found.parameters[name] * steps[name]).sum() for name in parameters)
    assert predicted == pytest.approx(slope, rel=1e-6, abs=1e-6)


@some
@given(
    st.integers(1, 3), st.integers(1, 3), st.integers(1, 4), sizes, strides, dilations, paddings, sides, borders,
    st.booleans(), extents, batches,
)  # fmt: skip
def test_convolutions(
    groups, inputs, outputs, kernel, stride, dilation, padding, added, border, flip, size, batch
):
    layer = Conv2d(
        filters=groups * outputs, kernel=kernel, stride=stride, dilation=dilation, padding=padding, sides=added,
        border=border, padding_value=0.5, groups=groups, flip=flip,
    )  # fmt: skip
    check(layer, batch, (groups * inputs, *size))


@some
@given(
    st.sampled_from([MaxPool, MinPool, AveragePool, L2Pool, WeightedPool]), sizes, strides, dilations, paddings, sides,
    st.booleans(), extents, batches,
)  # fmt: skip
def test_poolings(kind, window, stride, dilation, padding, added, ceil, size, batch):
    layer = kind(window=window, stride=stride, dilation=dilation, padding=padding, sides=added, ceil=ceil)
    check(layer, batch, (2, *size))


@some
@given(sides, borders, extents, batches)
def test_paddings(added, border, size, batch):
    check(Pad(sides=added, border=border), batch, (2, *size))


@some
@given(
    st.tuples(st.integers(1, 5), st.integers(1, 5)),
    st.sampled_from(["nearest", "bilinear"]),
    st.booleans(),
    extents,
)
def test_upsamplings(scale, mode, align_corners, size):
    check(Upsample(scale=scale, mode=mode, align_corners=align_corners), 2, (2, *size))

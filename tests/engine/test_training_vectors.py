"""Losses, optimizers, schedules and clipping give PyTorch's numbers (made by make_training_vectors.py)."""

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from explorer.engine.examples import ImageExamples
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.global_pooling import GlobalAveragePool
from explorer.engine.layers.input import Input
from explorer.engine.layers.merge import Add
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.layers.softmax import Softmax
from explorer.engine.losses import CrossEntropy, Loss
from explorer.engine.network import Network, Node
from explorer.engine.optimizers import Momentum, Optimizer
from explorer.engine.parameter_vector import clipped
from explorer.engine.schedules import Constant, Cosine, Steps
from explorer.engine.training import Training, train

with np.load(Path(__file__).parent / "vectors" / "training.npz") as stored:
    ARRAYS = dict(stored)
LOSSES, OPTIMIZERS = (json.loads(str(ARRAYS["what"]))[family] for family in ("losses", "optimizers"))


def name_of(case: dict) -> str:
    return case["kind"] + "".join(f" {name}={value}" for name, value in case["settings"].items())


@pytest.mark.parametrize("number", range(len(LOSSES)), ids=[name_of(case) for case in LOSSES])
def test_a_loss_and_its_gradient_are_pytorchs(number):
    kind, settings = LOSSES[number]["kind"], LOSSES[number]["settings"]
    weights = tuple(settings.pop("class_weights", ()))
    loss = CrossEntropy(**settings, class_weights=weights) if weights else Loss.of_kind(kind, settings)
    outputs, targets, value, gradient = (
        ARRAYS[f"loss{number}.{name}"] for name in ("outputs", "targets", "value", "gradient")
    )

    measured = loss.measure(outputs, targets)

    assert measured.value == pytest.approx(float(value), rel=1e-6)
    assert measured.gradient.dtype == np.float32
    np.testing.assert_allclose(measured.gradient, gradient, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("number", range(len(OPTIMIZERS)), ids=[name_of(case) for case in OPTIMIZERS])
def test_an_optimizer_goes_pytorchs_way_for_two_hundred_steps(number):
    optimizer = Optimizer.of_kind(OPTIMIZERS[number]["kind"], OPTIMIZERS[number]["settings"])
    parameters, path = ARRAYS["start"], []
    state = optimizer.start(parameters)

    for gradient in ARRAYS["gradients"]:
        parameters, state = optimizer.step(parameters, gradient, state)
        path.append(parameters)

    np.testing.assert_allclose(path, ARRAYS[f"optimizer{number}.path"], rtol=1e-5, atol=5e-6)


@pytest.mark.parametrize(
    ("name", "schedule"),
    [
        ("steps", Steps(every=30, drop=0.3)),
        ("cosine", Cosine(length=80, floor=0.1)),
        ("warm_up", Constant(warm_up=10)),
    ],
)
def test_a_schedule_gives_pytorchs_rates(name, schedule):
    expected = ARRAYS[f"schedule.{name}"]

    assert [schedule.factor(step) for step in range(len(expected))] == pytest.approx(list(expected))


@pytest.mark.parametrize(
    ("name", "limits"),
    [("norm1", {"norm": 1.0}), ("norm1000", {"norm": 1000.0}), ("value0.5", {"value": 0.5})],
)
def test_a_gradient_is_clipped_as_pytorch_does(name, limits):
    found = clipped(ARRAYS["clip.gradient"], **limits)

    np.testing.assert_allclose(found, ARRAYS[f"clip.{name}"], rtol=2e-6)


def residual() -> Network:
    """The network of make_training_vectors.py with the parameters that it started from."""
    conv = Conv2d(filters=4, kernel=(3, 3))
    nodes = [
        Node("image", Input(channels=2, height=7, width=6)),
        Node("conv1", conv, ("image",)),
        Node("norm1", BatchNormalization(), ("conv1",)),
        Node("relu1", ReLU(), ("norm1",)),
        Node("conv2", conv.with_settings(groups=2), ("relu1",)),
        Node("norm2", BatchNormalization(), ("conv2",)),
        Node("sum", Add(), ("norm2", "relu1")),
        Node("relu2", ReLU(), ("sum",)),
        Node("pool", MaxPool(), ("relu2",)),
        Node("average", GlobalAveragePool(), ("pool",)),
        Node("flatten", Flatten(), ("average",)),
        Node("dense", Dense(units=3), ("flatten",)),
        Node("softmax", Softmax(), ("dense",)),
    ]
    network = Network(tuple(nodes)).fitted()
    return network.with_parameters(
        {
            node.name: {name: ARRAYS[f"training.start.{node.name}.{name}"] for name in node.parameters}
            for node in network.nodes
        }
    )


def test_a_training_of_ten_steps_is_pytorchs():
    examples = ImageExamples(ARRAYS["training.images"], ARRAYS["training.labels"])
    settings = Training(batch=6, shuffle=False, optimizer=Momentum(rate=0.1))

    made = list(islice(train(residual(), examples, settings), 10))

    assert [one.loss for one in made] == pytest.approx(list(ARRAYS["training.losses"]), rel=1e-5)
    for node in made[-1].network.nodes:
        for name, array in node.parameters.items():
            expected = ARRAYS[f"training.end.{node.name}.{name}"]
            np.testing.assert_allclose(array, expected, rtol=1e-4, atol=2e-5, err_msg=f"{node.name} {name}")

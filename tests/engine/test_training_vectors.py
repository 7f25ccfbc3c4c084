"""Losses, optimizers, schedules and clipping give PyTorch's numbers (made by make_training_vectors.py)."""

import json
from pathlib import Path

import numpy as np
import pytest

from explorer.engine.losses import CrossEntropy, Loss
from explorer.engine.optimizers import Optimizer
from explorer.engine.parameter_vector import clipped
from explorer.engine.schedules import Constant, Cosine, Steps

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

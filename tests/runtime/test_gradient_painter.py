"""Gradients are painted like values, but signed everywhere and without marks."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.backpropagate import backpropagate
from explorer.engine.evaluate import evaluate
from explorer.engine.gradient_goal import Goal
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.input import Input
from explorer.engine.network import Network, Node
from explorer.engine.pool import pool
from explorer.rendering.look import Look
from explorer.rendering.pictures import Tiles, Wanted
from explorer.runtime import gradient_painter
from explorer.runtime.gradient_painter import GradientPainter

NETWORK = Network(
    (
        Node("image", Input(channels=3, height=12, width=10)),
        Node("conv1", Conv2d(filters=4), ("image",)),
        Node("relu1", ReLU(), ("conv1",)),
        Node("conv2", Conv2d(filters=2), ("relu1",)),
    )
).fitted()
IMAGE = np.random.default_rng(0).random((1, 3, 12, 10)).astype(np.float32)
WANTED = Wanted(
    (Tiles("image", 1, 10, 12, "image"), Tiles("conv1", 2, 10, 12), Tiles("relu1", 2, 10, 12), Tiles("conv2", 2, 5, 6)),
    (("conv1", 2),),
)  # fmt: skip


def test_every_tile_that_is_wanted_is_painted() -> None:
    found = GradientPainter().answer(NETWORK, IMAGE, Goal("unit", "conv2", (0, 5, 5)), WANTED)
    assert set(found.pictures) == {"image:image", "conv1", "relu1", "conv2", "conv1:2"}


def test_a_gradient_behind_a_relu_keeps_its_negative_numbers() -> None:
    found = GradientPainter().answer(NETWORK, IMAGE, Goal("unit", "conv2", (0, 5, 5)), WANTED)
    assert found.pictures["relu1"].low.min() < 0
    assert found.trace.activations["relu1"].min() == found.pictures["relu1"].low.min()


def test_no_channel_is_called_dead() -> None:
    found = GradientPainter().answer(NETWORK, IMAGE, Goal("unit", "conv1", (0,)), WANTED)
    assert not found.trace.activations["conv2"].any()
    assert not found.pictures["conv2"].dead.any()


def test_another_look_computes_nothing_anew() -> None:
    painter, goal = GradientPainter(), Goal("unit", "conv2", (0,))
    first = painter.answer(NETWORK, IMAGE, goal, WANTED)
    second = painter.answer(NETWORK, IMAGE, goal, Wanted())
    assert second.trace is first.trace
    assert not second.pictures


def test_nothing_is_computed_further_than_somebody_sees() -> None:
    painter, goal = GradientPainter(), Goal("unit", "conv2", (0,))
    part = painter.answer(NETWORK, IMAGE, goal, Wanted((Tiles("relu1", 2, 10, 12),)))
    assert part.trace.activations["relu1"].any()
    assert not part.trace.activations["conv1"].any()
    whole = painter.answer(NETWORK, IMAGE, goal, WANTED)
    assert whole.trace.activations["conv1"].any()
    assert np.array_equal(whole.trace.activations["relu1"], part.trace.activations["relu1"])


def test_a_range_of_the_whole_network_needs_every_gradient() -> None:
    wanted = Wanted((Tiles("relu1", 2, 10, 12),), look=Look(scope="network"))
    found = GradientPainter().answer(NETWORK, IMAGE, Goal("unit", "conv2", (0,)), wanted)
    assert found.trace.activations["conv1"].any()


def test_a_core_is_left_to_the_maps(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    monkeypatch.setattr(
        gradient_painter,
        "backpropagate",
        lambda *a, **k: (left.append(pool._left), backpropagate(*a, **k))[1],
    )
    GradientPainter().answer(NETWORK, IMAGE, Goal("unit", "conv2", (0,)), WANTED)
    assert left == [1]


def test_values_stay_as_they_are() -> None:
    before = evaluate(NETWORK, IMAGE).activations["conv2"]
    GradientPainter().answer(NETWORK, IMAGE, Goal("unit", "conv2", (0,)), WANTED)
    assert np.array_equal(before, evaluate(NETWORK, IMAGE).activations["conv2"])

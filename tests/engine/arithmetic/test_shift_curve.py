"""The error against the shift: 0 wherever the step comes round."""

import time

import numpy as np

import explorer.engine.layers  # noqa: F401  - register
from explorer.engine.arithmetic.shift_curve import curve_points, reach_of, step_of, traced_to
from explorer.engine.evaluate import evaluate
from explorer.engine.layers.input import Input
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.network import Network, Node

NETWORK = Network(
    (
        Node("image", Input(channels=1, height=24, width=30)),
        Node("pool1", MaxPool(window=(3, 3), stride=(3, 3)), ("image",)),
        Node("pool2", MaxPool(window=(2, 2), stride=(2, 2)), ("pool1",)),
    )
)
IMAGE = np.random.default_rng(0).normal(size=(1, 1, 24, 30)).astype(np.float32)


def test_a_stride_of_three_comes_round_every_three_pixels() -> None:
    trace = traced_to(evaluate(NETWORK, IMAGE), "pool1")
    errors = curve_points(trace, "pool1", (0, 0), 1, range(7), "wrap", 60)
    assert [one for one, error in errors.items() if error < 1e-6] == [0, 3, 6]


def test_the_curve_reaches_two_steps_and_stays_within_the_image() -> None:
    trace = evaluate(NETWORK, IMAGE)
    assert step_of(trace, "pool2", 1) == 6
    assert reach_of(trace, "pool2", 1) == 12
    assert reach_of(trace, "image", 1) == 8


def test_nothing_behind_the_node_is_evaluated() -> None:
    part = traced_to(evaluate(NETWORK, IMAGE), "pool1")
    assert [node.name for node in part.network.nodes] == ["image", "pool1"]


def test_when_the_time_is_up_one_point_at_least_is_there() -> None:
    trace = traced_to(evaluate(NETWORK, IMAGE), "pool1")
    started = time.perf_counter()
    assert list(curve_points(trace, "pool1", (0, 0), 1, range(1000), "wrap", 0.0)) == [0]
    assert time.perf_counter() - started < 5

"""What a gradient can be taken of, against numbers that one can work out by hand."""

from __future__ import annotations

import numpy as np
import pytest

import explorer.engine.layers  # noqa: F401  - register
from explorer.engine.backpropagate import backpropagate
from explorer.engine.evaluate import evaluate
from explorer.engine.gradient_goal import Goal, GoalError, aim_at, class_count, recorded_to
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.input import Input
from explorer.engine.layers.softmax import Softmax
from explorer.engine.network import Network, Node

IMAGE = np.random.default_rng(0).normal(size=(1, 1, 4, 5)).astype(np.float32)
MAPS = Network(
    (
        Node("image", Input(channels=1, height=4, width=5)),
        Node("conv1", Conv2d(filters=2, bias=False), ("image",)),
        Node("conv2", Conv2d(filters=3), ("conv1",)),
    )
).fitted()
CLASSES = Network(
    (
        Node("image", Input(channels=1, height=4, width=5)),
        Node("flatten", Flatten(), ("image",)),
        Node("dense", Dense(units=3), ("flatten",)),
        Node("softmax", Softmax(), ("dense",)),
    )
).fitted()


def test_a_unit_is_one_at_its_place_and_its_own_value() -> None:
    trace = evaluate(MAPS, IMAGE)
    aim = aim_at(trace, Goal("unit", "conv1", (1, 2, 3)))
    assert aim.seed.sum() == aim.seed[0, 1, 2, 3] == 1
    assert aim.value == pytest.approx(float(trace.activations["conv1"][0, 1, 2, 3]))
    assert aim.text == "conv1:1 at (2, 3)"


def test_a_channel_is_its_mean() -> None:
    aim = aim_at(evaluate(MAPS, IMAGE), Goal("unit", "conv1", (1,)))
    assert np.allclose(aim.seed[0, 1], 1 / 20)
    assert not aim.seed[0, 0].any()
    assert aim.text == "mean of conv1:1"


def test_the_loss_of_a_class_pulls_that_score_up_and_the_others_down() -> None:
    trace = evaluate(CLASSES, IMAGE)
    aim = aim_at(trace, Goal("loss", label=2))
    shares = trace.activations["softmax"][0]
    assert aim.node == "dense"
    assert np.allclose(aim.seed[0], shares - [0, 0, 1], atol=1e-6)
    assert aim.value == pytest.approx(-np.log(shares[2]), rel=1e-5)


def test_without_a_label_it_is_the_predicted_class() -> None:
    trace = evaluate(CLASSES, IMAGE)
    best = int(trace.activations["dense"][0].argmax())
    aim = aim_at(trace, Goal("score"))
    assert aim.seed[0, best] == 1
    assert aim.text == f"score of class {best}, the predicted one"


def test_the_gradient_is_the_slope_of_the_loss() -> None:
    recorded = recorded_to(CLASSES, IMAGE, "dense")
    aim = aim_at(recorded, Goal("loss", label=1))
    gradient = backpropagate(recorded, {aim.node: aim.seed}, wrt=["image"]).outputs["image"]
    step = np.zeros_like(IMAGE)
    step[0, 0, 1, 2] = 1e-2
    up, down = (
        aim_at(evaluate(CLASSES, one), Goal("loss", label=1)).value for one in (IMAGE + step, IMAGE - step)
    )
    assert (up - down) / 2e-2 == pytest.approx(float(gradient[0, 0, 1, 2]), abs=1e-3)


def test_only_what_the_goal_depends_on_is_evaluated_and_once() -> None:
    first = recorded_to(MAPS, IMAGE, "conv1")
    assert list(first.steps) == ["image", "conv1"]
    assert recorded_to(MAPS, IMAGE, "conv1", first).reused == 2


def test_a_network_that_ends_in_maps_has_no_classes() -> None:
    assert class_count(MAPS) == 0
    with pytest.raises(GoalError, match="not in one number per class"):
        aim_at(evaluate(MAPS, IMAGE), Goal("loss"))


@pytest.mark.parametrize(
    ("goal", "sentence"),
    [
        (Goal("unit", "gone"), "Click a map"),
        (Goal("unit", "conv1", (7,)), "no unit"),
        (Goal("loss", label=9), "no class 9|Click|not in one"),
    ],
)
def test_what_cannot_be_is_a_sentence(goal: Goal, sentence: str) -> None:
    with pytest.raises(GoalError, match=sentence):
        aim_at(evaluate(MAPS, IMAGE), goal)


def test_a_class_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(GoalError, match="3 classes"):
        aim_at(evaluate(CLASSES, IMAGE), Goal("loss", label=9))


def test_a_single_output_is_a_yes_or_no() -> None:
    network = Network((*CLASSES.nodes[:2], Node("dense", Dense(units=1), ("flatten",)))).fitted()
    assert class_count(network) == 2
    yes, no = (aim_at(evaluate(network, IMAGE), Goal("loss", label=one)) for one in (1, 0))
    assert yes.seed[0, 0] < 0 < no.seed[0, 0]

"""What a network says about classes, whatever its last layer is."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.class_answer import NoClasses, answered_classes, class_answer, class_names
from explorer.engine.layer import Array
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.input import Input
from explorer.engine.layers.sigmoids import Sigmoid
from explorer.engine.layers.softmax import Softmax
from explorer.engine.network import Network, Node

LOGARITHMS = np.log(np.array([[1, 2, 5]], np.float32))  # of which softmax makes 1/8, 2/8 and 5/8


def network(*layers: object) -> Network:
    nodes = [Node("input", Input(channels=1, height=4, width=4))]
    for layer in layers:
        name = f"{layer.kind}{len(nodes)}"  # type: ignore[attr-defined]
        nodes.append(Node(name, layer, (nodes[-1].name,)))  # type: ignore[arg-type]
    return Network(tuple(nodes)).fitted()


def answer_of(one: Network, values: Array) -> tuple[list[float], str]:
    answer = class_answer(one, {one.nodes[-1].name: values})
    return answer.probabilities[0].astype(np.float64).round(4).tolist(), answer.note


def test_a_softmax_is_taken_as_it_is() -> None:
    one = network(Flatten(), Dense(units=3), Softmax())
    assert answer_of(one, np.array([[0.2, 0.3, 0.5]], np.float32)) == ([0.2, 0.3, 0.5], "")


def test_scores_become_probabilities_and_that_is_said() -> None:
    chances, note = answer_of(network(Flatten(), Dense(units=3)), LOGARITHMS)
    assert chances == [0.125, 0.25, 0.625]
    assert "dense2 answers scores" in note


def test_one_score_says_yes_or_no() -> None:
    chances, note = answer_of(network(Flatten(), Dense(units=1)), np.log(np.array([[3]], np.float32)))
    assert chances == [0.25, 0.75]
    assert "one score" in note


def test_one_sigmoid_is_the_chance_of_yes() -> None:
    one = network(Flatten(), Dense(units=1), Sigmoid())
    assert answer_of(one, np.array([[0.75]], np.float32)) == ([0.25, 0.75], "")
    assert answered_classes(one) == 2


def test_several_sigmoids_stay_as_they_are() -> None:
    one = network(Flatten(), Dense(units=2), Sigmoid())
    chances, note = answer_of(one, np.array([[0.75, 0.5]], np.float32))
    assert chances == [0.75, 0.5]
    assert "each class on its own" in note


def test_large_scores_do_not_overflow() -> None:
    assert answer_of(network(Flatten(), Dense(units=2)), np.array([[1e4, 0]], np.float32))[0] == [1, 0]


def test_what_is_bypassed_answers_nothing() -> None:
    one = network(Flatten(), Dense(units=3), Softmax())
    bypassed = one.replacing(one["softmax3"].changed(bypassed=True))
    assert class_answer(bypassed, {"dense2": LOGARITHMS}).node == "dense2"


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (network(Conv2d(filters=2), ReLU()), "relu2, answers maps .* Put Flatten and Dense"),
        (network(), "no layers behind its input"),
        (network(Dense(units=3)), "Dense works on a list.* Repair the network first"),
    ],
    ids=["maps", "nothing", "broken"],
)  # fmt: skip
def test_a_network_without_classes_says_why(one: Network, sentence: str) -> None:
    with pytest.raises(NoClasses, match=sentence):
        class_answer(one, {})


@pytest.mark.parametrize(
    ("name", "names"), [("softmax4", ("cat", "dog")), ("dense3", ("cat", "dog")), ("dense2", ())]
)
def test_scores_are_called_as_the_answer_that_is_made_of_them(name: str, names: tuple[str, ...]) -> None:
    one = network(Flatten(), Dense(units=2), Dense(units=2), Softmax()).with_classes(("cat", "dog"))
    assert class_names(one, name) == names


def test_what_has_learned_no_classes_is_called_as_those_that_are_expected_if_they_are_as_many() -> None:
    one = network(Flatten(), Dense(units=2), Softmax())
    assert class_names(one, "softmax3", ("cat", "dog")) == ("cat", "dog")
    assert class_names(one, "softmax3", ("cat", "dog", "cow")) == ()
    assert class_names(one.with_classes(("on", "off")), "dense2", ("cat", "dog")) == ("on", "off")

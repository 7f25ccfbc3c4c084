"""What a network took images for, against what they are."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explorer.datasets.confusion import Confusion, confuse
from explorer.datasets.dataset import DataSet, DataSetError
from explorer.datasets.watcher import Cancelled
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.input import Input
from explorer.engine.network import Network, Node


def dataset(labels: list[int], classes: tuple[str, ...] = ("dark", "light", "never")) -> DataSet:
    """Images of 1 x 1; those of class 0 are black, the others white."""
    levels = np.where(np.array(labels) > 0, 255, 0).astype(np.uint8)
    return DataSet(levels[:, None, None, None], np.array(labels), classes, "Lamps")


def judge(classes: int = 3) -> Network:
    """Score 1 for class 1 on white, 0.5 for class 0 always."""
    kernel = np.zeros((classes, 1), np.float32)
    kernel[1] = 1
    bias = np.zeros(classes, np.float32)
    bias[0] = 0.5
    return Network((
        Node("input", Input(channels=1, height=1, width=1)),
        Node("flatten", Flatten(), ("input",)),
        Node("dense", Dense(units=classes), ("flatten",), {"kernel": kernel, "bias": bias}),
    ))  # fmt: skip


def made() -> Confusion:
    """Three of class 0, of which one is taken for class 1; two of class 1, both right; none of class 2."""
    chances = [[0.9, 0.1, 0], [0.6, 0.4, 0], [0.2, 0.8, 0], [0.3, 0.7, 0], [0.05, 0.95, 0]]
    data = dataset([1, 0, 0, 0, 1, 1])
    return Confusion.of(data, np.array([1, 2, 3, 4, 5]), np.array(chances, np.float32))


def test_rows_are_what_images_are_and_columns_what_they_were_taken_for() -> None:
    assert made().counts.tolist() == [[2, 1, 0], [0, 2, 0], [0, 0, 0]]


def test_shares_are_those_of_a_row() -> None:
    assert made().shares[0].round(3).tolist() == [0.667, 0.333, 0]
    assert made().shares[2].tolist() == [0, 0, 0]


def test_accuracies() -> None:
    assert made().accuracy == pytest.approx(0.8)
    assert made().class_accuracy(0) == pytest.approx(2 / 3)
    assert math.isnan(made().class_accuracy(2))


def test_the_images_of_a_cell_come_with_the_surest_first() -> None:
    indices, confidences = made().images_in(1, 1)
    assert indices.tolist() == [5, 4]
    assert confidences.tolist() == pytest.approx([0.95, 0.7])


def test_the_most_frequent_mistake_is_known() -> None:
    assert made().worst() == (0, 1)


def test_a_network_is_shown_every_chosen_image() -> None:
    found = confuse(judge(), dataset([0, 1, 2, 1] * 40), np.arange(2, 160))
    assert found.counts.tolist() == [[39, 0, 0], [0, 79, 0], [0, 40, 0]]


def test_it_tells_how_far_it_is_and_can_be_given_up() -> None:
    told: list[tuple[str, int, int]] = []
    with pytest.raises(Cancelled):
        confuse(
            judge(), dataset([0, 1] * 200), np.arange(400),
            lambda *one: told.append(one), lambda: len(told) > 0,
        )  # fmt: skip
    assert told == [("Assessing", 0, 400)]


@pytest.mark.parametrize(
    ("network", "indices", "sentence"),
    [
        (judge(4), [0, 1], "answers 4 classes and Lamps has 3"),
        (judge(), [], "no images in this part"),
    ],
)
def test_what_does_not_fit_is_told(network: Network, indices: list[int], sentence: str) -> None:
    with pytest.raises(DataSetError, match=sentence):
        confuse(network, dataset([0, 1, 2]), np.array(indices, np.intp))

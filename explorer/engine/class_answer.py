"""What a network says about classes: its last outputs as probabilities, however they come out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from explorer.engine.layer import Array, shape_text
from explorer.engine.network import Network

FEWEST_CLASSES = 2


class NoClasses(Exception):
    """The network does not answer classes; the text says what it answers and what to do."""


@dataclass(frozen=True, eq=False)
class ClassAnswer:
    """The probability of every class for every image, (image, class), and how they were made."""

    probabilities: Array
    node: str
    note: str = ""
    """A sentence where they are not simply what the last layer answers."""


def answering_node(network: Network) -> str:
    """The node whose output is the network's answer: the last one that is not bypassed."""
    name = network.outputs[-1].name
    while network[name].bypassed:
        name = network[name].inputs[0]
    return name


def class_names(network: Network, name: str, expected: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What each value of a node stands for: the answer's classes, and those of the scores that it is made of.

    Scores are followed through activations, which answer at the place they read; empty for any other node.
    A network that has learned no classes yet has the `expected` ones, if they are as many as it answers.
    """
    at = last = network.outputs[-1].name
    while at != name:
        node = network[at]
        if not node.inputs or not (node.bypassed or node.layer.group == "Activation"):
            return ()
        at = node.inputs[0]
    if network.classes or network.reports[last].shape != (len(expected),):
        return network.classes
    return expected


def answered_classes(network: Network) -> int:
    """How many classes the network tells apart. Raises NoClasses."""
    name = answering_node(network)
    if not network[name].inputs:
        raise NoClasses("The network has no layers behind its input yet, so it tells no classes apart.")
    report = network.reports[name]
    if report.shape is None:
        raise NoClasses(f"{report.problem} Repair the network first.")
    if len(report.shape) != 1:
        raise NoClasses(
            f"The last layer, {name}, answers maps ({shape_text(report.shape)}) and not one number per class. "
            "Put Flatten and Dense behind it."
        )
    return max(report.shape[0], FEWEST_CLASSES)  # a single number says yes or no


def class_answer(network: Network, outputs: Mapping[str, Array]) -> ClassAnswer:
    """The answer that lies in the outputs of an evaluation. Raises NoClasses."""
    answered_classes(network)
    name = answering_node(network)
    if name not in outputs:
        raise NoClasses(f"{name} has not been computed yet.")
    values = outputs[name].reshape(len(outputs[name]), -1)  # (n, class)
    kind = network[name].layer.kind
    if kind == "softmax":
        return ClassAnswer(values, name)
    if kind == "sigmoid":
        if values.shape[1] == 1:
            return ClassAnswer(both_ways(values), name)
        return ClassAnswer(
            values, name, f"{name} answers each class on its own: together they need not be 100 %."
        )
    if values.shape[1] == 1:
        chance = both_ways(sigmoid(values))
        return ClassAnswer(
            chance, name, f"{name} answers one score; the sigmoid of it is shown as a probability."
        )
    return ClassAnswer(
        softmax(values), name, f"{name} answers scores; the softmax of them is shown as probabilities."
    )


def softmax(scores: Array) -> Array:
    """exp(score) divided by its sum over the classes, (image, class)."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


def sigmoid(scores: Array) -> Array:
    """1 / (1 + exp(-score)), which never overflows here."""
    small = np.exp(-np.abs(scores))
    return np.asarray(np.where(scores < 0, small, 1) / (1 + small), np.float32)


def both_ways(chances: Array) -> Array:
    """The probability of yes, (image, 1), as those of two classes: no and yes."""
    return np.concatenate((1 - chances, chances), axis=1)

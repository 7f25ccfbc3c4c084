"""What a gradient is taken of: one unit, the mean of a map, the score of a class, or the loss."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from explorer.engine.batch_gradient import measured_node
from explorer.engine.evaluate import BUDGET, Trace, activation_bytes, evaluate
from explorer.engine.layer import Array, shape_text
from explorer.engine.losses import BinaryCrossEntropy, CrossEntropy, Loss
from explorer.engine.network import Network, NetworkError

Kind = Literal["unit", "score", "loss"]
COPIES = 3  # of all activations: values, what the tapes keep, gradients


class GoalError(ValueError):
    """A gradient that cannot be taken; its text is a sentence for the person."""


@dataclass(frozen=True)
class Goal:
    """`unit`: the value of a node at `unit` (channel, *place), or the mean of the channel where there is no place,
    or of everything where that is empty. `score` and `loss`: of class number `label`, or of the predicted one (None).
    """

    kind: Kind = "unit"
    node: str = ""
    unit: tuple[int, ...] = ()
    label: int | None = None


class Aim(NamedTuple):
    """A goal in a trace: the node it is in, the gradient of the goal there, its value, and what to call it."""

    node: str
    seed: Array
    value: float
    text: str


def goal_node(network: Network, goal: Goal) -> str:
    """The node in which the goal is; raises GoalError where that cannot run or has no classes."""
    if goal.kind == "unit":
        if goal.node not in network:
            raise GoalError("Click a map: the gradient is that of its mean, or of the pixel that you pin.")
        if network.reports[goal.node].problem:
            raise GoalError(network.reports[goal.node].problem)
        return goal.node
    try:
        node = measured_node(network, CrossEntropy())
    except NetworkError as error:
        raise GoalError(str(error)) from None
    shape = network.reports[node].shape or ()
    if math.prod(shape[1:]) != 1:
        raise GoalError(
            f"The network ends in {shape_text(shape)} maps, not in one number per class. Choose the pinned unit."
        )
    return node


def class_count(network: Network) -> int:
    """How many classes the network tells apart; 0 where its output is no list of them."""
    try:
        shape = network.reports[goal_node(network, Goal("score"))].shape
    except GoalError:
        return 0
    return 0 if shape is None else max(2, shape[0])


def class_text(network: Network, label: int) -> str:
    """'class 3', with its name where it has another one: 'class 3 (cat)'."""
    name = network.classes[label] if label < len(network.classes) else ""
    return f"class {label} ({name})" if name not in ("", str(label), f"class {label}") else f"class {label}"


def aim_at(trace: Trace, goal: Goal) -> Aim:
    """The goal as a seed for `backpropagate`; raises GoalError."""
    node = goal_node(trace.network, goal)
    output = trace.activations[node][:1]
    if goal.kind == "unit":
        return _unit(node, output, goal.unit)
    scores = output.reshape(1, -1)
    is_single = scores.shape[1] == 1
    predicted = int(scores[0, 0] > 0) if is_single else int(np.argmax(scores[0]))
    label = predicted if goal.label is None else goal.label
    if label >= max(2, scores.shape[1]):
        raise GoalError(
            f"There are {max(2, scores.shape[1])} classes, counted from 0. There is no class {label}."
        )
    of = class_text(trace.network, label) + (", the predicted one" if goal.label is None else "")
    if goal.kind == "loss":
        loss: Loss = BinaryCrossEntropy() if is_single else CrossEntropy()
        measured = loss.measure(scores, np.array([label]))
        return Aim(node, measured.gradient.reshape(output.shape), measured.value, f"loss of {of}")
    seed = np.zeros_like(scores)
    sign = 1.0 if label or not is_single else -1.0  # a single score says yes to class 1
    seed[0, 0 if is_single else label] = sign
    value = sign * float(scores[0, 0 if is_single else label])
    return Aim(node, seed.reshape(output.shape), value, f"score of {of}")


def _unit(node: str, output: Array, unit: tuple[int, ...]) -> Aim:
    shape = output.shape[1:]
    if len(unit) > len(shape) or any(not 0 <= one < size for one, size in zip(unit, shape, strict=False)):
        raise GoalError(f"{node} has no unit {unit}: its output is {shape_text(shape)}.")
    seed = np.zeros_like(output)
    place = (0, *unit)
    count = output[place].size
    seed[place] = 1 / count
    name = f"{node}:{unit[0]}" if unit else node
    if count > 1:
        text = f"mean of {name}"
    else:
        text = name + (f" at ({', '.join(map(str, unit[1:]))})" if unit[1:] else "")
    return Aim(node, seed, float(output[place].mean(dtype=np.float64)), text)


def recorded_to(network: Network, image: Array, node: str, previous: Trace | None = None) -> Trace:
    """The network up to a node, evaluated on one image with tapes; what did not change is taken from `previous`.

    Raises GoalError where that would take more memory than a laptop has to spare.
    """
    needed = network.ancestors(node) | {node}
    part = network.with_nodes(one for one in network.nodes if one.name in needed)
    if COPIES * activation_bytes(part) > BUDGET:
        raise GoalError(
            "The gradients of this network would need more memory than there is to spare. Make the image smaller."
        )
    one = image if len(image) == 1 else image[:1]  # the same array is what lets steps be used again
    return evaluate(part, one, previous, record=True)

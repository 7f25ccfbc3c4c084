"""Evaluation of a network on an image, reusing whatever has not changed since the previous trace."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import numpy as np

from explorer.engine.layer import Array, ShapeError, shape_text
from explorer.engine.network import Network, Node
from explorer.engine.tape import Tape


class Cancelled(Exception):
    """The evaluation was given up between two steps because somebody asked for it."""


@dataclass(frozen=True, eq=False)
class Step:
    """One node evaluated: what it read and what it gave. `seconds` is what the computation took.

    `tape` is None unless it was recorded.
    """

    node: Node
    inputs: tuple[Array, ...]
    output: Array
    seconds: float = 0.0
    tape: Tape | None = None


@dataclass(frozen=True, eq=False)
class Trace:
    """All activations of one evaluation, by the name of the node. Nodes that cannot run are missing.

    Activations are float32 of logical order (batch, channel, height, width) or (batch, feature); they are
    never written again, and how they lie in memory is up to the engine.
    """

    network: Network
    image: Array
    steps: Mapping[str, Step]
    seconds: float = 0.0
    reused: int = field(default=0)

    @cached_property
    def activations(self) -> Mapping[str, Array]:
        """The output of every node that ran."""
        return MappingProxyType({name: step.output for name, step in self.steps.items()})

    @cached_property
    def statistics(self) -> Mapping[str, Mapping[str, Array]]:
        """New running statistics that training measured: by node, the parameters that have changed."""
        return {
            name: step.tape.statistics
            for name, step in self.steps.items()
            if step.tape is not None and step.tape.statistics
        }


def evaluate(
    network: Network,
    image: Array,
    previous: Trace | None = None,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    record: bool = False,
    training: np.random.Generator | None = None,
) -> Trace:
    """Evaluate every node that can run on `image`, of shape (batch, *network.input_shape), float32.

    A step of `previous` is reused if its node is the same object and its inputs are the same arrays: above an
    edit everything is reused, below it everything is computed. With `record` every step gets the tape that
    `backpropagate` needs. A generator for `training` switches to training mode, which records, reuses nothing
    and leaves the new running statistics in the trace. Raises ShapeError if the image does not fit, Cancelled
    if `cancelled()` says so between two steps.
    """
    _check_image(network, image)
    started = time.perf_counter()
    reports = network.reports
    steps: dict[str, Step] = {}
    reused = 0
    for node in network.nodes:
        if reports[node.name].problem:
            continue
        if cancelled():
            raise Cancelled
        inputs = tuple(steps[name].output for name in node.inputs) or (image,)
        old = previous.steps.get(node.name) if previous is not None and training is None else None
        if old is not None and old.node is node and _same_arrays(old.inputs, inputs) and _serves(old, record):
            steps[node.name] = old
            reused += 1
            continue
        steps[node.name] = _run(node, inputs, Tape(record or training is not None, training))
    return Trace(network, image, MappingProxyType(steps), time.perf_counter() - started, reused)


def _check_image(network: Network, image: Array) -> None:
    if image.shape[1:] != network.input_shape or image.ndim == 0:
        raise ShapeError(
            f"The network expects images of {shape_text(network.input_shape)}, got an array of shape {image.shape}. "
            "Prepare the frame for the network's input first."
        )
    if len(image) == 0:
        raise ShapeError("The batch is empty: there is nothing to evaluate. Hand over at least one image.")


def _same_arrays(left: tuple[Array, ...], right: tuple[Array, ...]) -> bool:
    return len(left) == len(right) and all(a is b for a, b in zip(left, right, strict=True))


def _serves(step: Step, record: bool) -> bool:
    """Whether a step made earlier says what an evaluation out of training would, with a tape if there must be one."""
    if step.tape is None:
        return not record
    return not step.tape.is_training


def _run(node: Node, inputs: tuple[Array, ...], tape: Tape) -> Step:
    kept = tape if tape.record else None
    if node.bypassed or not node.inputs:
        return Step(node, inputs, inputs[0], tape=kept)
    started = time.perf_counter()
    with np.errstate(all="ignore"):  # NaN, infinity and overflow travel as IEEE 754 says; the maps show them
        output = node.layer.forward(inputs, node.parameters, tape).view()
    output.flags.writeable = False  # whoever holds a trace may rely on it
    return Step(node, inputs, output, time.perf_counter() - started, kept)

"""Training: an iterator of progress. Every step is a pure function of the checkpoint before it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from explorer.engine.batch_gradient import Batch, Examples, Indices, batch_gradient, measured_node
from explorer.engine.evaluate import evaluate
from explorer.engine.layer import Array
from explorer.engine.losses import CrossEntropy, Loss
from explorer.engine.network import Network, NetworkError
from explorer.engine.optimizers import Adam, Optimizer, OptimizerState
from explorer.engine.parameter_vector import ParameterVector, clipped, norm_of
from explorer.engine.schedules import Constant, Schedule
from explorer.engine.setting import Declared, setting

ASSESSED_AT_ONCE = 64  # images
ORDER, DRAWS = 1, 2  # keep apart what is random in the order of the images and in the steps


class Training(Declared):
    """How to train. What to optimize, how, and at which rate are declared in values of their own."""

    batch: int = setting(
        default=32, low=1, high=65536, label="Batch size", help="Images that one step learns from."
    )
    seed: int = setting(
        default=0, low=0, high=2**31 - 1, help="The same seed gives the same order, dropout and result."
    )
    shuffle: bool = setting(default=True, help="Another order of the images in every epoch.")
    clip_norm: float = setting(
        default=0.0,
        low=0,
        high=1e6,
        label="Longest gradient",
        help="A longer one is shortened; 0 is no limit.",
    )
    clip_value: float = setting(
        default=0.0, low=0, high=1e6, label="Largest gradient",
        help="Every number of the gradient is cut off there; 0 is no limit.",
    )  # fmt: skip
    loss: Loss = CrossEntropy()
    optimizer: Optimizer = Adam()
    schedule: Schedule = Constant()


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A training at rest: from here it goes on exactly as if it had not stopped.

    `step` steps have been made, and in epoch `epoch`, counted from 0, `position` images were seen. All that is
    random follows from the seed and these numbers. A state that does not suit the optimizer is begun anew.
    """

    network: Network
    state: OptimizerState | None = None
    step: int = 0
    epoch: int = 0
    position: int = 0


@dataclass(frozen=True, eq=False)
class Progress:
    """One step made. Loss and accuracy are its batch's, before the step; NaN where targets are no classes."""

    checkpoint: Checkpoint
    loss: float
    accuracy: float
    learning_rate: float
    gradient_norm: float  # before it was clipped
    gradient: Array  # the same: the mean over the batch, as a vector of all learned parameters
    images: int
    seconds: float

    @property
    def network(self) -> Network:
        """The network after the step."""
        return self.checkpoint.network

    @property
    def step(self) -> int:
        """How many steps have been made."""
        return self.checkpoint.step


class Assessment(NamedTuple):
    """How a network does on examples. `outputs` are those that the loss read, of every example in order."""

    loss: float
    accuracy: float
    outputs: Array


def train(
    start: Network | Checkpoint, examples: Examples, settings: Training | None = None
) -> Iterator[Progress]:
    """Train for as long as one asks for more, from a network or from where a training stopped.

    To change a setting on the way, go on from the last checkpoint with other settings. Raises NetworkError
    where there is nothing to train, ValueError where the targets do not fit the network's output.
    """
    settings = settings or Training()
    checkpoint = start if isinstance(start, Checkpoint) else Checkpoint(start)
    if not len(examples):
        raise ValueError("There are no examples to learn from.")
    if not ParameterVector.of(checkpoint.network).size:
        raise NetworkError("There is nothing to train: no layer of the network has parameters.")
    epoch, order = -1, np.empty(0, np.intp)
    while True:
        if epoch != checkpoint.epoch:
            epoch = checkpoint.epoch
            order = epoch_order(len(examples), epoch, settings)
        indices = order[checkpoint.position : checkpoint.position + settings.batch]
        progress = take_step(checkpoint, examples, indices, settings)
        checkpoint = progress.checkpoint
        yield progress


def epoch_order(count: int, epoch: int, settings: Training) -> Indices:
    """In which order an epoch, counted from 0, goes through `count` examples."""
    if not settings.shuffle:
        return np.arange(count)
    return np.random.default_rng([settings.seed, ORDER, epoch]).permutation(count)


def take_step(checkpoint: Checkpoint, examples: Examples, indices: Indices, settings: Training) -> Progress:
    """One step with the examples of these numbers; nothing that went in is changed."""
    started = time.perf_counter()
    layout = ParameterVector.of(checkpoint.network)
    seed = settings.seed, DRAWS, checkpoint.step
    found = batch_gradient(Batch(checkpoint.network, layout, settings.loss, examples, indices, seed))
    gradient = found.gradient * np.float32(1 / found.weight)
    factor = settings.schedule.factor(checkpoint.step)
    network, state = _moved(checkpoint, layout, gradient, settings, factor)
    seen = checkpoint.position + len(indices)
    epoch, position = (checkpoint.epoch + 1, 0) if seen >= len(examples) else (checkpoint.epoch, seen)
    return Progress(
        Checkpoint(network.with_parameters(found.statistics), state, checkpoint.step + 1, epoch, position),
        loss=found.loss / found.weight,
        accuracy=found.hits / found.answers if found.answers else math.nan,
        learning_rate=settings.optimizer.rate * factor,
        gradient_norm=norm_of(gradient),
        gradient=gradient,
        images=len(indices),
        seconds=time.perf_counter() - started,
    )


def _moved(
    checkpoint: Checkpoint, layout: ParameterVector, gradient: Array, settings: Training, factor: float
) -> tuple[Network, OptimizerState]:
    """The network after a step of the optimizer, and what that remembers."""
    optimizer, state = settings.optimizer, checkpoint.state
    parameters = layout.of_network(checkpoint.network)
    if state is None or not optimizer.suits(state, parameters):
        state = optimizer.start(parameters)
    gradient = clipped(gradient, norm=settings.clip_norm, value=settings.clip_value)
    parameters, state = optimizer.step(parameters, gradient, state, factor)
    return layout.placed(checkpoint.network, parameters), state


def assess(network: Network, examples: Examples, loss: Loss | None = None) -> Assessment:
    """Loss and accuracy of a network, as it is used, on all examples. Raises ValueError where they do not fit it."""
    loss = loss or CrossEntropy()
    node, rng = measured_node(network, loss), np.random.default_rng(0)
    total = weight = hits = answers = 0.0
    outputs = []
    for first in range(0, len(examples), ASSESSED_AT_ONCE):
        indices = np.arange(first, min(len(examples), first + ASSESSED_AT_ONCE))
        images, targets = examples.batch(indices, rng)
        output = evaluate(network, images).activations[node]
        total += loss.total(output, targets).value
        weight += loss.weight(output.shape, targets)
        right = loss.hits(output, targets)
        if right is not None:
            hits, answers = hits + np.count_nonzero(right), answers + right.size
        outputs.append(output)
    return Assessment(total / weight, hits / answers if answers else math.nan, np.concatenate(outputs))

"""Training: an iterator of progress. Every step is a pure function of the checkpoint before it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np

from explorer.engine.batch_gradient import Batch, Examples, Indices, measured_node
from explorer.engine.evaluate import evaluate
from explorer.engine.layer import Array
from explorer.engine.losses import CrossEntropy, Loss
from explorer.engine.network import Network, NetworkError
from explorer.engine.optimizers import Adam, Optimizer, OptimizerState
from explorer.engine.parameter_vector import ParameterVector, Weights, clipped, norm_of
from explorer.engine.plan.planner import Planner
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
class Standing:
    """A checkpoint whose network is still a vector of numbers, which is how steps follow each other fastest."""

    weights: Weights
    state: OptimizerState
    step: int
    epoch: int
    position: int

    @classmethod
    def at(cls, checkpoint: Checkpoint, optimizer: Optimizer) -> Self:
        """Where a training stands at a checkpoint, and is to go on with this optimizer."""
        weights, state = Weights.of(checkpoint.network), checkpoint.state
        if state is None or not optimizer.suits(state, weights.vector):
            state = optimizer.start(weights.vector)
        return cls(weights, state, checkpoint.step, checkpoint.epoch, checkpoint.position)

    @cached_property
    def checkpoint(self) -> Checkpoint:
        """The same with a network."""
        return Checkpoint(self.weights.network, self.state, self.step, self.epoch, self.position)


@dataclass(frozen=True, eq=False)
class Progress:
    """One step made. Loss and accuracy are its batch's, before the step; NaN where targets are no classes."""

    standing: Standing
    loss: float
    accuracy: float
    learning_rate: float
    gradient_norm: float  # before it was clipped
    images: int
    seconds: float
    gradient_sum: Array  # over the batch, as a vector of all learned parameters
    share: float  # what makes a mean of it

    @cached_property
    def gradient(self) -> Array:
        """The mean gradient over the batch, before it was clipped, as a vector of all learned parameters."""
        return self.gradient_sum * np.float32(self.share)

    @property
    def checkpoint(self) -> Checkpoint:
        """Where the training stands after the step."""
        return self.standing.checkpoint

    @property
    def network(self) -> Network:
        """The network after the step."""
        return self.checkpoint.network

    @property
    def step(self) -> int:
        """How many steps have been made."""
        return self.standing.step


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
    standing, planner = Standing.at(checkpoint, settings.optimizer), Planner()
    epoch, order = -1, np.empty(0, np.intp)
    while True:
        if epoch != standing.epoch:
            epoch = standing.epoch
            order = epoch_order(len(examples), epoch, settings)
        indices = order[standing.position : standing.position + settings.batch]
        progress = _step_from(standing, examples, indices, settings, planner)
        standing = progress.standing
        yield progress


def epoch_order(count: int, epoch: int, settings: Training) -> Indices:
    """In which order an epoch, counted from 0, goes through `count` examples."""
    if not settings.shuffle:
        return np.arange(count)
    return np.random.default_rng([settings.seed, ORDER, epoch]).permutation(count)


def take_step(
    checkpoint: Checkpoint,
    examples: Examples,
    indices: Indices,
    settings: Training,
    planner: Planner | None = None,
) -> Progress:
    """One step with the examples of these numbers; nothing that went in is changed.

    Whoever takes many steps hands over a planner, so that not every one is planned anew.
    """
    standing = Standing.at(checkpoint, settings.optimizer)
    return _step_from(standing, examples, indices, settings, planner or Planner())


def _step_from(
    standing: Standing, examples: Examples, indices: Indices, settings: Training, planner: Planner
) -> Progress:
    started = time.perf_counter()
    if not len(indices):
        raise ValueError("The batch is empty: there is nothing to learn from.")
    weights, step = standing.weights, standing.step
    seed = settings.seed, DRAWS, step
    found = planner.gradient(
        Batch(weights.template, weights.layout, settings.loss, examples, indices, seed), weights
    )
    weight = found.weight or 1.0  # 0 where no image of the batch counts: neither do their sums
    factor, share = settings.schedule.factor(step), 1 / weight
    length = norm_of(found.gradient) * share
    limited, counted = found.gradient, share
    if settings.clip_norm or settings.clip_value:
        limited, counted = found.gradient * np.float32(share), 1.0
        limited = clipped(limited, norm=settings.clip_norm, value=settings.clip_value)
    vector, state = settings.optimizer.step(weights.vector, limited, standing.state, factor, counted)
    seen = standing.position + len(indices)
    epoch, position = (standing.epoch + 1, 0) if seen >= len(examples) else (standing.epoch, seen)
    return Progress(
        Standing(weights.moved(vector, found.statistics), state, step + 1, epoch, position),
        loss=found.loss / weight,
        accuracy=found.hits / found.answers if found.answers else math.nan,
        learning_rate=settings.optimizer.rate * factor,
        gradient_norm=length,
        images=len(indices),
        seconds=time.perf_counter() - started,
        gradient_sum=found.gradient,
        share=share,
    )


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
    return Assessment(
        total / (weight or 1.0), hits / answers if answers else math.nan, np.concatenate(outputs)
    )

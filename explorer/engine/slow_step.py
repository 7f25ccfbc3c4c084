"""A step of training taken apart: what the network guesses, how wrong that is, the gradient, and the update."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from explorer.engine.backpropagate import ParameterName
from explorer.engine.batch_gradient import Batch, Examples, Indices, measured_node
from explorer.engine.class_answer import ClassAnswer, NoClasses, answering_node, class_answer
from explorer.engine.evaluate import evaluate
from explorer.engine.layer import Array
from explorer.engine.losses import Targets
from explorer.engine.parameter_vector import ParameterVector
from explorer.engine.training import DRAWS, Checkpoint, Progress, Training, epoch_order, take_step


@dataclass(frozen=True, eq=False)
class SlowStep:
    """One step with all that lies between: `progress` is exactly what `take_step` gives.

    `images` (batch, channels, height, width) are what the network saw, after whatever changed them at random;
    `losses` (batch,) are their own, of which the loss is the mean; `answer` the classes they were taken for, or
    None where the network tells none apart. `loss_after` is the loss of the very same images with the changed weights.
    """

    before: Checkpoint
    progress: Progress
    indices: Indices
    images: Array
    targets: Targets
    losses: Array
    answer: ClassAnswer | None
    loss_after: float

    @property
    def after(self) -> Checkpoint:
        """Where the training stands after the step."""
        return self.progress.checkpoint

    @cached_property
    def gradients(self) -> Mapping[ParameterName, Array]:
        """The mean gradient of the loss, before anything limits its length, by node and parameter."""
        return ParameterVector.of(self.before.network).parts(self.progress.gradient)

    @cached_property
    def updates(self) -> Mapping[ParameterName, Array]:
        """What the step added to every parameter."""
        old, new = self.before.network, self.after.network
        return {
            (node, name): new[node].parameters[name] - old[node].parameters[name]
            for node, name in self.gradients
        }

    @property
    def hits(self) -> int:
        """How many images were taken for what they are; 0 where the network tells no classes apart."""
        if self.answer is None or self.targets.ndim != 1:
            return 0
        return int(np.count_nonzero(self.answer.probabilities.argmax(1) == self.targets))


class _Guessed(NamedTuple):
    """What a network made of a batch."""

    images: Array
    targets: Targets
    losses: Array
    outputs: Array
    loss: float


def slow_step(checkpoint: Checkpoint, examples: Examples, indices: Indices, settings: Training) -> SlowStep:
    """Take a step and keep what lies in between; nothing that went in is changed.

    The images go through the network once more for it, and once through the changed one, with the same dropout and
    the same changes by chance. Raises what `take_step` raises.
    """
    progress = take_step(checkpoint, examples, indices, settings)
    seed = settings.seed, DRAWS, checkpoint.step
    before, after = (
        _guessed(Batch(network, ParameterVector.of(network), settings.loss, examples, indices, seed))
        for network in (checkpoint.network, progress.network)
    )
    return SlowStep(
        checkpoint,
        progress,
        indices,
        before.images,
        before.targets,
        before.losses,
        _answer(checkpoint, before.outputs),
        after.loss,
    )


def upcoming_indices(checkpoint: Checkpoint, count: int, settings: Training) -> Indices:
    """Which of `count` examples the step after a checkpoint learns from."""
    epoch, position = checkpoint.epoch, checkpoint.position
    if position >= count:  # there were more of them when it was made
        epoch, position = epoch + 1, 0
    return epoch_order(count, epoch, settings)[position : position + settings.batch]


def _guessed(batch: Batch) -> _Guessed:
    loss, network = batch.loss, batch.network
    measured, last = measured_node(network, loss), answering_node(network)
    read = network.leading_to(last)
    images, targets, losses, outputs, total, weight = [], [], [], [], 0.0, 0.0
    for number, piece in enumerate(batch.pieces()):
        generators = batch.generators(number, len(piece))
        some, wanted = batch.examples.batch(piece, generators[0])
        found = evaluate(read, some, training=generators).activations
        scores = found[measured]
        images.append(np.ascontiguousarray(some))
        targets.append(wanted)
        outputs.append(found[last])
        total += loss.total(scores, wanted).value
        weight += loss.weight(scores.shape, wanted)
        losses += [loss.total(scores[one : one + 1], wanted[one : one + 1]).value for one in range(len(some))]
    weight = weight or 1.0
    return _Guessed(
        np.concatenate(images),
        np.concatenate(targets),
        np.asarray(losses, np.float32) * np.float32(len(losses) / weight),
        np.concatenate(outputs),
        total / weight,
    )


def _answer(checkpoint: Checkpoint, outputs: Array) -> ClassAnswer | None:
    try:
        return class_answer(checkpoint.network, {answering_node(checkpoint.network): outputs})
    except NoClasses:
        return None

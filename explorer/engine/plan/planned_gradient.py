"""The gradient of a batch by a plan: the same numbers as `batch_gradient` up to rounding, several times as fast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.engine.batch_gradient import Batch, BatchGradient
from explorer.engine.layer import Array, ShapeError, shape_text
from explorer.engine.losses import Targets
from explorer.engine.plan.block import Parts
from explorer.engine.plan.training_plan import TrainingPlan
from explorer.engine.plan.workspace import Workspace
from explorer.engine.tape import PIECE


@dataclass
class _Score:
    """What the loss says of one piece."""

    loss: float = 0.0
    weight: float = 0.0
    hits: int = 0
    answers: int = 0


def planned_gradient(plan: TrainingPlan, batch: Batch, parameters: Parts) -> BatchGradient:
    """The sums over a whole batch, by a plan for its network.

    `parameters` are the numbers to use, learned and measured ones. Raises ValueError where the targets do not
    fit the network's output.
    """
    counts = [min(PIECE, len(batch.indices) - first) for first in range(0, len(batch.indices), PIECE)]
    scores = [_Score() for _ in counts]
    fetched = _Fetched(batch)

    def enter(workspace: Workspace, number: int) -> None:
        images, targets, rng = fetched.piece(number)
        if images.shape != workspace.image.values.shape:
            expected, got = shape_text(workspace.image.values.shape), shape_text(images.shape)
            raise ShapeError(f"The network expects a batch of images of {expected}, got {got}.")
        np.copyto(workspace.image.values, images)
        workspace.piece.rng, workspace.piece.first = rng, number * PIECE
        workspace.measure_loss = lambda: _measure(batch, workspace, targets, scores[number])

    with np.errstate(all="ignore"):  # NaN, infinity and overflow travel as IEEE 754 says
        gradient = plan.follow(parameters, batch.layout, counts, enter)
    return BatchGradient(
        gradient,
        sum(score.loss for score in scores),
        sum(score.weight for score in scores),
        sum(score.hits for score in scores),
        sum(score.answers for score in scores),
        plan.statistics(),
    )


class _Fetched:
    """The examples of a batch, piece by piece: asked for as `Batch.pieces` says, so that the same are drawn."""

    def __init__(self, batch: Batch) -> None:
        self.batch, self.pieces = batch, batch.pieces()
        self.whole: tuple[Array, Targets] | None = None
        if len(self.pieces) == 1 and len(batch.indices) > PIECE:
            self.generators = batch.generators(0, len(batch.indices))
            self.whole = batch.examples.batch(batch.indices, self.generators[0])

    def piece(self, number: int) -> tuple[Array, Targets, np.random.Generator]:
        """Images and targets of a piece, and what it is to draw from next."""
        if self.whole is None:
            (rng,) = self.batch.generators(number, len(self.pieces[number]))
            return *self.batch.examples.batch(self.pieces[number], rng), rng
        images, targets = self.whole
        part = slice(number * PIECE, (number + 1) * PIECE)
        return images[part], targets[part], self.generators[number]


def _measure(batch: Batch, workspace: Workspace, targets: Targets, score: _Score) -> None:
    """The loss of a piece, and its gradient where the way back begins."""
    outputs = workspace.output.values
    loss = batch.loss.total(outputs, targets)
    np.copyto(workspace.output.gradient, loss.gradient)
    score.loss, score.weight = loss.value, batch.loss.weight(outputs.shape, targets)
    hits = batch.loss.hits(outputs, targets)
    if hits is not None:
        score.hits, score.answers = int(np.count_nonzero(hits)), hits.size

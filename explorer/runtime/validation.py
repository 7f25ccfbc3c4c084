"""Validation on the way: how the network does on images that it does not learn from, and which units are dead.

After which steps, and on which images, follows from the settings and the network alone: the same run has the same
validation curve whatever the window does meanwhile.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from explorer.engine.batch_gradient import Examples, Indices, measured_node
from explorer.engine.evaluate import evaluate
from explorer.engine.layer import Array
from explorer.engine.losses import Loss
from explorer.engine.network import Network
from explorer.engine.training import Checkpoint, Training

PORTION = 32  # images that are assessed at once
SHARE = 0.08  # images assessed for every image learned from; one costs about a third of the other
EARLY = (
    8,
    4,
    2,
)  # the first assessments come after such parts of the usual interval: one wants to see something
RECTIFIERS = "relu", "clip"
MOST_IMAGES = 2000  # of a large validation set, evenly chosen: good for a third of a percent
MOST_MULTIPLY_ADDS = 20_000_000_000  # of one assessment: a second or two
FEWEST_IMAGES = 100


@dataclass(frozen=True, eq=False)
class Assessed:
    """How the network of a step did on the validation images of these numbers in the data set.

    `outputs` (images, classes) are those of the last node: probabilities where that is a softmax. `dead` is the
    share of units that answered no image, by rectifier.
    """

    checkpoint: Checkpoint
    loss: float
    accuracy: float
    outputs: Array
    indices: Indices
    dead: Mapping[str, float] = field(default_factory=dict)

    @property
    def step(self) -> int:
        """How many steps the network had made."""
        return self.checkpoint.step


class Validation:
    """The images that judge, and when they do."""

    def __init__(self, examples: Examples, indices: Indices) -> None:
        self._examples, self._indices = examples, indices

    def is_due(self, checkpoint: Checkpoint, settings: Training) -> bool:
        """Whether the network of this checkpoint is to be assessed."""
        interval = max(1, round(self._count(checkpoint.network) / (SHARE * settings.batch)))
        early = {max(1, interval // part) for part in EARLY}
        return checkpoint.step % interval == 0 or checkpoint.step in early

    def of(self, checkpoint: Checkpoint, loss: Loss) -> Assessing:
        """An assessment, to be done portion by portion."""
        count = len(self._examples)
        chosen = np.linspace(0, count - 1, self._count(checkpoint.network)).round().astype(np.intp)
        return Assessing(checkpoint, loss, self._examples, chosen, self._indices[chosen])

    def _count(self, network: Network) -> int:
        """How many images are assessed: of a large network fewer."""
        cost = max(1, sum(report.multiply_adds for report in network.reports.values()))
        affordable = max(FEWEST_IMAGES, MOST_MULTIPLY_ADDS // cost)
        return min(len(self._examples), MOST_IMAGES, affordable)


class Assessing:
    """One assessment under way."""

    def __init__(
        self, checkpoint: Checkpoint, loss: Loss, examples: Examples, chosen: Indices, indices: Indices
    ) -> None:
        network = checkpoint.network
        self.checkpoint, self._loss, self._examples = checkpoint, loss, examples
        self._chosen, self._indices, self._seen = chosen, indices, 0
        self._measured, self._last = measured_node(network, loss), network.outputs[-1].name
        self._rectifiers = rectifiers(network)
        self._largest: dict[str, Array] = {}
        self._total = self._weight = 0.0
        self._hits = self._answers = 0
        self._outputs: list[Array] = []

    def go_on(self) -> bool:
        """Assess the next portion; whether it was the last one."""
        some = self._chosen[self._seen : self._seen + PORTION]
        images, targets = self._examples.batch(some, np.random.default_rng(0))
        keep = {self._measured, self._last, *self._rectifiers}
        activations = evaluate(self.checkpoint.network, images, keep=keep).activations
        measured = activations[self._measured]
        with np.errstate(all="ignore"):
            self._total += self._loss.total(measured, targets).value
        self._weight += self._loss.weight(measured.shape, targets)
        right = self._loss.hits(measured, targets)
        if right is not None:
            self._hits, self._answers = self._hits + int(np.count_nonzero(right)), self._answers + right.size
        self._outputs.append(activations[self._last])
        for name in self._rectifiers:
            largest = activations[name].max(axis=(0, *range(2, activations[name].ndim)))
            self._largest[name] = np.maximum(self._largest.get(name, largest), largest)
        self._seen += len(some)
        return self._seen >= len(self._chosen)

    def result(self) -> Assessed:
        """What came out of it, when all portions are done."""
        return Assessed(
            self.checkpoint,
            self._total / self._weight,
            self._hits / self._answers if self._answers else math.nan,
            np.concatenate(self._outputs),
            self._indices,
            {name: float(np.mean(largest <= 0)) for name, largest in self._largest.items()},
        )


def rectifiers(network: Network) -> tuple[str, ...]:
    """The nodes whose units can be dead: those that answer 0 to whatever is too small."""
    return tuple(node.name for node in network.nodes if node.layer.kind in RECTIFIERS and not node.bypassed)

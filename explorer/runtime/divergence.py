"""Where a training goes wrong: the step, the layer first, and what to try."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from explorer.engine.batch_gradient import Indices
from explorer.engine.evaluate import evaluate
from explorer.engine.layer import Array
from explorer.engine.network import Network
from explorer.engine.training import DRAWS, Checkpoint, Progress
from explorer.runtime.training_task import Task

TOO_LARGE = 1000.0  # a loss so many times the usual one, and larger than 1, is beyond repair
USUAL = 0.95  # share of the running mean that a step leaves
STILL_GOOD = 10.0  # times the usual loss
LOOKED_AT = 32  # images of the batch in which the layer is looked for


@dataclass(frozen=True, eq=False)
class Divergence:
    """A training that broke: at which step, the layer first, the sentence for a person and the last good weights."""

    step: int
    layer: str
    sentence: str
    good: Checkpoint


class DivergenceWatch:
    """Follows the loss, and keeps the newest checkpoint whose loss was measured and good."""

    def __init__(self) -> None:
        self._usual = 0.0
        self._seen = 0
        self._good: Checkpoint | None = None

    def look_at(
        self, before: Checkpoint, progress: Progress, task: Task, indices: Indices
    ) -> Divergence | None:
        """What went wrong in a step that began with `before`; None for a good one."""
        loss = progress.loss
        usual = self._usual / (1 - USUAL**self._seen) if self._seen else loss
        is_number = math.isfinite(loss) and math.isfinite(progress.gradient_norm)
        if not is_number or (self._seen and loss > TOO_LARGE * max(1.0, usual)):
            return self._described(before, progress, task, indices)
        if self._good is None or loss <= STILL_GOOD * max(usual, 1e-6):
            self._good = before
        self._usual = USUAL * self._usual + (1 - USUAL) * loss
        self._seen += 1
        return None

    def _described(self, before: Checkpoint, progress: Progress, task: Task, indices: Indices) -> Divergence:
        good = self._good or before
        images, _ = task.examples.batch(
            indices[:LOOKED_AT], np.random.default_rng([task.settings.seed, DRAWS])
        )
        layer, what = first_trouble(before.network, images, good.network)
        if math.isfinite(progress.loss):
            happened = f"The loss rose to {progress.loss:.3g}"
        else:
            happened = (
                "The loss became infinite" if math.isinf(progress.loss) else "The loss is no number any more"
            )
        kept = f"The weights of step {good.step:,} stay." if good.step else "The weights of the start stay."
        rate = f"{progress.learning_rate:.2g}"
        smaller = f"{progress.learning_rate / 10:.2g}"
        tries = f"Try a learning rate of {smaller} instead of {rate}"
        if not task.settings.clip_norm:
            tries += ", or let the longest gradient be 1"
        sentence = f"{happened} at step {progress.step:,}, first in {layer}, where {what}. {kept} {tries}."
        return Divergence(progress.step, layer, sentence, good)


def first_trouble(network: Network, images: Array, good: Network) -> tuple[str, str]:
    """The first layer that is not as it should be, and what is wrong with it: "conv1", "a weight is no number"."""
    for node in network.nodes:
        for name, array in node.parameters.items():
            if not np.isfinite(array).all():
                return node.name, f"the {name} holds numbers that are none"
    activations = evaluate(network, images).activations
    for name, output in activations.items():
        if not np.isfinite(output).all():
            return name, "the values are too large for numbers"
    usual = evaluate(good, images).activations
    growth = {
        name: float(np.abs(output).max()) / max(float(np.abs(usual[name]).max()), 1e-12)
        for name, output in activations.items()
        if name in usual
    }
    largest = max(growth.values(), default=1.0)
    if largest > 3:
        layer = next(name for name, factor in growth.items() if factor >= largest**0.5)
        return layer, f"the values grew {growth[layer]:.3g}-fold"
    return network.outputs[-1].name, "the gradient is too large for numbers"

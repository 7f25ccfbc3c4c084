"""Where a training goes wrong: the step, the layer first, and what to try."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from explorer.engine.evaluate import evaluate
from explorer.engine.layer import Array
from explorer.engine.network import Network
from explorer.engine.training import Checkpoint, Progress, epoch_order
from explorer.runtime.training_task import Task

TOO_LARGE = 1000.0  # a loss so many times the usual one, and larger than 1, is beyond repair
FAR = 10.0  # times the loss at the start: a mean so high is no bump on the way
SURE_AFTER = 20  # steps
USUAL = 0.95  # share of the running mean that a step leaves
STILL_GOOD = 10.0  # times the usual loss
SMALL = 0.1  # a loss below it is good whatever it was before
MILLION = 1e6
LOOKED_AT = 32  # images of the batch in which the layer is looked for


@dataclass(frozen=True, eq=False)
class Divergence:
    """A training that broke: at which step, the layer first, the sentence for a person and the last good weights.

    `rate` is the learning rate to try instead, 0 where none is advised.
    """

    step: int
    layer: str
    sentence: str
    good: Checkpoint
    rate: float = 0.0


class DivergenceWatch:
    """Follows the loss, and keeps the newest checkpoint whose loss was measured and good.

    `good_rate` is the learning rate with which all went well until now, 0 where there was none.
    """

    def __init__(self, good_rate: float = 0.0) -> None:
        self._sum = 0.0
        self._seen = 0
        self._first = 0.0
        self._good: Checkpoint | None = None
        self._rate = good_rate  # of the last step
        self.good_rate = good_rate  # of the one that led to the good checkpoint

    def is_broken(self, progress: Progress) -> bool:
        """Whether a step's loss or gradient is no number, or the loss beyond repair."""
        if not math.isfinite(progress.loss) or not math.isfinite(progress.gradient_norm):
            return True
        if self._seen and progress.loss > TOO_LARGE * max(1.0, self._usual):
            return True
        return self._seen >= SURE_AFTER and self._usual > FAR * max(self._first, SMALL)

    def note(self, before: Checkpoint, progress: Progress) -> None:
        """A step that began with `before` was kept."""
        loss = progress.loss
        if self._good is None or loss <= STILL_GOOD * max(min(self._usual, self._first), SMALL):
            self._good, self.good_rate = before, self._rate
        self._rate = progress.learning_rate
        if not self._seen:
            self._first = loss
        self._sum = USUAL * self._sum + (1 - USUAL) * loss
        self._seen += 1

    def described(self, before: Checkpoint, progress: Progress, task: Task) -> Divergence:
        """Where it went wrong in the step that began with `before`, and what to try."""
        good = self._good or before
        settings = task.settings
        order = epoch_order(len(task.examples), before.epoch, settings)
        some = order[before.position : before.position + min(settings.batch, LOOKED_AT)]
        images, _ = task.examples.batch(some, np.random.default_rng(settings.seed))
        layer, what = first_trouble(before.network, images, good.network)
        if math.isfinite(progress.loss):
            happened = f"The loss rose to {_rounded(progress.loss, 3):,g}"
        else:
            happened = "The loss is no longer a number"
        kept = (
            f"The weights of step {good.step:,} are kept."
            if good.step
            else "The weights of the start are kept."
        )
        rate = settings.optimizer.rate
        advised = _rounded(rate * self._share_to_try(progress.learning_rate))
        tries = (
            f"Try a learning rate of {advised:g} instead of {_rounded(rate):g}"
            if rate
            else "Try other settings"
        )
        if not settings.clip_norm:
            tries += ", or limit the longest gradient to 1"
        sentence = f"{happened} at step {progress.step:,}, first in {layer}: {what}. {kept} {tries}."
        return Divergence(progress.step, layer, sentence, good, advised)

    def _share_to_try(self, rate: float) -> float:
        """Of the learning rate: back to what went well if it was raised since, else a tenth."""
        return self.good_rate / rate if 0 < self.good_rate < rate / 2 else 0.1

    @property
    def _usual(self) -> float:
        return self._sum / (1 - USUAL**self._seen) if self._seen else math.inf


def first_trouble(network: Network, images: Array, good: Network) -> tuple[str, str]:
    """The first layer that is not as it should be, and what is wrong with it: "conv1", "a weight is no number"."""
    for node in network.nodes:
        for name, array in node.parameters.items():
            if not np.isfinite(array).all():
                return node.name, f"its {name} is not finite"
    activations = evaluate(network, images).activations
    for name, output in activations.items():
        if not np.isfinite(output).all():
            return name, "its values are not finite"
    usual = evaluate(good, images).activations
    growth = {
        name: float(np.abs(output).max()) / max(float(np.abs(usual[name]).max()), 1e-12)
        for name, output in activations.items()
        if name in usual
    }
    largest = max(growth.values(), default=1.0)
    if largest > 3:
        layer = next(name for name, factor in growth.items() if factor >= largest**0.5)
        factor = f"{growth[layer]:,.0f}" if growth[layer] < MILLION else "over a million"
        return layer, f"its values grew {factor} times as large"
    return network.outputs[-1].name, "its gradient is not finite"


def _rounded(value: float, digits: int = 2) -> float:
    """To so many digits that count."""
    return float(f"{value:.{digits}g}")

"""When a run has reached one of the ends that were set for it, and with which weights it rests then."""

from __future__ import annotations

import math
from typing import NamedTuple

from explorer.engine.training import Checkpoint
from explorer.runtime.stopping import Stopping
from explorer.runtime.validation import Assessed


class End(NamedTuple):
    """The sentence that says which end was reached, and the checkpoint to rest at."""

    sentence: str
    checkpoint: Checkpoint


class EndWatch:
    """Knows the ends of a run, counted from where it was told to play."""

    def __init__(self) -> None:
        self._stopping = Stopping()
        self._last_epoch = self._last_step = 0
        self._best: Assessed | None = None
        self._waited = 0

    def begin(self, checkpoint: Checkpoint, stopping: Stopping) -> None:
        """The run plays on from here, until as many steps and epochs are whole again."""
        self._stopping = stopping
        if stopping.steps:
            self._last_step = (checkpoint.step // stopping.steps + 1) * stopping.steps
        if stopping.epochs:
            self._last_epoch = (checkpoint.epoch // stopping.epochs + 1) * stopping.epochs
        self._waited = 0

    def forget(self) -> None:
        """The network was changed by hand: what was best before counts no more."""
        self._best, self._waited = None, 0

    def steps_to_go(self, checkpoint: Checkpoint, per_epoch: float, made: float) -> float:
        """How many steps are left until the nearest end that is known; infinity where none is.

        An epoch has `per_epoch` steps, and `made` of the present one are done.
        """
        left = math.inf
        if self._stopping.steps:
            left = self._last_step - checkpoint.step
        if self._stopping.epochs:
            epochs = self._last_epoch - checkpoint.epoch
            left = min(left, epochs * per_epoch - made)
        return left

    def reached(self, checkpoint: Checkpoint, assessed: Assessed | None) -> End | None:
        """The end that this checkpoint reaches; `assessed` is an assessment that was completed with it."""
        stopping = self._stopping
        if stopping.steps and checkpoint.step >= self._last_step:
            return End(f"{checkpoint.step:,} steps are done.", checkpoint)
        if stopping.epochs and checkpoint.epoch >= self._last_epoch:
            word = "epoch is" if checkpoint.epoch == 1 else "epochs are"
            return End(f"{checkpoint.epoch:,} {word} done.", checkpoint)
        return self._judged(assessed, checkpoint) if assessed is not None else None

    def _judged(self, assessed: Assessed, checkpoint: Checkpoint) -> End | None:
        stopping = self._stopping
        if stopping.target and assessed.accuracy >= stopping.target:
            return End(
                f"The target is reached: {assessed.accuracy:.1%} of the validation images at step {assessed.step:,}.",
                checkpoint,
            )
        if self._best is None or assessed.loss < self._best.loss:
            self._best, self._waited = assessed, 0
            return None
        self._waited += 1
        if not stopping.patience or self._waited < stopping.patience:
            return None
        self._waited = 0
        best = self._best
        back = stopping.keep_best
        sentence = (
            f"Patience is over: the validation loss was lowest at step {best.step:,} ({best.loss:.3g})"
            + (", and its weights are back." if back else ".")
        )
        return End(sentence, best.checkpoint if back else checkpoint)

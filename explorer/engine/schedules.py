"""Schedules: by what factor the learning rate is multiplied at each step of a training."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import ClassVar

from explorer.engine.setting import Declared, setting


class Schedule(Declared):
    """A factor for every step, counted from 0. A warm-up, if any, comes before what the schedule itself does."""

    family = "schedule"
    kinds: ClassVar[dict[str, type[Schedule]]] = {}

    warm_up: int = setting(
        default=0,
        low=0,
        high=10_000_000,
        label="Warm-up",
        help="Steps in which the rate rises to its full size.",
    )

    def factor(self, step: int) -> float:
        """What the learning rate is multiplied by at `step`."""
        if step < self.warm_up:
            return (step + 1) / (self.warm_up + 1)  # the step after the warm-up is the first full one
        return self._factor(step - self.warm_up)

    @abstractmethod
    def _factor(self, step: int) -> float:
        """The factor `step` steps after the warm-up."""


class Constant(Schedule):
    """Always 1."""

    kind = "constant"
    title = "Constant"
    help = "The learning rate stays as it is."

    def _factor(self, step: int) -> float:
        return 1.0


class Steps(Schedule):
    """Down a stair: times `drop` every `every` steps."""

    kind = "steps"
    title = "Steps"
    help = "The learning rate drops by a factor now and then."

    every: int = setting(default=1000, low=1, high=10_000_000, help="Steps from one drop to the next.")
    drop: float = setting(
        default=0.5, low=0, high=1, step=0.05, help="What is left of the rate after each drop."
    )

    def _factor(self, step: int) -> float:
        return float(self.drop ** (step // self.every))


class Cosine(Schedule):
    """Half a cosine from 1 down to `floor`, where it stays (Loshchilov & Hutter 2016, equation 5)."""

    kind = "cosine"
    title = "Cosine"
    help = "The learning rate sinks slowly, then faster, then slowly again, until it reaches its floor."

    length: int = setting(default=1000, low=1, high=10_000_000, help="Steps until the floor is reached.")
    floor: float = setting(
        default=0.0, low=0, high=1, step=0.01, help="What is left of the rate at the end, as a share."
    )

    def _factor(self, step: int) -> float:
        share = min(1.0, step / self.length)
        return self.floor + (1 - self.floor) * 0.5 * (1 + math.cos(math.pi * share))

"""Bars of several orientations: what the first layers of every network, and the visual cortex, answer to."""

from __future__ import annotations

import numpy as np

from explorer.datasets.kinds.drawn import DrawnSet, strokes_drawn, turned
from explorer.engine.setting import setting
from explorer.sources.source import Pixels

LONG = 2.0  # reaches out of the picture


class BarSet(DrawnSet):
    """One bar across the picture, dark or bright; its direction is its class."""

    kind = "bars"
    title = "Oriented bars"
    help = "A bar across the picture: its direction is the class, its place, width and brightness are not."

    orientations: int = setting(default=4, low=2, high=36, help="How many directions there are.")

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(f"{180 * index / self.orientations:g}°" for index in range(self.orientations))

    def drawn(self, label: int, rng: np.random.Generator) -> Pixels:
        step = 180 / self.orientations
        degrees = step * label + rng.uniform(-step / 4, step / 4)
        across = turned(np.array([[-LONG, 0], [LONG, 0]]), degrees)
        aside = turned(np.array([[0, rng.uniform(-0.3, 0.3)]]), degrees)
        mask = strokes_drawn(self.size, [across + aside + 0.5], rng.uniform(0.06, 0.2))
        ground, bar = rng.permutation([rng.uniform(0, 90), rng.uniform(165, 255)])
        return np.asarray(np.rint(ground + mask / 255.0 * (bar - ground)), np.uint8)[..., None]

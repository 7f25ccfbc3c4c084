"""How many images a second, over the last few seconds of training."""

from __future__ import annotations

import math
from collections import deque

WINDOW_S = 3.0


class SpeedMeter:
    """Is told totals of seconds and images, and knows how they grew lately."""

    def __init__(self) -> None:
        self._totals: deque[tuple[float, int]] = deque()

    def note(self, seconds: float, images: int) -> None:
        """So many images after so many seconds."""
        if self._totals and images < self._totals[-1][1]:
            self._totals.clear()
        self._totals.append((seconds, images))
        while len(self._totals) > 2 and self._totals[1][0] < seconds - WINDOW_S:
            self._totals.popleft()

    def clear(self) -> None:
        """Begin anew."""
        self._totals.clear()

    @property
    def images_per_second(self) -> float:
        """NaN where it is not known."""
        if len(self._totals) < 2:
            return math.nan
        (since, before), (until, after) = self._totals[0], self._totals[-1]
        return (after - before) / (until - since) if until > since else math.nan

"""A curve as it is given to a plot: numbers over steps or epochs, what they are called and how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Curve:
    """`x` ascends and is as long as `y`. The same `key` again is the same curve, perhaps grown."""

    key: str
    label: str
    color: str  # '#rrggbb'
    x: Numbers
    y: Numbers
    is_noisy: bool = False  # drawn as it is, faint, and smoothed, bold
    is_dashed: bool = False
    has_marks: bool = False  # a point at every value, as far as there is room

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y):
            raise ValueError(f"Curve {self.label!r} has {len(self.x)} places and {len(self.y)} values.")

    def index_at(self, x: float) -> int | None:
        """The last value at or before a place; None before the first one."""
        index = int(np.searchsorted(self.x, x, "right")) - 1
        return index if index >= 0 else None

    def nearest_to(self, x: float) -> float:
        """The place nearest to x at which there is a value; there must be one somewhere."""
        before = self.index_at(x)
        if before is None:
            return float(self.x[0])
        after = min(before + 1, len(self.x) - 1)
        return float(self.x[after if self.x[after] - x < x - self.x[before] else before])

"""What a layer that works by rows hands over: its output, still empty, and how any rows of it are computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class RowWork:
    """How the rows of `output` (batch, channel, height, width) are computed; it is not filled until they are.

    `compute(begin, end)` writes the rows `begin` to `end` - 1; different rows may be computed at once. `step` is
    how many of them it is best to compute at a time. Rows before `begin` read only rows before `first_read(begin)`
    of the input, and rows from `begin` on none of those; None where windows overlap, and nothing is like that.
    What `is_whole` computes all its rows at once, shares that among the pool itself, and begins its chain.
    """

    output: NDArray[np.float32]
    compute: Callable[[int, int], None]
    step: int
    first_read: Callable[[int], int] | None
    is_whole: bool = False

    @property
    def rows(self) -> int:
        """How many rows the output has."""
        return len(self.output[0, 0])

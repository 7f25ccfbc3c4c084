"""What a layer that works by rows hands over: its output, still empty, and how any rows of it are computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Call = Callable[[], object]


class Ready(NamedTuple):
    """Some rows of an output as calls that need only be made, as often as there are new numbers in the inputs.

    `reads(inputs)` gives the calls that read these inputs, of the shape and the order in memory of those that the
    work began with; `calls` follow them. All write into the output and into scratch paper of the thread that asked
    for them, and only that thread may make them.
    """

    reads: Callable[[Sequence[NDArray[np.float32]]], Sequence[Call]]
    calls: Sequence[Call] = ()


@dataclass(frozen=True)
class RowWork:
    """How the rows of `output` (batch, channel, height, width) are computed; it is not filled until they are.

    `compute(begin, end)` writes the rows `begin` to `end` - 1; different rows may be computed at once. `step` is
    how many of them it is best to compute at a time. Rows before `begin` read only rows before `first_read(begin)`
    of the input, and rows from `begin` on none of those; None where windows overlap, and nothing is like that.
    Rows before `end` read only rows before `last_read(end)` of the inputs; None where that is not known.
    What `is_whole` computes all its rows at once, shares that among the pool itself, and begins its chain.

    `ready(begin, end)` gives the same rows as calls to keep; None where that is not done. `load(parameters)` puts
    other parameters of the same shapes where these calls read them; None where nothing can be put there.
    """

    output: NDArray[np.float32]
    compute: Callable[[int, int], None]
    step: int
    first_read: Callable[[int], int] | None
    is_whole: bool = False
    ready: Callable[[int, int], Ready] | None = None
    load: Callable[[Mapping[str, NDArray[np.float32]]], None] | None = None
    last_read: Callable[[int], int] | None = None

    @property
    def rows(self) -> int:
        """How many rows the output has."""
        return len(self.output[0, 0])

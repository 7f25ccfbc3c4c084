"""The tape of one step: what the forward pass leaves for the backward pass, and what travels with it in training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

PIECE = 16  # images that one thread takes through the whole network in training: their maps stay in its cache
Randomness = np.random.Generator | Sequence[np.random.Generator]  # several: one for every PIECE images


class Tape:
    """What one layer keeps of one evaluation; layers themselves keep nothing.

    With `record` off nothing is kept, and a live evaluation pays nothing. `rng` is there in training only, and
    its presence is what says so: dropout draws from it, batch normalisation uses the batch's own statistics
    and leaves the new running ones in `statistics`, by the name of the parameter. Several generators each serve
    PIECE images, so that a batch that is taken whole draws what it would in pieces.
    """

    __slots__ = ("kept", "record", "rng", "statistics")

    def __init__(self, record: bool = False, rng: Randomness | None = None) -> None:
        self.record = record
        self.rng = rng
        self.kept: tuple[Any, ...] = ()
        self.statistics: Mapping[str, NDArray[np.float32]] = {}

    @property
    def is_training(self) -> bool:
        """Whether the step belongs to a training run."""
        return self.rng is not None

    def keep(self, *values: Any) -> None:
        """Remember what the backward pass will unpack, in this order."""
        if self.record:
            self.kept = values

    def __iter__(self) -> Iterator[Any]:
        return iter(self.kept)


class Needed(NamedTuple):
    """Which gradients a backward pass is asked for: one flag per input, and whether its parameters' too."""

    inputs: tuple[bool, ...] = (True,)
    parameters: bool = True


class Gradients(NamedTuple):
    """What a backward pass gives: per input an array or None where none was needed, and per parameter."""

    inputs: Sequence[NDArray[np.float32] | None]
    parameters: Mapping[str, NDArray[np.float32]] = {}

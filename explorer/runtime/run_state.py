"""How a training run stands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from explorer.engine.training import Checkpoint
from explorer.runtime.divergence import Divergence

RunKind = Literal["idle", "running", "paused", "failed"]


@dataclass(frozen=True, eq=False)
class RunState:
    """A run after so many images and seconds of training.

    `sentence` says why it stopped by itself, `divergence` what it broke at. `steps_to_go` are those to the end
    that is set, infinity where none is.
    """

    kind: RunKind
    checkpoint: Checkpoint
    images: int = 0
    seconds: float = 0.0
    sentence: str = ""
    divergence: Divergence | None = None
    steps_to_go: float = math.inf

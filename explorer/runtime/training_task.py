"""What a run learns from and how, and the step of it that is to be made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from explorer.engine.batch_gradient import Examples, Indices
from explorer.engine.training import Checkpoint, Progress, Training
from explorer.runtime.curves import Curves
from explorer.runtime.stopping import Stopping
from explorer.runtime.validation import Validation


@dataclass(frozen=True, eq=False)
class Task:
    """Examples, settings and ends of a run. Another one may be given while it runs."""

    examples: Examples
    validation: Examples | None = None
    validated: Indices = field(default_factory=lambda: np.empty(0, np.intp))  # their numbers in the data set
    settings: Training = field(default_factory=Training)
    stopping: Stopping = field(default_factory=Stopping)


class Job(NamedTuple):
    """A step to be made: from where, of which task, in which generation."""

    steps: Iterator[Progress]
    checkpoint: Checkpoint
    task: Task
    curves: Curves
    validation: Validation | None
    generation: int

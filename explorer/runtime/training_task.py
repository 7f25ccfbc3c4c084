"""What a run learns from and how."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from explorer.engine.batch_gradient import Examples, Indices
from explorer.engine.training import Training
from explorer.runtime.stopping import Stopping


@dataclass(frozen=True, eq=False)
class Task:
    """Examples, settings and ends of a run. Another one may be given while it runs."""

    examples: Examples
    validation: Examples | None = None
    validated: Indices = field(default_factory=lambda: np.empty(0, np.intp))  # their numbers in the data set
    settings: Training = field(default_factory=Training)
    stopping: Stopping = field(default_factory=Stopping)

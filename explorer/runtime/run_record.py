"""What is kept of a training run: how it was set, how it went, and the network it made."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from explorer.datasets.augmentation import Augmentation
from explorer.datasets.split import Splitting
from explorer.engine.network import Network
from explorer.engine.training import Checkpoint, Training
from explorer.runtime.curves import Curves, Numbers
from explorer.runtime.stopping import Stopping


@dataclass(eq=False)
class RunRecord:
    """A run, also while it goes on: then it is brought up to date at every tick of the clock."""

    title: str
    start: Network
    checkpoint: Checkpoint
    settings: Training
    stopping: Stopping
    splitting: Splitting
    augmentation: Augmentation
    data_title: str
    data_address: str = ""
    curves: Curves = field(default_factory=Curves)
    seconds: float = 0.0
    images: int = 0
    note: str = ""
    when: float = field(default_factory=time.time)  # it began, in seconds since 1970
    compared: int | None = None  # in which colour its curves are shown beside those of the present run

    @property
    def network(self) -> Network:
        """The network that it has made."""
        return self.checkpoint.network

    @property
    def steps(self) -> int:
        """How many steps it has made."""
        return self.checkpoint.step

    @property
    def seed(self) -> int:
        """From which all that was random in it followed."""
        return self.settings.seed

    @property
    def loss(self) -> float:
        """The last validation loss, NaN where there was none."""
        return _last(self.curves.validation["loss"])

    @property
    def accuracy(self) -> float:
        """The last validation accuracy, NaN where there was none."""
        return _last(self.curves.validation["accuracy"])


def _last(numbers: Numbers) -> float:
    return float(numbers[-1]) if len(numbers) else math.nan

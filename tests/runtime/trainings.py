"""A small training that tests can run to its end: bars of 8 x 8 in two directions, and a network that learns them."""

from __future__ import annotations

import threading
from functools import cache

import numpy as np

from explorer.datasets.dataset import DataSet
from explorer.datasets.examples import examples
from explorer.datasets.opening import open_dataset
from explorer.datasets.split import split
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.dropout import Dropout
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.softmax import Softmax
from explorer.engine.network import Network
from explorer.engine.optimizers import Adam
from explorer.engine.training import Checkpoint, Training
from explorer.runtime.remote_run import RemoteRun
from explorer.runtime.run_state import RunState
from explorer.runtime.stopping import Stopping
from explorer.runtime.training_run import TrainingRun
from explorer.runtime.training_task import Task
from tests.engine.build import chain

ADDRESS = "drawn:bars?count=120&orientations=2&size=8"
SETTINGS = Training(batch=16, optimizer=Adam(rate=0.01))


@cache
def bars() -> DataSet:
    return open_dataset(ADDRESS)


@cache
def network() -> Network:
    return chain(
        1, 8, 8, Conv2d(filters=4), ReLU(), Flatten(), Dropout(rate=0.25), Dense(units=2), Softmax()
    )  # fmt: skip


def task(settings: Training = SETTINGS, stopping: Stopping | None = None) -> Task:
    dataset, parts = bars(), split(bars())
    shape = (1, 8, 8)
    return Task(
        examples(dataset, parts.train, shape), examples(dataset, parts.validation, shape), parts.validation,
        settings, stopping or Stopping(),
    )  # fmt: skip


class Trained:
    """A run with its thread or process, waited for without sleeping."""

    def __init__(self, run: TrainingRun | RemoteRun | None = None) -> None:
        self.run = run or TrainingRun()
        self._told = threading.Event()
        self.run.told = self._told.set

    def begin(self, of: Task | None = None, start: Checkpoint | None = None) -> Trained:
        self.run.begin(start or Checkpoint(network()), of or task())
        return self

    def to_rest(self, steps: int | None = None) -> RunState:
        """Play until it rests."""
        self.run.play(steps)
        return self.rested()

    def rested(self) -> RunState:
        while self.state.kind == "running":
            self.next_word()
        return self.state

    def heard(self) -> None:
        """What was said until now is known."""
        self._told.clear()

    def next_word(self) -> None:
        """Wait until there is something new."""
        assert self._told.wait(20), "the training says nothing"
        self._told.clear()

    @property
    def state(self) -> RunState:
        state = self.run.state
        assert state is not None
        return state

    def losses(self) -> list[float]:
        return self.run.curves.steps["loss"].tolist()


def numbers_of(of: Network) -> np.ndarray:
    """All parameters one after another."""
    return np.concatenate([array.ravel() for node in of.nodes for array in node.parameters.values()])

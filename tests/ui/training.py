"""What tests of training in the window share: a small data set, a small network, and waiting for the run."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from explorer.document import edits
from explorer.ui.trainer import Trainer
from explorer.ui.workspace import Workspace
from tests.runtime.trainings import SETTINGS, bars, network

SOON = 20_000  # ms


class Bench:
    """A workspace whose trainer has everything that it needs."""

    def __init__(self, qtbot: QtBot, workspace: Workspace) -> None:
        self.qtbot, self.workspace = qtbot, workspace
        self.trainer: Trainer = workspace.trainer
        self.document = workspace.document
        self.document.edit("Small network", edits.replace_network(network()))
        self.trainer.configure(settings=SETTINGS)
        self.trainer.use(bars())

    def train(self, steps: int) -> None:
        """So many steps, and wait until they are made."""
        self.trainer.play(steps)
        self.wait_for_rest()

    def wait_for_rest(self) -> None:
        self.wait(lambda: self.trainer.state != "running")

    def wait_for_steps(self, steps: int) -> None:
        self.wait(lambda: self.trainer.current is not None and self.trainer.current.steps >= steps)

    def wait(self, is_so) -> None:
        def look() -> bool:
            self.workspace.clock.tick()
            return is_so()

        self.qtbot.waitUntil(look, timeout=SOON)

    @property
    def labels(self) -> list[str]:
        return [entry.label for entry in self.document.history.entries]

    def losses(self) -> list[float]:
        return self.trainer.curves.steps["loss"].tolist()


@pytest.fixture
def bench(qtbot: QtBot, workspace: Workspace) -> Bench:
    return Bench(qtbot, workspace)

"""What is done so that no training is lost: it is kept in a file while it runs, and offered at the next start."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QLockFile, QObject
from PySide6.QtWidgets import QMessageBox, QWidget

from explorer.datasets.dataset import DataSet, DataSetError
from explorer.runtime.autosave import Autosave
from explorer.runtime.run_record import RunRecord
from explorer.runtime.training_file import TrainingFileError, read_training
from explorer.ui.commands.training import open_panels
from explorer.ui.workspace import Workspace

MOST_AT_ONCE = 16  # programs that run side by side, each with a file of its own
OFFER_S = 1.0  # between two states that are handed to the autosave

Choice = Literal["keep", "discard", "cancel"]

log = logging.getLogger(__name__)


class Recovery(QObject):
    """Watches the trainer. `folder` is the platform's place for such files; `ask` asks what to do at the close."""

    def __init__(self, workspace: Workspace, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__()
        self._workspace = workspace
        self._parent = parent
        self._lock, stem = _own_place(folder)
        self._left = folder / f"{stem}.left"  # by a program that did not end well
        self._autosave = Autosave(folder / f"{stem}.autosave")
        self._offered_at = 0.0
        self._keeps = False
        self._told = ""
        self.ask: Callable[[str], Choice] = self._ask
        workspace.trainer.progressed.connect(self._note)
        workspace.trainer.state_changed.connect(lambda _: self._note(at_once=True))

    def offer(self) -> None:
        """Ask whether to go on with what was left, if anything was."""
        with contextlib.suppress(OSError):
            if self._autosave.path.exists():
                os.replace(self._autosave.path, self._left)
        if self.has_left:
            self._workspace.asked.emit(
                "A training of the last session is in no file yet.",
                {"Restore": self.restore, "Discard": self.discard},
            )

    @property
    def has_left(self) -> bool:
        """Whether there is something to restore."""
        return self._left.is_file()

    def restore(self) -> None:
        """Read what was left, and go on from there when asked to."""
        path = self._left

        def read() -> tuple[RunRecord, DataSet | None, str]:
            run = read_training(path)
            dataset, problem = _dataset_of(run)
            return run, dataset, problem

        self._workspace.run_errand("Restoring the training", read, self._show, (TrainingFileError,))

    def discard(self) -> None:
        """Forget what was left."""
        with contextlib.suppress(OSError):
            self._left.unlink(missing_ok=True)

    def may_close(self) -> bool:
        """Ask once what shall become of a training that no file holds; False if the window shall stay."""
        trainer = self._workspace.trainer
        run = trainer.unsaved
        if run is None or self._keeps:
            return True
        steps = "1 step" if run.steps == 1 else f"{run.steps:,} steps"
        choice = self.ask(f"{run.title} has made {steps} that are in no file.")
        if choice == "cancel":
            return False
        self._keeps = choice == "keep" and self._is_written(run)
        if choice == "keep" and not self._keeps:
            return False
        if choice == "discard":
            trainer.unsaved = None
        return True

    def _is_written(self, run: RunRecord) -> bool:
        """Whether it is in a file now; else a sentence says why not."""
        is_written = self._autosave.write(run)
        self._tell_problem(again=True)
        return is_written

    def _tell_problem(self, again: bool = False) -> None:
        """Say why trainings are not kept, once for every reason."""
        problem = self._autosave.problem
        if problem and (again or problem != self._told):
            self._workspace.say(f"The training is not kept: {problem}", "error")
        self._told = problem

    def keep_without_asking(self) -> None:
        """The program is being ended from outside: there is no time for questions."""
        self._keeps = self._workspace.trainer.unsaved is not None

    def close(self) -> None:
        """Bring the file up to date, also where nobody could be asked; remove it where nothing would be lost."""
        run = self._workspace.trainer.unsaved
        self._autosave.stop()
        if run is not None:
            self._autosave.write(run)
        else:
            self._autosave.discard()
        self._lock.unlock()

    def _note(self, at_once: bool = False) -> None:
        run, now = self._workspace.trainer.unsaved, time.monotonic()
        if run is not None and run.steps and (at_once or now >= self._offered_at):
            self._offered_at = now + OFFER_S
            self._autosave.offer(dataclasses.replace(run))
            self._tell_problem()

    def _show(self, found: tuple[RunRecord, DataSet | None, str]) -> None:
        run, dataset, problem = found
        self._workspace.trainer.restore(run, dataset)
        self.discard()
        if self._workspace.shell is not None:
            open_panels(self._workspace)
        if problem:
            self._workspace.say(f"The network of {run.title} is back, but not its data: {problem}", "error")
        else:
            self._workspace.say(f"{run.title} is back at step {run.steps:,}. Train goes on from there.")

    def _ask(self, sentence: str) -> Choice:
        box = QMessageBox(self._parent)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Unsaved training")
        box.setText(sentence)
        box.setInformativeText("Keep it, and the next start offers to restore it.")
        keep = box.addButton("Keep", QMessageBox.ButtonRole.AcceptRole)
        discard = box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.exec()
        clicked = box.clickedButton()
        box.deleteLater()
        return "keep" if clicked is keep else "discard" if clicked is discard else "cancel"


def _own_place(folder: Path) -> tuple[QLockFile, str]:
    """The first place that no other running program uses. A lock that a dead one left is taken over."""
    for number in range(1, MOST_AT_ONCE + 1):
        stem = f"training-{number}"
        lock = QLockFile(str(folder / f"{stem}.lock"))
        lock.setStaleLockTime(0)
        if lock.tryLock(0):
            return lock, stem
    log.warning("%s cannot be locked: trainings may overwrite each other's file", folder)
    return lock, f"training-{os.getpid()}"


def _dataset_of(run: RunRecord) -> tuple[DataSet | None, str]:
    # Here, since archives, gzip and http would cost every start of the program 20 ms.
    from explorer.datasets.opening import open_dataset

    if not run.data_address:
        return None, f"{run.data_title} has no address. Choose it again."
    try:
        return open_dataset(run.data_address), ""
    except DataSetError as error:
        return None, str(error)

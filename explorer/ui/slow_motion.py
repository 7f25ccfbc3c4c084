"""Slow motion: one step of training in four parts that one can look at, of which the last one is really made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.engine.batch_gradient import Indices
from explorer.engine.network import NetworkError
from explorer.engine.slow_step import SlowStep, slow_step, upcoming_indices
from explorer.engine.training import Checkpoint
from explorer.runtime.run_book import have_same_nodes
from explorer.runtime.training_task import Task

if TYPE_CHECKING:
    from explorer.ui.workspace import Workspace

PHASES = "Guess", "Loss", "Gradient", "Step"
GUESS, LOSS, GRADIENT, STEP = range(4)
PACE_MS = 1250  # of a phase while it plays: long enough to look at what is new


class SlowMotion(QObject):
    """Goes through a step, phase by phase; entering the last one lets the trainer make it."""

    changed = Signal()

    def __init__(self, workspace: Workspace, owner: QObject) -> None:
        super().__init__(owner)  # what it listens to lives longer than whoever shows it
        self._workspace = workspace
        self.step: SlowStep | None = None
        self.phase = GUESS
        self.is_made = False  # the trainer has made the step, or makes it at this moment
        self.is_waiting = False  # for a step that is being worked out
        self._is_beginning = False  # the trainer is told this moment, and may begin a run for it
        self._made_with: object = None  # settings, augmentation and data set for which it was worked out
        self._play = QTimer(self)
        self._play.setInterval(PACE_MS)
        self._play.timeout.connect(self.next)
        trainer = workspace.trainer
        trainer.progressed.connect(self._follow)
        trainer.state_changed.connect(self._follow)
        for signal in (trainer.dataset_changed, trainer.settings_changed, workspace.document.network_changed):
            signal.connect(self._follow)

    # ---- how it stands ----------------------------------------------------------------------------------------

    @property
    def is_playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._play.isActive()

    @property
    def can_go_back(self) -> bool:
        """Whether there is an earlier phase of this step."""
        return self.step is not None and self.phase > GUESS

    # ---- what one can do ----------------------------------------------------------------------------------------

    def next(self) -> None:
        """The next phase; after the last one the next step begins."""
        if self.is_waiting:
            return
        if self.step is None or self.phase == STEP:
            self._begin()
            return
        self.phase += 1
        if self.phase == STEP and not self.is_made:
            self.is_made = self._is_beginning = True
            self._workspace.trainer.step()
            self._is_beginning = False
        self.changed.emit()

    def back(self) -> None:
        """The phase before. What was learned stays: undo takes that back."""
        self.pause()
        if self.can_go_back:
            self.phase -= 1
            self.changed.emit()

    def play(self) -> None:
        """Go on by itself, phase by phase and step by step."""
        self._play.start()
        self.next()
        self.changed.emit()

    def pause(self) -> None:
        """Stand still."""
        if self._play.isActive():
            self._play.stop()
            self.changed.emit()

    def leave(self) -> None:
        """Nobody looks any more."""
        self.pause()
        self._forget()

    # ---- what happens meanwhile -----------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Work out the step that comes next."""
        if self._workspace.trainer.problem:
            self.pause()
        self._workspace.trainer.look_ahead(self._work_out)

    def _work_out(self, checkpoint: Checkpoint, task: Task) -> None:
        trainer = self._workspace.trainer
        self.is_waiting = True
        self._made_with = trainer.settings, trainer.augmentation, trainer.dataset
        indices = upcoming_indices(checkpoint, len(task.examples), task.settings)
        self._workspace.run_errand(
            "Taking a step apart",
            lambda: _worked_out(checkpoint, task, indices),
            self._show,
        )

    def _show(self, found: SlowStep | str) -> None:
        self.is_waiting = False
        if isinstance(found, str):
            self.pause()
            self._workspace.say(found, "error")
            return
        self.step, self.phase, self.is_made = found, GUESS, False
        self._follow()
        self.changed.emit()

    def _follow(self, *_: object) -> None:
        """Something else may have moved the training: then the step that is shown is no longer the next one."""
        if self.step is not None and not self._holds(self.step):
            self._forget()

    def _holds(self, step: SlowStep) -> bool:
        trainer = self._workspace.trainer
        if self._is_beginning:
            return True
        if self.is_made:
            return trainer.checkpoint is not None and trainer.checkpoint.step in (
                step.before.step,
                step.after.step,
            )
        return (
            trainer.state != "running"
            and (trainer.settings, trainer.augmentation, trainer.dataset) == self._made_with
            and have_same_nodes(step.before.network, self._workspace.document.network)
        )

    def _forget(self) -> None:
        if self.step is not None:
            self.step, self.phase, self.is_made = None, GUESS, False
            self.changed.emit()


def _worked_out(checkpoint: Checkpoint, task: Task, indices: Indices) -> SlowStep | str:
    try:
        return slow_step(checkpoint, task.examples, indices, task.settings)
    except (NetworkError, ValueError, MemoryError) as error:
        return str(error) or "There is not enough memory for a step."

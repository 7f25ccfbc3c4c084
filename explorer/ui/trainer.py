"""The trainer: joins plan, network and training thread. What it learns is previewed, and kept when it rests."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from explorer.datasets.augmentation import Augmentation
from explorer.datasets.dataset import DataSet
from explorer.datasets.split import Splitting
from explorer.engine.network import Network
from explorer.engine.training import Checkpoint, Training
from explorer.runtime.curves import Curves
from explorer.runtime.remote_run import RemoteRun
from explorer.runtime.run_book import RunBook, have_same_nodes
from explorer.runtime.run_record import RunRecord
from explorer.runtime.run_state import RunKind, RunState
from explorer.runtime.speed_meter import SpeedMeter
from explorer.runtime.stopping import Stopping
from explorer.runtime.training_run import TrainingRun
from explorer.runtime.training_task import Task
from explorer.runtime.validation import Assessed
from explorer.ui.pace import Pace
from explorer.ui.training_edits import TrainingEdits
from explorer.ui.training_plan import TrainingPlan
from explorer.ui.training_preview import TrainingPreview

if TYPE_CHECKING:
    from explorer.ui.workspace import Workspace

LOOK_SHARE = 0.05  # of the time that the window may work to show kernels, curves, figures and the like


class Trainer(TrainingPlan):
    """Trains the document's network. Everything returns at once; what is new is fetched at the clock's tick.

    A pause makes one entry of the history, and so does the next one of the same run: undo takes the run back.
    """

    state_changed = Signal(str)  # "idle", "running", "paused" or "failed"
    progressed = Signal()  # steps were made, or other ones are looked at
    assessed = Signal()
    runs_changed = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.learner: TrainingRun | RemoteRun = TrainingRun()
        self.learner.told = workspace.clock.ring
        self.assessment: Assessed | None = None
        self._book = RunBook()
        self.current: RunRecord | None = None
        self.state: RunKind = "idle"
        self.sentence = ""  # why it stopped by itself
        self.steps_to_go = math.inf
        self._curves = Curves()
        self.preview = TrainingPreview(workspace)
        self.unsaved: RunRecord | None = None  # has made what the document shows, and no file holds it
        self._speed = SpeedMeter()
        self._looks = Pace(self, share=LOOK_SHARE, least_s=0.1, most_s=1.0)
        workspace.clock.ticked.connect(self._fetch)
        self._document.settling.connect(self.pause)
        self._edits = TrainingEdits(workspace, self)
        self._document.put_away_changed.connect(self.runs_changed)

    # ---- how it stands --------------------------------------------------------------------------------------------

    @property
    def runs(self) -> list[RunRecord]:
        """The runs of the session that were not deleted, the one under way too; the newest is the last."""
        deleted = self._document.put_away
        return [run for run in self._book.runs if run not in deleted]

    @property
    def curves(self) -> Curves:
        """Those of the run under way; empty ones where there is none."""
        return self.current.curves if self.current is not None else self._curves

    @property
    def checkpoint(self) -> Checkpoint | None:
        """Where the run under way stands."""
        return self.current.checkpoint if self.current is not None else None

    @property
    def images_per_second(self) -> float:
        """How fast it was over the last seconds; NaN where that is not known."""
        return self._speed.images_per_second

    @property
    def advised_rate(self) -> float:
        """The learning rate to try after a divergence; 0 where none is advised."""
        state = self.learner.state
        failed = self.state == "failed" and state is not None and state.divergence is not None
        return state.divergence.rate if failed else 0.0

    # ---- what it is set to ----------------------------------------------------------------------------------------

    def learn_by(self, learner: TrainingRun | RemoteRun) -> None:
        """Have all runs made by this one from now on; before any was begun."""
        self.learner = learner
        self.learner.told = self._workspace.clock.ring

    def use(self, dataset: DataSet | None) -> None:
        """Learn from another data set; the run under way is over."""
        self.stop()
        self._take_dataset(dataset)
        if dataset is not None:
            self.learner.prepare()
        self.dataset_changed.emit(dataset)

    def configure(
        self,
        *,
        settings: Training | None = None,
        stopping: Stopping | None = None,
        splitting: Splitting | None = None,
        augmentation: Augmentation | None = None,
    ) -> None:
        """Change settings, also while it runs: they hold from the next step on. Other parts are for the next run."""
        self.settings = settings or self.settings
        self.stopping = stopping or self.stopping
        self.augmentation = augmentation or self.augmentation
        if splitting is not None and splitting != self.splitting:
            if self.current is not None:
                self.stop()  # it must never learn from images that it was judged by
                self._workspace.say(
                    "The images are divided anew, so this run has ended. Train begins the next one."
                )
            self._divide(splitting)
        run = self.current
        if run is not None:
            run.settings, run.stopping, run.augmentation = self.settings, self.stopping, self.augmentation
            task = self._task(run.network)
            if task is not None:
                self.learner.configure(task)
        self.settings_changed.emit()

    # ---- what it does ---------------------------------------------------------------------------------------------

    def play(self, steps: int | None = None) -> None:
        """Train, for so many steps or until it is paused."""
        self._with_task(lambda task: self._play(task, steps))

    def pause(self) -> None:
        """Rest, and keep what was learned as one entry of the history."""
        if self.state == "running":
            self.learner.pause()
            self._fetch()

    def retry(self) -> None:
        """Go on after a divergence with the learning rate that is advised."""
        if rate := self.advised_rate:
            optimizer = self.settings.optimizer.with_settings(rate=rate)
            self.configure(settings=self.settings.with_settings(optimizer=optimizer))
            self.play()

    def step(self) -> None:
        """One step."""
        self.play(1)

    def look_ahead(self, then: Callable[[Checkpoint, Task], object]) -> None:
        """Rest, and tell from where and on what the next step will be made."""
        self.pause()
        self._fetch()
        self._with_task(lambda task: then(self.checkpoint or Checkpoint(self._document.network), task))

    def epoch(self) -> None:
        """To the end of the epoch."""
        self.play(self.steps_to_epoch_end(self.checkpoint))

    def stop(self) -> None:
        """Rest, keep what was learned, and let the run be over: the next one begins with its network."""
        self.pause()
        self._document.keep()
        self.leave()

    def reset(self) -> None:
        """Back to where the run began, to make the same steps again or others."""
        if (run := self.current) is not None:
            self.stop()
            self.preview.edit("Reset the training", run.start)

    def go_back_to(self, run: RunRecord) -> None:
        """Show the network of a run again, and go on from there when asked to."""
        self.stop()
        self.preview.edit(f"Go back to {run.title}", run.network)
        self._take_settings(run)
        self.settings_changed.emit()
        self._reopen(run)

    def restore(self, run: RunRecord, dataset: DataSet | None) -> None:
        """Bring back a run from a file, with the data set that it learned from if that could be had."""
        self.stop()
        self._take_settings(run)
        self.splitting = run.splitting
        if dataset is not None:
            self.use(dataset)
        self.settings_changed.emit()
        self._book.add(run)
        self.preview.edit(f"Restore {run.title}", run.network)
        self.unsaved = run
        self._reopen(run)

    def delete(self, runs: Sequence[RunRecord]) -> None:
        """Put these runs away; undo brings them back. The one under way stays."""
        doomed = [run for run in runs if run is not self.current]
        if doomed:
            names = doomed[0].title if len(doomed) == 1 else f"{len(doomed)} runs"
            self._document.put(f"Delete {names}", self._document.put_away.union(doomed))

    def note_saved(self, network: Network) -> None:
        """A network was written into a file."""
        if self.unsaved is not None and have_same_nodes(self.unsaved.network, network):
            self.unsaved = None

    def close(self) -> None:
        """End its thread or process."""
        self.learner.stop()

    def _play(self, task: Task, steps: int | None) -> None:
        if self.current is None:
            self._begin(task)
        self.learner.configure(task)
        self._speed.clear()
        self.learner.play(steps)
        self._set_state("running")

    def _begin(self, task: Task) -> None:
        assert self.dataset is not None
        start = self._document.network.with_classes(self.dataset.classes)
        if start is not self._document.network:
            self.preview.show(start, None)
        checkpoint = Checkpoint(start)
        self.learner.begin(checkpoint, task)
        self.current = RunRecord(
            self._book.next_title(), start, checkpoint, self.settings, self.stopping, self.splitting,
            self.augmentation, self.dataset.title, self.dataset.address, self.learner.curves,
        )  # fmt: skip
        self.preview.counted_from = 0
        self.assessment = None
        self._book.add(self.current)
        self.runs_changed.emit()

    def _reopen(self, run: RunRecord, is_late: bool = False) -> None:
        """Let the run go on that has made the document's network, if its data set is there."""
        data = self.dataset
        if data is None or run.data_title != data.title or self.current is not None:
            return
        if not have_same_nodes(run.network, self._document.network):
            return  # by now
        if run.splitting != self.splitting:
            self._divide(run.splitting)
            self.settings_changed.emit()
        task = self._task(run.network)
        if task is None:
            if not is_late:
                self._images.prepare(data, run.network.input_shape, lambda: self._reopen(run, is_late=True))
            return
        self.learner.begin(run.checkpoint, task, run.curves, images=run.images, seconds=run.seconds)
        self.current = run
        self.preview.counted_from = run.steps
        self._set_state("paused")
        self.runs_changed.emit()
        self.progressed.emit()

    def leave(self) -> None:
        """Let the run be over, as it is."""
        if self.current is not None:
            self.current = None
            self.assessment = None
            self._set_state("idle")
            self.runs_changed.emit()
            self.progressed.emit()

    def leave_for(self, network: Network) -> None:
        """Let the run be over because another network is shown, and take up the one that has made that."""
        self.learner.pause()
        self.leave()
        self.unsaved = maker = self._book.maker_of(network)
        if maker is not None:
            self._reopen(maker)

    # ---- fetching -------------------------------------------------------------------------------------------------

    def _fetch(self) -> None:
        state, run = self.learner.state, self.current
        if state is None or run is None:
            return
        if state.kind == self.state == "running" and not self._looks.is_due:
            return
        if made := state.checkpoint is not run.checkpoint:
            self._looks.begin()
        run.checkpoint, run.seconds, run.images = state.checkpoint, state.seconds, state.images
        self.steps_to_go = state.steps_to_go
        self._speed.note(state.seconds, state.images)
        if made and self.state == "running" and self.preview.is_due:
            self.preview.show_newest(run)
        if state.kind != "running" and self.state == "running":
            self._rest(state, run)
        if made:
            self.unsaved = run
            self.progressed.emit()
        assessed = self.learner.assessments.take()
        if assessed is not None:
            self.assessment = assessed
            self.assessed.emit()

    def _rest(self, state: RunState, run: RunRecord) -> None:
        self.preview.show_newest(run)
        self._document.keep()
        self._set_state(state.kind, state.sentence)
        if state.sentence:
            run.note = state.sentence
            shell = self._workspace.shell
            if shell is None or not shell.is_in_front("training"):  # there it stands already
                self._workspace.say(state.sentence, "error" if state.kind == "failed" else "note")

    def _set_state(self, state: RunKind, sentence: str = "") -> None:
        self.sentence = sentence
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)

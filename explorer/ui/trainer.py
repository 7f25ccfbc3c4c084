"""The trainer: joins data set, network and training thread. What it learns is previewed, and kept when it rests."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from explorer.datasets.augmentation import Augmentation
from explorer.datasets.dataset import DataSet
from explorer.datasets.split import Split, Splitting, split
from explorer.document.adapting import adapt
from explorer.document.fitness import misfit
from explorer.engine.network import Network
from explorer.engine.training import Checkpoint, Training
from explorer.runtime.curves import Curves
from explorer.runtime.hand_edits import is_of_one_structure, merged
from explorer.runtime.run_book import RunBook, have_same_nodes
from explorer.runtime.run_record import RunRecord
from explorer.runtime.run_state import RunKind, RunState
from explorer.runtime.speed_meter import SpeedMeter
from explorer.runtime.stopping import Stopping
from explorer.runtime.training_run import TrainingRun
from explorer.runtime.training_task import Task
from explorer.runtime.validation import Assessed
from explorer.ui.pace import Pace
from explorer.ui.training_images import TrainingImages
from explorer.ui.training_preview import TrainingPreview

if TYPE_CHECKING:
    from explorer.ui.workspace import Workspace

LOOK_SHARE = 0.025  # of the window's time that curves, figures and the like may take


class Trainer(QObject):
    """Trains the document's network. Everything returns at once; what is new is fetched at the clock's tick.

    A pause makes one entry of the history, and so does the next one of the same run: undo takes the run back.
    """

    dataset_changed = Signal(object)  # DataSet or None
    settings_changed = Signal()
    state_changed = Signal(str)  # "idle", "running", "paused" or "failed"
    progressed = Signal()  # steps were made, or other ones are looked at
    assessed = Signal()
    runs_changed = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._document = workspace.document
        self._thread = TrainingRun()
        self._thread.told = workspace.clock.ring
        self._images = TrainingImages(workspace)
        self.dataset: DataSet | None = None
        self.splitting, self.augmentation = Splitting(), Augmentation()
        self.settings, self.stopping = Training(), Stopping()
        self.split: Split | None = None
        self.assessment: Assessed | None = None
        self._book = RunBook()
        self.current: RunRecord | None = None
        self.state: RunKind = "idle"
        self.sentence = ""  # why it stopped by itself
        self.steps_to_go = math.inf
        self._curves = Curves()
        self._preview = TrainingPreview(workspace)
        self._edited: Network | None = None  # by hand, and about to be shown
        self.unsaved: RunRecord | None = None  # has made what the document shows, and no file holds it
        self._speed = SpeedMeter()
        self._looks = Pace(self, share=LOOK_SHARE, least_s=0.1, most_s=1.0)
        workspace.clock.ticked.connect(self._fetch)
        self._document.edited.connect(self._take_edit)
        self._document.settling.connect(self.pause)
        self._document.network_changed.connect(self._follow)
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
    def problem(self) -> str:
        """Why nothing can be trained, and what to do; empty where all is well."""
        if self.dataset is None or self.split is None:
            return "No data set is chosen. Choose the images to learn from."
        if not len(self.split.train):
            return "No images are left to learn from. Make the shares for validation and testing smaller."
        return misfit(self._document.network, self.dataset, self.settings.loss)

    # ---- what it is set to ----------------------------------------------------------------------------------------

    def use(self, dataset: DataSet | None) -> None:
        """Learn from another data set; the run under way is over."""
        self.stop()
        self.dataset = dataset
        self.split = split(dataset, self.splitting) if dataset is not None else None
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
                self._thread.configure(task)
        self.settings_changed.emit()

    def _divide(self, splitting: Splitting) -> None:
        self.splitting = splitting
        self.split = split(self.dataset, splitting) if self.dataset is not None else None

    def adapt(self) -> None:
        """Fit the network to the data set: its input, and one answer per class."""
        data = self.dataset
        if data is not None:
            shape = data.channels, data.height, data.width
            self._document.edit(f"Adapt the network to {data.title}", adapt(shape, data.classes))

    # ---- what it does ---------------------------------------------------------------------------------------------

    def play(self, steps: int | None = None) -> None:
        """Train, for so many steps or until it is paused."""
        self._with_task(lambda task: self._play(task, steps))

    def pause(self) -> None:
        """Rest, and keep what was learned as one entry of the history."""
        if self.state == "running":
            self._thread.pause()
            self._fetch()

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
        if self.split is None:
            self.play()  # says what is missing
            return
        seen = self.checkpoint.position if self.checkpoint is not None else 0
        left = max(0, len(self.split.train) - seen) or len(self.split.train)
        self.play(math.ceil(left / self.settings.batch))

    def stop(self) -> None:
        """Rest, keep what was learned, and let the run be over: the next one begins with its network."""
        self.pause()
        self._document.keep()
        self._leave()

    def reset(self) -> None:
        """Back to where the run began, to make the same steps again or others."""
        if (run := self.current) is not None:
            self.stop()
            self._preview.edit("Reset the training", run.start)

    def go_back_to(self, run: RunRecord) -> None:
        """Show the network of a run again, and go on from there when asked to."""
        self.stop()
        self._preview.edit(f"Go back to {run.title}", run.network)
        self.settings, self.stopping, self.augmentation = run.settings, run.stopping, run.augmentation
        self.settings_changed.emit()
        self._reopen(run)

    def restore(self, run: RunRecord, dataset: DataSet | None) -> None:
        """Bring back a run from a file, with the data set that it learned from if that could be had."""
        self.stop()
        self.settings, self.stopping = run.settings, run.stopping
        self.splitting, self.augmentation = run.splitting, run.augmentation
        if dataset is not None:
            self.use(dataset)
        self.settings_changed.emit()
        self._book.add(run)
        self._preview.edit(f"Restore {run.title}", run.network)
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
        """End the thread."""
        self._thread.stop()

    def _with_task(self, then: Callable[[Task], object], is_late: bool = False) -> None:
        """Do something with what is to be learned, once the images are prepared; a sentence where that cannot be."""
        data, network = self.dataset, self._document.network
        if data is None or self.problem:
            self._workspace.say(self.problem, "error")
        elif (task := self._task(network)) is not None:
            then(task)
        elif not is_late:  # else there is another data set or network by now
            self._images.prepare(data, network.input_shape, lambda: self._with_task(then, is_late=True))

    def _play(self, task: Task, steps: int | None) -> None:
        if self.current is None:
            self._begin(task)
        self._thread.configure(task)
        self._speed.clear()
        self._thread.play(steps)
        self._set_state("running")

    def _begin(self, task: Task) -> None:
        assert self.dataset is not None
        start = self._document.network.with_classes(self.dataset.classes)
        if start is not self._document.network:
            self._preview.show(start, None)
        checkpoint = Checkpoint(start)
        self._thread.begin(checkpoint, task)
        self.current = RunRecord(
            self._book.next_title(), start, checkpoint, self.settings, self.stopping, self.splitting,
            self.augmentation, self.dataset.title, self.dataset.address, self._thread.curves,
        )  # fmt: skip
        self._preview.counted_from = 0
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
        self._thread.begin(run.checkpoint, task, run.curves, images=run.images, seconds=run.seconds)
        self.current = run
        self._preview.counted_from = run.steps
        self._set_state("paused")
        self.runs_changed.emit()
        self.progressed.emit()

    def _leave(self) -> None:
        if self.current is not None:
            self.current = None
            self.assessment = None
            self._set_state("idle")
            self.runs_changed.emit()
            self.progressed.emit()

    def _task(self, network: Network) -> Task | None:
        """What to learn from and how; None where the images are not ready for the network's input."""
        data, parts = self.dataset, self.split
        if data is None or parts is None or not self._images.are_ready(data, network.input_shape):
            return None
        return self._images.task(data, parts, self.augmentation, self.settings, self.stopping)

    # ---- fetching -------------------------------------------------------------------------------------------------

    def _fetch(self) -> None:
        state, run = self._thread.state, self.current
        if state is None or run is None:
            return
        if state.kind == self.state == "running" and not self._looks.is_due:
            return
        made = state.checkpoint is not run.checkpoint
        if made:
            self._looks.begin()
        run.checkpoint, run.seconds, run.images = state.checkpoint, state.seconds, state.images
        self.steps_to_go = state.steps_to_go
        self._speed.note(state.seconds, state.images)
        if made and self.state == "running" and self._preview.is_due:
            self._preview.show_newest(run)
        if state.kind != "running" and self.state == "running":
            self._rest(state, run)
        if made:
            self.unsaved = run
            self.progressed.emit()
        assessed = self._thread.assessments.take()
        if assessed is not None:
            self.assessment = assessed
            self.assessed.emit()

    def _rest(self, state: RunState, run: RunRecord) -> None:
        self._preview.show_newest(run)
        self._document.keep()
        self._set_state(state.kind, state.sentence)
        if state.sentence:
            run.note = state.sentence
            self._workspace.say(state.sentence, "error" if state.kind == "failed" else "note")

    def _set_state(self, state: RunKind, sentence: str = "") -> None:
        self.sentence = sentence
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)

    # ---- what others do to the network ----------------------------------------------------------------------------

    def _take_edit(self, before: Network, after: Network) -> None:
        """An edit by hand: the training goes on from it, or rests where the layers no longer are what they were."""
        run = self.current
        if self._preview.is_changing or run is None:
            return
        if not {id(node) for node in before.nodes}.intersection(id(node) for node in after.nodes):
            self.pause()
            self._leave()  # another network; what was learned stays in the history
            return
        if self.state == "running" and not is_of_one_structure(before, after):
            self.pause()
            self._workspace.say("Training rests, because the layers have changed. Train goes on with them.")
        self._thread.change(lambda trained: merged(before, after, trained))
        self._preview.counted_from = run.steps
        self._preview.leave_to_hand()
        self._edited = after

    def _follow(self, network: Network) -> None:
        """The document shows another network: after an edit, or because somebody goes through the history."""
        if self._preview.is_changing:
            return
        edited, self._edited = self._edited, None
        if network is edited:
            self._show_merged(network)
            return
        run = self.current
        if run is not None and have_same_nodes(run.network, network):
            return
        self._thread.pause()
        self._leave()
        self.unsaved = maker = self._book.maker_of(network)
        if maker is not None:
            self._reopen(maker)

    def _show_merged(self, network: Network) -> None:
        """After an edit at rest: the document has what was learned since the network that was edited."""
        run, state = self.current, self._thread.state
        if run is None or state is None or state.kind == "running":
            return
        run.checkpoint = state.checkpoint
        if not have_same_nodes(run.network, network):
            self._preview.while_changing(lambda: self._document.amend(run.network))

"""The trainer: joins data set, network and training thread. What it learns is previewed, and kept when it rests."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from explorer.datasets.augmentation import Augmentation
from explorer.datasets.dataset import DataSet
from explorer.datasets.examples import DataSetExamples
from explorer.datasets.split import Split, Splitting, split
from explorer.document.fitness import misfit
from explorer.engine.network import Network
from explorer.engine.parameter_vector import ParameterVector
from explorer.engine.training import Checkpoint, Training
from explorer.runtime.curves import Curves
from explorer.runtime.hand_edits import merged
from explorer.runtime.rolling_assessment import Assessed
from explorer.runtime.run_record import RunRecord
from explorer.runtime.stopping import Stopping
from explorer.runtime.training_task import Task
from explorer.runtime.training_run import RunState, TrainingRun
from explorer.sources.source import Pixels

if TYPE_CHECKING:
    from explorer.ui.workspace import Workspace

PREVIEW_S = 0.1  # between two previews at least
PREVIEW_SHARE = 0.06  # of the time that previews may take
LONGEST_PREVIEW_S = 2.0
SPEED_WINDOW_S = 3.0


class Trainer(QObject):
    """Trains the document's network. Everything returns at once; what is new is fetched at the clock's tick."""

    dataset_changed = Signal(object)  # DataSet or None
    settings_changed = Signal()
    state_changed = Signal(str)  # "idle", "running", "paused" or "failed"
    progressed = Signal()  # steps were made
    assessed = Signal()
    runs_changed = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._document = workspace.document
        self._thread = TrainingRun()
        self._thread.told = workspace.clock.ring
        self.dataset: DataSet | None = None
        self.splitting, self.augmentation = Splitting(), Augmentation()
        self.settings, self.stopping = Training(), Stopping()
        self.split: Split | None = None
        self.assessment: Assessed | None = None
        self.runs: list[RunRecord] = []
        self.current: RunRecord | None = None
        self.state = "idle"
        self.sentence = ""
        self._pixels: tuple[object, Pixels | None] = (None, None)  # for which data set and shape, and they
        self._is_own = False
        self._preview_at = 0.0
        self._preview_from = 0
        self._speeds: deque[tuple[float, int]] = deque()
        workspace.clock.ticked.connect(self._fetch)
        self._document.edited.connect(self._take_edit)
        self._document.settling.connect(self.pause)
        self._document.network_changed.connect(self._follow)

    # ---- what it is set to ----------------------------------------------------------------------------------------

    @property
    def curves(self) -> Curves:
        """Those of the run under way; empty ones where there is none."""
        return self.current.curves if self.current is not None else Curves()

    @property
    def checkpoint(self) -> Checkpoint | None:
        """Where the run under way stands."""
        return self.current.checkpoint if self.current is not None else None

    @property
    def images_per_second(self) -> float:
        """How fast it was over the last seconds; NaN where that is not known."""
        if len(self._speeds) < 2:
            return math.nan
        (since, before), (until, after) = self._speeds[0], self._speeds[-1]
        return (after - before) / (until - since) if until > since else math.nan

    @property
    def problem(self) -> str:
        """Why nothing can be trained, and what to do; empty where all is well."""
        if self.dataset is None:
            return "No data set is chosen. Choose the images to learn from."
        return misfit(self._document.network, self.dataset, self.settings.loss)

    def use(self, dataset: DataSet | None) -> None:
        """Learn from another data set; the run under way is over."""
        self._close()
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
        """Change settings, also while it runs: they hold from the next step on."""
        self.settings = settings or self.settings
        self.stopping = stopping or self.stopping
        self.augmentation = augmentation or self.augmentation
        if splitting is not None and splitting != self.splitting:
            self.splitting = splitting
            self.split = split(self.dataset, splitting) if self.dataset is not None else None
        if self.current is not None:
            self.current.settings, self.current.stopping = self.settings, self.stopping
            self.current.augmentation, self.current.splitting = self.augmentation, self.splitting
            task = self._task(self.current.network)
            if task is not None:
                self._thread.configure(task)
        self.settings_changed.emit()

    # ---- what it does ---------------------------------------------------------------------------------------------

    def play(self, steps: int | None = None) -> None:
        """Train, for so many steps or until it is paused."""
        if self.problem:
            self._workspace.say(self.problem, "error")
            return
        self._with_task(lambda task: self._play(task, steps))

    def pause(self) -> None:
        """Rest, and keep what was learned as one entry of the history."""
        if self.state == "running":
            self._thread.pause()
            self._fetch()

    def step(self) -> None:
        """One step."""
        self.play(1)

    def epoch(self) -> None:
        """To the end of the epoch."""
        if self.split is None:
            self.play()  # says what is missing
            return
        seen = self.checkpoint.position if self.checkpoint is not None else 0
        self.play(max(1, math.ceil((len(self.split.train) - seen) / self.settings.batch)))

    def stop(self) -> None:
        """Rest, and let the run be over: the next one begins with its network."""
        self._close()

    def reset(self) -> None:
        """Back to where the run began, to make the same steps again or others."""
        run = self.current
        if run is not None:
            self._close()
            self._edit("Reset the training", run.start)

    def go_back_to(self, run: RunRecord) -> None:
        """Show the network of a run again, and go on from there when asked to."""
        self._close()
        self._edit(f"Go back to {run.title}", run.network)
        self._reopen(run)

    def close(self) -> None:
        """End the thread."""
        self._thread.stop()

    def _play(self, task: Task, steps: int | None) -> None:
        if self.current is None:
            self._begin(task)
        self._thread.configure(task)
        self._speeds.clear()
        self._thread.play(steps)
        self._set_state("running", "")

    def _begin(self, task: Task) -> None:
        assert self.dataset is not None
        start = self._document.network.with_classes(self.dataset.classes)
        if start is not self._document.network:
            self._preview(start)
        checkpoint = Checkpoint(start)
        self._thread.begin(checkpoint, task)
        self.current = RunRecord(
            f"Run {len(self.runs) + 1}", start, checkpoint, self.settings, self.stopping, self.splitting,
            self.augmentation, self.dataset.title, self.dataset.address, self._thread.curves,
        )  # fmt: skip
        self._preview_from = 0
        self.assessment = None
        self.runs.append(self.current)
        self.runs_changed.emit()

    def _reopen(self, run: RunRecord) -> None:
        task = self._task(run.network)
        if task is not None:
            self._thread.begin(run.checkpoint, task, run.curves)
        self.current = run
        self._preview_from = run.steps
        self._set_state("paused", "")
        self.progressed.emit()

    def _close(self) -> None:
        """The run under way is over; what it has learned is kept."""
        self.pause()
        self._document.keep()
        if self.current is not None:
            self.current = None
            self.assessment = None
            self._set_state("idle", "")
            self.runs_changed.emit()
            self.progressed.emit()

    # ---- examples -------------------------------------------------------------------------------------------------

    def _with_task(self, then: Callable[[Task], object]) -> None:
        """Do something with the task for the document's network; its images may have to be prepared first."""
        network, dataset = self._document.network, self.dataset
        task = self._task(network)
        if task is not None:
            then(task)
            return
        assert dataset is not None
        shape = network.input_shape

        def keep(pixels: Pixels) -> None:
            self._pixels = (dataset, shape), pixels
            if self.dataset is dataset and self._document.network.input_shape == shape:
                self._with_task(then)

        self._workspace.run_errand(
            "Preparing the images", lambda: dataset.pixels_as(*shape), keep, (MemoryError,)
        )

    def _task(self, network: Network) -> Task | None:
        """What to learn from and how; None where the images are not prepared for the network's input."""
        dataset, parts = self.dataset, self.split
        if dataset is None or parts is None:
            return None
        shape = network.input_shape
        if self._pixels[0] != (dataset, shape):
            if shape != (dataset.channels, dataset.height, dataset.width):
                return None
            self._pixels = (dataset, shape), dataset.pixels_as(*shape)
        pixels = self._pixels[1]
        assert pixels is not None
        return Task(
            DataSetExamples(pixels, dataset.labels, parts.train, self.augmentation),
            DataSetExamples(pixels, dataset.labels, parts.validation),
            parts.validation,
            self.settings,
            self.stopping,
        )

    # ---- fetching -------------------------------------------------------------------------------------------------

    def _fetch(self) -> None:
        state, run = self._thread.state, self.current
        if state is None or run is None:
            return
        made = state.checkpoint is not run.checkpoint
        run.checkpoint, run.seconds, run.images = state.checkpoint, state.seconds, state.images
        assessed = self._thread.assessments.take()
        if assessed is not None:
            self.assessment = assessed
        self._measure_speed(state)
        rests = state.kind != "running"
        if made and (rests or time.perf_counter() >= self._preview_at):
            self._preview_newest(run)
        if rests and self.state == "running":
            self._preview_newest(run)
            self._document.keep()
            self._set_state(state.kind, state.sentence)
            if state.sentence:
                self._workspace.say(state.sentence, "error" if state.kind == "failed" else "note")
        if made:
            self.progressed.emit()
        if assessed is not None:
            self.assessed.emit()

    def _measure_speed(self, state: RunState) -> None:
        self._speeds.append((state.seconds, state.images))
        while len(self._speeds) > 2 and self._speeds[0][0] < state.seconds - SPEED_WINDOW_S:
            self._speeds.popleft()

    def _preview_newest(self, run: RunRecord) -> None:
        if run.network is self._document.network:
            return
        answer = self._workspace.answer
        cost = answer.evaluate_seconds + answer.paint_seconds if answer is not None else 0.0
        wait = min(max(PREVIEW_S, cost / PREVIEW_SHARE), LONGEST_PREVIEW_S)
        self._preview_at = time.perf_counter() + wait
        self._preview(run.network)

    def _preview(self, network: Network) -> None:
        run = self.current
        steps = run.steps - self._preview_from if run is not None else 0
        label = "Train 1 step" if steps == 1 else f"Train {steps:,} steps"
        self._is_own = True
        try:
            self._document.preview(network, label, run)
        finally:
            self._is_own = False

    def _edit(self, label: str, network: Network) -> None:
        self._is_own = True
        try:
            self._document.edit(label, lambda _: network)
        finally:
            self._is_own = False

    def _set_state(self, state: str, sentence: str) -> None:
        self.sentence = sentence
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)

    # ---- what others do to the network ----------------------------------------------------------------------------

    def _take_edit(self, before: Network, after: Network) -> None:
        """An edit by hand: the training goes on from it, or rests where its shape has changed."""
        run = self.current
        if self._is_own or run is None:
            return
        kept = {id(node) for node in before.nodes}
        if not any(id(node) in kept for node in after.nodes):
            self._close()
            return
        is_running = self.state == "running"
        fits = ParameterVector.of(before) == ParameterVector.of(after)
        if is_running and not fits:
            self.pause()
        self._thread.change(lambda trained: merged(before, after, trained))
        self._preview_from = run.steps
        self._preview_at = time.perf_counter() + LONGEST_PREVIEW_S / 4
        self._is_own = True
        if is_running and not fits:
            self._workspace.say(
                "The training rests, because the layers have changed. Play goes on with them."
            )

    def _follow(self, network: Network) -> None:
        """Undo, redo or another document: the run that made this network goes on from here, or none does."""
        if self._is_own:
            self._is_own = False
            return
        run = self.current
        if run is not None and _same(run.network, network):
            return
        made_it = next(
            (one for one in reversed(self.runs) if one.steps and _same(one.network, network)), None
        )
        if run is not None:
            self.current = None
            self.assessment = None
            self._set_state("idle", "")
        if made_it is not None and self.dataset is not None:
            self._reopen(made_it)
        self.runs_changed.emit()
        self.progressed.emit()


def _same(left: Network, right: Network) -> bool:
    """Whether two networks have the very same nodes."""
    return len(left.nodes) == len(right.nodes) and all(
        a is b for a, b in zip(left.nodes, right.nodes, strict=True)
    )

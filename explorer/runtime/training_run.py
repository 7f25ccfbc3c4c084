"""The training thread: one step after the other for as long as it is wanted, and everything of it written down.

Whatever is asked of it takes effect between two steps. A step is a pure function of the checkpoint before it, so one
that was under way when the run was paused is simply made again: when somebody looks, clicks or pauses changes no bit.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.engine.batch_gradient import Indices
from explorer.engine.network import Network, NetworkError
from explorer.engine.training import Checkpoint, Progress, epoch_order, take_step
from explorer.runtime.curves import Curves
from explorer.runtime.divergence import Divergence, DivergenceWatch
from explorer.runtime.hand_edits import going_on_with
from explorer.runtime.latest import Latest
from explorer.runtime.layer_norms import NORMS_EVERY, write_norms
from explorer.runtime.rolling_assessment import Assessed, RollingAssessment
from explorer.runtime.run_end import EndWatch
from explorer.runtime.training_task import Task

RunKind = Literal["idle", "running", "paused", "failed"]
Change = Callable[[Network], Network]

TELL_EVERY_S = 0.05  # how often whoever looks on is told; it is the one who must keep the window fluid
LONGEST_JOIN_S = 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class RunState:
    """How a run stands. `sentence` says why it stopped by itself; `divergence` what it broke at."""

    kind: RunKind
    checkpoint: Checkpoint
    images: int = 0
    seconds: float = 0.0
    sentence: str = ""
    divergence: Divergence | None = None


class TrainingRun:
    """Trains in a thread of its own. The public methods may be called from any thread and return at once."""

    def __init__(self) -> None:
        self.told: Callable[[], object] = lambda: None
        """Called in the training thread, some twenty times a second at most, when there is something new."""
        self.assessments: Latest[Assessed] = Latest()
        self.curves = Curves()
        self._lock = threading.RLock()
        self._woken = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._task: Task | None = None
        self._checkpoint: Checkpoint | None = None
        self._kind: RunKind = "idle"
        self._left = math.inf  # steps that it makes before it pauses by itself
        self._generation = 0  # a step that was begun in an earlier one is dropped
        self._changes: list[Change] = []
        self._sentence = ""
        self._divergence: Divergence | None = None
        self._images, self._seconds, self._since = 0, 0.0, 0.0
        self._order: tuple[object, Indices] = (None, np.empty(0, np.intp))
        self._rolling: RollingAssessment | None = None
        self._watch, self._ends = DivergenceWatch(), EndWatch()
        self._tell_at = 0.0

    # What other threads may ask

    def begin(self, start: Checkpoint, task: Task, curves: Curves | None = None) -> None:
        """Another run, paused at its start, which may be a checkpoint of an earlier one with its curves."""
        with self._lock:
            self._generation += 1
            self._checkpoint, self._task, self.curves = start, task, curves or Curves()
            self._kind, self._sentence, self._divergence = "paused", "", None
            self._images, self._seconds = 0, 0.0
            self._changes.clear()
            self._rolling, self._watch, self._ends = None, DivergenceWatch(), EndWatch()
            self._woken.set()

    def play(self, steps: int | None = None) -> None:
        """Go on, for so many steps or until something stops it."""
        with self._lock:
            if self._checkpoint is None or self._task is None:
                raise RuntimeError("There is no run to go on with. Begin one first.")
            self._left = math.inf if steps is None else steps
            self._kind, self._sentence, self._divergence = "running", "", None
            self._ends.begin(self._checkpoint, self._task.stopping)
            self._since = time.perf_counter()
            self._start_thread()
            self._woken.set()

    def pause(self, sentence: str = "") -> None:
        """Stop at the last step that was finished; none comes after it."""
        with self._lock:
            if self._kind == "running":
                self._rest("paused", sentence)

    def configure(self, task: Task) -> None:
        """Go on with another task from the next step on."""
        with self._lock:
            if self._task is not None and task.validation is not self._task.validation:
                self._rolling = None
            self._task = task
            if self._checkpoint is not None:
                self._ends.begin(self._checkpoint, task.stopping)
            self._woken.set()

    def change(self, change: Change) -> None:
        """Go on from a network that was changed by hand; the optimizer keeps what it remembers of the rest."""
        with self._lock:
            self._changes.append(change)
            if self._kind != "running":
                self._apply_changes()

    def stop(self) -> None:
        """End the thread; returns when it has ended."""
        self._stopping = True
        self.pause()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(LONGEST_JOIN_S)
            self._thread = None

    @property
    def state(self) -> RunState | None:
        """How it stands; None before the first run began."""
        with self._lock:
            if self._checkpoint is None:
                return None
            return RunState(
                self._kind, self._checkpoint, self._images, self._seconds, self._sentence, self._divergence
            )

    # What the training thread does

    def turn(self) -> bool:
        """Make one step; False if none is wanted."""
        with self._lock:
            if self._kind != "running" or self._checkpoint is None or self._task is None:
                return False
            self._apply_changes()
            checkpoint, task, generation = self._checkpoint, self._task, self._generation
        try:
            checkpoint, indices = self._next(checkpoint, task)
            progress = take_step(checkpoint, task.examples, indices, task.settings)
        except (NetworkError, ValueError, MemoryError) as error:
            self._give_up(generation, str(error) or "There is not enough memory for a step.")
            return True
        with self._lock:
            if generation == self._generation:
                self._keep(checkpoint, progress, task, indices)
        return True

    def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            try:
                worked = self.turn()
            except Exception as error:
                log.exception("A training step failed")
                self._give_up(self._generation, f"A step failed: {error}. The last good weights stay.")
                worked = True
            if not worked:
                self._woken.wait()

    def _next(self, checkpoint: Checkpoint, task: Task) -> tuple[Checkpoint, Indices]:
        """The checkpoint, with the epoch turned over where the examples became fewer, and the next batch."""
        count, settings = len(task.examples), task.settings
        if checkpoint.position >= count:
            checkpoint = Checkpoint(
                checkpoint.network, checkpoint.state, checkpoint.step, checkpoint.epoch + 1, 0
            )
        key = count, checkpoint.epoch, settings.seed, settings.shuffle
        if self._order[0] != key:
            self._order = key, epoch_order(count, checkpoint.epoch, settings)
        return checkpoint, self._order[1][checkpoint.position : checkpoint.position + settings.batch]

    def _keep(self, before: Checkpoint, progress: Progress, task: Task, indices: Indices) -> None:
        """Write a step down, unless it went wrong, and see whether it was the last one."""
        divergence = self._watch.look_at(before, progress, task, indices)
        if divergence is not None:
            self._checkpoint, self._divergence = divergence.good, divergence
            self.curves.cut(divergence.good.step)
            self._rest("failed", divergence.sentence)
            return
        now = time.perf_counter()
        self._seconds += now - self._since
        self._since = now
        self._checkpoint = progress.checkpoint
        self._images += progress.images
        self.curves.steps.append(
            progress.step, progress.loss, progress.accuracy, progress.learning_rate, progress.gradient_norm
        )
        if progress.step % NORMS_EVERY == 0:
            write_norms(self.curves, before.network, progress)
        assessed = self._assess(before, task)
        self._left -= 1
        end = self._ends.reached(progress.checkpoint, assessed)
        if end is not None:
            self._checkpoint = end.checkpoint
            self._rest("paused", end.sentence)
        elif self._left <= 0:
            self._rest("paused", "")
        elif now >= self._tell_at:
            self._tell_at = now + TELL_EVERY_S
            self.told()

    def _assess(self, checkpoint: Checkpoint, task: Task) -> Assessed | None:
        if task.validation is None or not len(task.validation):
            return None
        if self._rolling is None:
            self._rolling = RollingAssessment(task.validation, task.validated)
        assessed = self._rolling.after_step(checkpoint, task.settings)
        if assessed is not None:
            self.curves.validation.append(assessed.step, assessed.loss, assessed.accuracy)
            for layer, share in assessed.dead.items():
                self.curves.add_dead(assessed.step, layer, share)
            self.assessments.put(assessed)
        return assessed

    def _apply_changes(self) -> None:
        while self._changes and self._checkpoint is not None:
            change = self._changes.pop(0)
            self._checkpoint = going_on_with(self._checkpoint, change(self._checkpoint.network))
            self._ends.forget()

    def _give_up(self, generation: int, sentence: str) -> None:
        with self._lock:
            if generation == self._generation and self._kind == "running":
                self._rest("failed", sentence)

    def _rest(self, kind: RunKind, sentence: str) -> None:
        self._generation += 1
        self._kind, self._sentence = kind, sentence
        self.told()

    def _start_thread(self) -> None:
        if self._thread is None:
            self._stopping = False
            self._thread = threading.Thread(target=self._run, name="explorer-training", daemon=True)
            self._thread.start()

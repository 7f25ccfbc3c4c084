"""The training thread: one step after the other for as long as it is wanted, and everything of it written down.

Whatever is asked of it takes effect between two steps. A step is a pure function of the checkpoint before it, so one
that was under way when the run was paused is simply made again: when somebody looks, clicks or pauses changes no bit.
"""

from __future__ import annotations

import dataclasses
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator

from explorer.engine.network import Network, NetworkError
from explorer.engine.training import Checkpoint, Progress, train
from explorer.runtime.curves import Curves
from explorer.runtime.divergence import Divergence, DivergenceWatch
from explorer.runtime.hand_edits import going_on_with
from explorer.runtime.latest import Latest
from explorer.runtime.layer_norms import NORMS_EVERY, write_norms
from explorer.runtime.run_end import EndWatch
from explorer.runtime.run_state import RunKind, RunState
from explorer.runtime.training_task import Job, Task
from explorer.runtime.validation import Assessed, Assessing, Validation

Change = Callable[[Network], Network]

TELL_EVERY_S = 0.2  # how often whoever looks on is told; it is the one who must keep the window fluid
LONGEST_JOIN_S = 60.0

log = logging.getLogger(__name__)


class TrainingRun:
    """Trains in a thread of its own. The public methods may be called from any thread and return at once."""

    def __init__(self) -> None:
        self.told: Callable[[], object] = lambda: None
        """Called in the training thread, some five times a second at most, when there is something new."""
        self.assessments: Latest[Assessed] = Latest()
        self.curves = Curves()
        self._lock = threading.RLock()  # never held while anything is computed
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
        self._steps: Iterator[Progress] | None = (
            None  # goes on from the checkpoint; None where that was changed
        )
        self._validation: Validation | None = None
        self._resting: Assessing | None = None  # an assessment of the checkpoint that the run rests at
        self._assessed: Checkpoint | None = None
        self._watch, self._ends = DivergenceWatch(), EndWatch()
        self._tell_at = 0.0

    # What other threads may ask

    def prepare(self) -> None:
        """Have the thread ready before somebody wants to train."""
        with self._lock:
            self._start_thread()

    def begin(
        self, start: Checkpoint, task: Task, curves: Curves | None = None, *, images: int = 0, seconds: float = 0.0
    ) -> None:  # fmt: skip
        """Another run, paused at its start, which may be the checkpoint of an earlier one with all it had."""
        with self._lock:
            self._generation += 1
            self._checkpoint, self.curves = start, curves or Curves()
            self._kind, self._sentence, self._divergence = "paused", "", None
            self._images, self._seconds = images, seconds
            self._changes.clear()
            self._watch, self._ends = DivergenceWatch(), EndWatch()
            self._assessed = None
            self._take(task)

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

    def pause(self) -> None:
        """Stop at the last step that was finished; none comes after it."""
        with self._lock:
            if self._kind == "running":
                self._rest("paused")

    def configure(self, task: Task) -> None:
        """Go on with another task from the next step on."""
        with self._lock:
            self._take(task)
            if self._checkpoint is not None:
                self._ends.begin(self._checkpoint, task.stopping)

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
                self._kind, self._checkpoint, self._images, self._seconds, self._sentence, self._divergence,
                self._steps_to_go(self._checkpoint),
            )  # fmt: skip

    # What the training thread does

    def turn(self) -> bool:
        """Make one step; False if none is wanted."""
        job = self._next_job()
        if job is None:
            return False
        try:
            progress = next(job.steps)
            if self._watch.is_broken(progress):
                self._break_off(job, self._watch.described(job.checkpoint, progress, job.task))
                return True
        except (NetworkError, ValueError, MemoryError) as error:
            self._give_up(job.generation, str(error) or "There is not enough memory for a step.")
            return True
        if self._keep(job, progress):
            self._look_closer(job, progress)
        return True

    def assess_at_rest(self) -> bool:
        """Assess the next images with the network that the run rests with; False when all are done."""
        with self._lock:
            checkpoint, validation, task = self._checkpoint, self._validation, self._task
            if checkpoint is None or task is None or validation is None or checkpoint.step == 0:
                return False
            if self._kind == "running" or checkpoint is self._assessed:
                return False
            if self._resting is None or self._resting.checkpoint is not checkpoint:
                self._resting = validation.of(checkpoint, task.settings.loss)
            resting = self._resting
        if resting.go_on():
            self._assessed, self._resting = checkpoint, None
            self.assessments.put(resting.result())
            self.told()
        return True

    def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            try:
                worked = self.turn() or self.assess_at_rest()
            except Exception as error:  # the thread must outlive any single step; the log has the traceback
                log.exception("A training step failed")
                self._give_up(
                    None, f"A step failed: {error or type(error).__name__}. The weights before it stay."
                )
                self._assessed = self._checkpoint
                worked = True
            if not worked:
                self._woken.wait()

    def _next_job(self) -> Job | None:
        with self._lock:
            if self._kind != "running" or self._checkpoint is None or self._task is None:
                return None
            self._apply_changes()
            assert self._checkpoint is not None
            checkpoint, task = self._checkpoint, self._task
            if checkpoint.position >= len(task.examples):  # there were more of them when it was made
                checkpoint = dataclasses.replace(checkpoint, epoch=checkpoint.epoch + 1, position=0)
                self._steps = None
            if self._steps is None:
                self._steps = train(checkpoint, task.examples, task.settings)
            return Job(self._steps, checkpoint, task, self.curves, self._validation, self._generation)

    def _keep(self, job: Job, progress: Progress) -> bool:
        """Write a step down, unless the run has been paused meanwhile."""
        with self._lock:
            if job.generation != self._generation:
                return False
            now = time.perf_counter()
            self._seconds += now - self._since
            self._since = now
            self._images += progress.images
            self._left -= 1
            self._checkpoint = progress.checkpoint
            epochs = progress.checkpoint.epoch + progress.checkpoint.position / len(job.task.examples)
            job.curves.steps.append(
                progress.step, progress.loss, progress.accuracy, progress.learning_rate, progress.gradient_norm,
                epochs,
            )  # fmt: skip
            self._watch.note(job.checkpoint, progress)
            return True

    def _look_closer(self, job: Job, progress: Progress) -> None:
        """Measure what is due after a step that counts, and rest if it was the last one."""
        if progress.step % NORMS_EVERY == 0:
            write_norms(job.curves, job.checkpoint.network, progress)
        assessed = self._assess(job, progress.checkpoint)
        with self._lock:
            is_paused = job.generation != self._generation
            end = self._ends.reached(progress.checkpoint, assessed) if not is_paused else None
            if end is not None:
                self._checkpoint = end.checkpoint
                self._rest("paused", end.sentence)
            elif not is_paused and self._left <= 0:
                self._rest("paused")
        now = time.perf_counter()
        if now >= self._tell_at or (is_paused and assessed is not None):
            self._tell_at = now + TELL_EVERY_S
            self.told()

    def _assess(self, job: Job, checkpoint: Checkpoint) -> Assessed | None:
        """What is due is done even where the run has been paused meanwhile: the curve must not depend on that."""
        if job.validation is None or not job.validation.is_due(checkpoint, job.task.settings):
            return None
        assessing = job.validation.of(checkpoint, job.task.settings.loss)
        while not assessing.go_on():
            if self._stopping:
                return None
        assessed = assessing.result()
        job.curves.add_assessed(assessed.step, assessed.loss, assessed.accuracy, assessed.dead)
        with self._lock:
            if job.curves is self.curves:
                self._assessed = checkpoint
                self.assessments.put(assessed)
        return assessed

    def _break_off(self, job: Job, divergence: Divergence) -> None:
        with self._lock:
            if job.generation == self._generation:
                self._checkpoint, self._divergence = divergence.good, divergence
                self._watch = DivergenceWatch(self._watch.good_rate)
                self._rest("failed", divergence.sentence)

    def _give_up(self, generation: int | None, sentence: str) -> None:
        with self._lock:
            if self._kind == "running" and generation in (None, self._generation):
                self._rest("failed", sentence)

    def _rest(self, kind: RunKind, sentence: str = "") -> None:
        self._generation += 1
        self._steps = None
        self._kind, self._sentence = kind, sentence
        if self._checkpoint is not None:
            self.curves.cut(self._checkpoint.step)  # where it rests at an earlier one
        self._apply_changes()
        self._woken.set()
        self.told()

    def _take(self, task: Task) -> None:
        before, self._task, self._steps = self._task, task, None
        if before is None or task.validation is not before.validation or self._validation is None:
            self._validation = None
            if task.validation is not None and len(task.validation):
                self._validation = Validation(task.validation, task.validated)
        self._woken.set()

    def _apply_changes(self) -> None:
        while self._changes and self._checkpoint is not None:
            change = self._changes.pop(0)
            self._checkpoint = going_on_with(self._checkpoint, change(self._checkpoint.network))
            self._steps = None
            self._ends.forget()

    def _steps_to_go(self, checkpoint: Checkpoint) -> float:
        if self._task is None:
            return math.inf
        batch = self._task.settings.batch
        per_epoch, made = math.ceil(len(self._task.examples) / batch), checkpoint.position / batch
        return max(0.0, min(self._left, self._ends.steps_to_go(checkpoint, per_epoch, made)))

    def _start_thread(self) -> None:
        if self._thread is None:
            self._stopping = False
            self._thread = threading.Thread(target=self._run, name="explorer-training", daemon=True)
            self._thread.start()

"""The remote run: a training that runs in a process of its own, which leaves this one to the window.

What is known here of it is what it told last, some five times a second; when it rests, that is all of it.
"""

from __future__ import annotations

import dataclasses
import logging
import math
import threading
from collections.abc import Callable

from explorer.engine.network import Network
from explorer.engine.training import Checkpoint
from explorer.runtime import training_words as words
from explorer.runtime.companion import is_possible
from explorer.runtime.curves import Curves
from explorer.runtime.hand_edits import going_on_with
from explorer.runtime.latest import Latest
from explorer.runtime.line import Line
from explorer.runtime.look_reader import LookReader
from explorer.runtime.parcel import CANNOT_TRAVEL, Parcel, pack
from explorer.runtime.run_state import RunState
from explorer.runtime.task_parcel import TaskPacker
from explorer.runtime.telling import Told, nobody, tell
from explorer.runtime.training_run import Change, TrainingRun
from explorer.runtime.training_task import Task
from explorer.runtime.validation import Assessed

ROOM = "explorer.runtime.training_room"
LONGEST_PAUSE_S = 20.0  # then the process is given up: the window must not hang

log = logging.getLogger(__name__)


class RemoteRun:
    """Trains in another process, with the public face of TrainingRun. Where that cannot be, it trains in a thread."""

    def __init__(self) -> None:
        self.told: Told = nobody
        """Called in a thread, some five times a second at most, when there is something new."""
        self.assessments: Latest[Assessed] = Latest()
        self.curves = Curves()
        self._changed = threading.Condition()  # also the lock of all that follows
        self._line: Line | None = None
        self._ending: list[threading.Thread] = []  # they wait for processes that are needed no more
        self._is_there = False  # whether the process has said a word
        self._unsaid: list[tuple[words.Command, Parcel]] = []  # what waits until it has
        self._near: TrainingRun | None = None  # in its place
        self._number = 0  # of the last command
        self._answered = 0
        # Looks that answer earlier commands than these say nothing of the state, and nothing of the end.
        self._moved = self._asked = 0
        self._state: RunState | None = None
        self._task: Task | None = None
        self._changes: list[Change] = []
        self._tasks, self._looks = TaskPacker(), LookReader()

    # ---- what TrainingRun can, too ----------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Have the process ready before somebody wants to train."""
        with self._changed:
            if self._line is None and self._near is None:
                self._is_there = False
                self._unsaid.clear()
                self._tasks = TaskPacker()
                self._line = Line(ROOM, self._hear, self._lose)

    def begin(
        self, start: Checkpoint, task: Task, curves: Curves | None = None, *, images: int = 0, seconds: float = 0.0
    ) -> None:  # fmt: skip
        """Another run, paused at its start, which may be the checkpoint of an earlier one with all it had."""
        with self._changed:
            self.curves, self._task = curves or Curves(), task
            self._state = RunState("paused", start, images, seconds)
            self._changes.clear()
            self._enter()

    def play(self, steps: int | None = None) -> None:
        """Go on, for so many steps or until something stops it."""
        with self._changed:
            if self._state is None:
                raise RuntimeError("There is no run to go on with. Begin one first.")
            if self._line is None and self._near is None:
                self._enter()
            left = math.inf if steps is None else steps
            self._state = dataclasses.replace(
                self._state, kind="running", sentence="", divergence=None, steps_to_go=left
            )
            if self._near is not None:
                self._near.play(steps)
            elif self._say(lambda: words.Play(steps)):
                self._moved = self._number

    def pause(self) -> None:
        """Stop at the last step that was finished; none comes after it."""
        with self._changed:
            if self._near is not None:
                self._near.pause()
            elif self._is_running and self._line is not None and not self._is_there:
                self._rest_at_the_start()
            elif self._is_running and self._say(words.Pause):
                self._moved = number = self._number
                line = self._line
                if not self._changed.wait_for(
                    lambda: self._answered >= number or self._line is not line, LONGEST_PAUSE_S
                ):
                    self._break_off("does not answer")

    def configure(self, task: Task) -> None:
        """Go on with another task from the next step on."""
        with self._changed:
            self._task = task
            if self._near is not None:
                self._near.configure(task)
            else:
                self._say(lambda: words.Configure(self._tasks.packed(task)))

    def change(self, change: Change) -> None:
        """Go on from a network that was changed by hand; the optimizer keeps what it remembers of the rest."""
        with self._changed:
            if self._near is not None:
                self._near.change(change)
            elif self._state is not None:
                self._changes.append(change)
                if self._is_running and self._line is not None:
                    if self._say(words.Change):
                        self._asked = self._number
                else:
                    self._change_at_rest()

    def stop(self) -> None:
        """End the process; returns when it has ended."""
        self.pause()
        with self._changed:
            line, self._line = self._line, None
        if line is not None:
            line.end()
        for thread in self._ending:
            thread.join()
        if self._near is not None:
            self._near.stop()

    @property
    def state(self) -> RunState | None:
        """How it stands; None before the first run began."""
        with self._changed:
            return self._state if self._near is None else self._near.state

    @property
    def process_number(self) -> int | None:
        """The number of the process in the system, where there is one."""
        with self._changed:
            return self._line.number if self._line is not None else None

    # ---- what is said there -----------------------------------------------------------------------------------------

    @property
    def _is_running(self) -> bool:
        return self._state is not None and self._state.kind == "running"

    def _enter(self) -> None:
        """Let the other process stand where the run stands; it is started where it is not there."""
        self.prepare()
        state, task = self._state, self._task
        assert state is not None
        assert task is not None
        if self._near is not None:
            self._near.begin(state.checkpoint, task, self.curves, images=state.images, seconds=state.seconds)
            return
        start, tables = state.checkpoint, self.curves.tables()
        if self._say(
            lambda: words.Begin(start, self._tasks.packed(task), tables, state.images, state.seconds)
        ):
            self._moved = self._number
            self._looks.begin(self._number, start)

    def _say(self, command: Callable[[], words.Command]) -> bool:
        """Send a command; False where there is nobody, or it holds what cannot travel: then the training is here."""
        if self._line is None:
            return False
        try:
            said = command()
            parcel = pack((self._number + 1, said))
        except CANNOT_TRAVEL as error:
            self._come_near(str(error))
            return False
        self._number += 1
        if self._is_there:
            self._line.say(parcel)
        else:
            self._unsaid.append((said, parcel))
        return True

    def _rest_at_the_start(self) -> None:
        """Pause before the process is there: it is never told to go on, so that nobody waits until it stands."""
        assert self._state is not None
        self._unsaid = [one for one in self._unsaid if not isinstance(one[0], words.Play | words.Change)]
        self._state = dataclasses.replace(self._state, kind="paused")
        if self._say(words.Pause):
            self._moved = self._number
        if self._changes:
            self._change_at_rest()

    def _change_at_rest(self) -> None:
        self._apply_changes()
        assert self._state is not None
        checkpoint = self._state.checkpoint
        if self._say(lambda: words.Stand(checkpoint.network)):
            self._moved = self._number
            self._looks.stand(self._number, checkpoint)

    def _apply_changes(self) -> None:
        state = self._state
        if state is not None and self._changes:
            network = self._changed_by_hand(state.checkpoint.network)
            self._state = dataclasses.replace(state, checkpoint=going_on_with(state.checkpoint, network))

    def _changed_by_hand(self, network: Network) -> Network:
        while self._changes:
            network = self._changes.pop(0)(network)
        return network

    # ---- what is heard from there, in the thread that listens ------------------------------------------------------

    def _hear(self, line: Line, said: object) -> None:
        with self._changed:
            if line is not self._line:
                return
            match said:
                case words.Ready():
                    self._is_there = True
                    for _, parcel in self._unsaid:
                        line.say(parcel)
                    self._unsaid.clear()
                case words.Look() if said.run == self._looks.run:
                    self._take(said)
                case words.Wish():
                    self._reply(said)
                case words.Trouble(sentence):
                    self._come_near(sentence)
                case logging.LogRecord():
                    logging.getLogger(said.name).handle(said)
        tell(self.told)

    def _take(self, look: words.Look) -> None:
        for name, rows in look.rows.items():
            self.curves.put(name, rows.first, rows.table)
        self._answered = look.answered
        self._changed.notify_all()
        read = self._looks.read(look)
        if read is None:
            return
        state, assessed = read
        if assessed is not None:
            self.assessments.put(assessed)
        if look.answered >= self._moved and (look.kind == "running" or look.answered >= self._asked):
            self._state = state

    def _reply(self, wish: words.Wish) -> None:
        network = None
        if wish.run == self._looks.run and self._changes:
            network = self._changed_by_hand(self._looks.network(wish))
        if self._say(lambda: words.Reply(network)) and network is not None:
            self._looks.add(self._number, network)

    def _lose(self, line: Line, exit_code: int | None) -> None:
        with self._changed:
            if line is not self._line:
                return
            if self._is_there:
                code = exit_code or 0
                how = f"signal {-code}" if code < 0 else f"exit code {code}"
                self._break_off(f"has ended unexpectedly ({how})")
            else:
                self._come_near("it could not be started")
        tell(self.told)

    def _break_off(self, what: str) -> None:
        """The process is there no more, or of no use: what it told last is kept."""
        self._drop_line()
        self._apply_changes()
        state = self._state
        if state is not None:
            self.curves.cut(state.checkpoint.step)
            if state.kind == "running":
                sentence = (
                    f"The process that trains {what}. The weights of step {state.checkpoint.step:,} are kept: "
                    "Train goes on from there."
                )
                self._state = dataclasses.replace(state, kind="failed", sentence=sentence)
        self._changed.notify_all()

    def _come_near(self, why: str) -> None:
        """From now on the training is here, in a thread."""
        log.warning("Training runs in the window's own process: %s", why)
        self._drop_line()
        self._apply_changes()
        self._near = near = TrainingRun()
        near.told = lambda: self.told()
        near.assessments = self.assessments
        state, task = self._state, self._task
        if state is not None and task is not None:
            self.curves.cut(state.checkpoint.step)
            near.begin(state.checkpoint, task, self.curves, images=state.images, seconds=state.seconds)
            if state.kind == "running":
                near.play(None if math.isinf(state.steps_to_go) else math.ceil(state.steps_to_go))
        self._changed.notify_all()

    def _drop_line(self) -> None:
        line, self._line = self._line, None
        if line is not None:  # it waits for its own threads, of which one may be here
            self._ending = [thread for thread in self._ending if thread.is_alive()]
            self._ending.append(threading.Thread(target=line.end, name="explorer-line-end", daemon=True))
            self._ending[-1].start()


def run_beside_the_window() -> TrainingRun | RemoteRun:
    """A run in a process of its own where the system can have that, else one in a thread."""
    return RemoteRun() if is_possible() else TrainingRun()

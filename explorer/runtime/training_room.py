"""The training room: where a training runs for a window that lives in another process."""

from __future__ import annotations

import dataclasses
import gc
import logging
import os
import sys
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue

from explorer.engine.network import Network
from explorer.engine.training import Checkpoint
from explorer.runtime import training_words as words
from explorer.runtime.companion import LogForwarder
from explorer.runtime.curve_news import CurveNews
from explorer.runtime.curves import Curves
from explorer.runtime.divergence import Divergence
from explorer.runtime.parcel import pack, receive, send, unpack
from explorer.runtime.task_parcel import TaskUnpacker
from explorer.runtime.templates import Templates
from explorer.runtime.training_run import TELL_EVERY_S, TrainingRun
from explorer.runtime.validation import Assessed

LOOK_SHARE = 0.05  # of a processor that looks may take: those at large networks are rarer
LONGEST_LOOK_S = 2.0  # between two of them

log = logging.getLogger(__name__)


def work(connection: Connection) -> None:
    """Train as is said over the connection, until it ends."""
    _Room(connection).serve()


class _Room:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._telling = (
            threading.Lock()
        )  # of what the looks are made of; never wanted by the thread that trains
        self._run = TrainingRun()
        self._due = threading.Event()
        self._run.told = self._due.set
        self._commands: SimpleQueue[tuple[int, words.Command]] = SimpleQueue()
        self._replies: SimpleQueue[tuple[int, words.Reply]] = SimpleQueue()
        self._tasks, self._templates = TaskUnpacker(), Templates()
        self._begun = self._answered = 0
        self._shown: Checkpoint | None = None  # what the window has
        self._news = CurveNews(self._run.curves)

    def serve(self) -> None:
        """Take what comes, until nothing will."""
        gc.freeze()  # all that was imported stays; the collector passes it by
        logging.getLogger().addHandler(LogForwarder(self._say))
        for work_of_thread in (self._obey_all, self._tell_all):
            threading.Thread(target=work_of_thread, daemon=True).start()
        self._say(words.Ready())
        with suppress(EOFError):
            while True:
                self._take(*self._understood())
        sys.stderr.flush()
        os._exit(0)  # whatever is being computed, nobody is there who could want it

    def _understood(self) -> tuple[int, words.Command | None]:
        parcel = receive(self._connection)
        try:
            number, command = unpack(parcel)
        except Exception as error:
            self._say(words.Trouble(str(error)))
            return 0, None
        return number, command

    def _take(self, number: int, command: words.Command | None) -> None:
        if isinstance(command, words.Reply):
            self._replies.put((number, command))
        elif command is not None:
            self._commands.put((number, command))

    def _say(self, thing: object) -> None:
        with self._sending, suppress(OSError):  # the window has gone
            send(self._connection, pack(thing))

    # ---- commands ---------------------------------------------------------------------------------------------------

    def _obey_all(self) -> None:
        while True:
            number, command = self._commands.get()
            try:
                with self._telling:
                    self._obey(number, command)
                    self._answered = number
                    if isinstance(command, words.Pause):
                        self._tell()
                self._due.set()
            except Exception as error:
                log.exception("A command could not be followed")
                self._say(words.Trouble(str(error)))

    def _obey(self, number: int, command: words.Command) -> None:
        run = self._run
        match command:
            case words.Begin(start, task, curves, images, seconds):
                run.begin(
                    start, self._tasks.task(task), Curves.of(dict(curves)), images=images, seconds=seconds
                )
                run.assessments.take()
                self._templates.clear()
                self._templates.add(number, start.network)
                self._begun, self._shown, self._news = number, start, CurveNews(run.curves)
            case words.Configure(task):
                run.configure(self._tasks.task(task))
            case words.Play(steps):
                run.play(steps)
            case words.Pause():
                run.pause()
            case words.Stand(network):
                self._templates.add(number, network)
                run.change(lambda _: network)
                state = run.state
                self._shown = state.checkpoint if state is not None else None
            case words.Change():
                run.change(self._asked)

    def _asked(self, network: Network) -> Network:
        """What the window makes of a network. The thread that trains waits for it, or the one that obeys."""
        self._say(words.Wish(self._begun, self._templates.packed(Checkpoint(network))))
        number, reply = self._replies.get()
        if reply.network is None:
            return network
        self._templates.add(number, reply.network)
        return reply.network

    # ---- looks ------------------------------------------------------------------------------------------------------

    def _tell_all(self) -> None:
        due = 0.0
        while True:
            self._due.wait()
            self._due.clear()
            while self._is_running and (left := due - time.perf_counter()) > 0:
                if self._due.wait(left):
                    self._due.clear()
            started, worked = time.perf_counter(), time.thread_time()
            self._tell_or_call_for_help()
            cost = time.thread_time() - worked
            due = started + min(max(TELL_EVERY_S / 2, cost / LOOK_SHARE), LONGEST_LOOK_S)

    def _tell_or_call_for_help(self) -> None:
        """Say how the run stands; where that fails the window must not believe that it still runs."""
        try:
            with self._telling:
                self._tell()
        except Exception as error:
            log.exception("How the training stands could not be said")
            self._say(words.Trouble(str(error)))

    @property
    def _is_running(self) -> bool:
        state = self._run.state
        return state is not None and state.kind == "running"

    def _tell(self) -> None:
        """Say how the run stands, and what is new."""
        run, state = self._run, self._run.state
        if state is None:
            return
        assessed = run.assessments.take()
        rows = self._news.take()
        checkpoint = state.checkpoint
        look = words.Look(
            self._begun, self._answered, state.kind,
            None if checkpoint is self._shown else self._templates.packed(checkpoint),
            state.images, state.seconds, state.sentence, _broken(state.divergence), state.steps_to_go,
            rows, self._judged(assessed, checkpoint) if assessed is not None else None,
        )  # fmt: skip
        self._shown = checkpoint
        self._say(look)

    def _judged(self, assessed: Assessed, shown: Checkpoint) -> words.Judged:
        checkpoint = dataclasses.replace(assessed.checkpoint, state=None)
        return words.Judged(
            None if assessed.checkpoint is shown else self._templates.packed(checkpoint),
            assessed.loss, assessed.accuracy, assessed.outputs, assessed.indices, assessed.dead,
        )  # fmt: skip


def _broken(divergence: Divergence | None) -> words.Broken | None:
    if divergence is None:
        return None
    return words.Broken(divergence.step, divergence.layer, divergence.sentence, divergence.rate)

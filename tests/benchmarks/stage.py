"""The whole program on a stage: a real window, a source that plays frames, and somebody who looks at the clock."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QWidget

from explorer.app import SWITCH_INTERVAL_S, Application
from explorer.engine.network import Network
from explorer.options import Options
from explorer.runtime.answerer import Request
from explorer.runtime.companion import engine_room, is_possible
from explorer.runtime.evaluator import Evaluator
from explorer.runtime.remote_evaluator import RemoteEvaluator
from explorer.runtime.remote_run import run_beside_the_window
from explorer.sources.given import GivenSource
from explorer.ui.settings_store import SettingsStore
from tests.benchmarks.metered import MeteredApplication

HEARTBEAT_MS = 4


class Stage:
    """The program with a network and a frame of noise on a photograph's scale, in a 1600 x 1000 window."""

    def __init__(self, network: Network, frames: list[np.ndarray]) -> None:
        self.qt = MeteredApplication()
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        evaluator = RemoteEvaluator(engine_room()) if is_possible() else Evaluator()
        self.program = Application(Options(), evaluator)
        self.workspace = self.program.workspace
        self.workspace.trainer.learn_by(run_beside_the_window())
        self.window = self.program.open(SettingsStore(Path(os.devnull)))
        self.workspace.document.start_over(network, self.workspace.document.preparation)
        self.source = GivenSource(frames[0], "Benchmark")
        self.frames = frames
        self.workspace.open_source(self.source)
        self.window.fix_size(1600, 1000)
        self._after_painting: Callable[[], None] | None = None
        self.painted: list[tuple[float, Request]] = []  # when the answer to a request was first on screen
        self.qt.painted = self._note_painting
        self.maps = self.window.findChild(QWidget, "maps")
        self.window.show()
        gc.freeze()  # as the program does: looking through all that stays takes 50 ms
        self.wait(lambda: self.shows(network), 20)
        self.rest(1.0)

    def close(self) -> None:
        self.window.close()
        self.program.stop()

    def shows(self, network: Network) -> bool:
        """Whether maps of this network have been painted."""
        return any(request.network is network for _, request in self.painted)

    def wait(self, is_done: Callable[[], bool], seconds: float) -> bool:
        """Let events happen until `is_done`, which is asked after every painting."""
        if is_done():
            return True
        loop = QEventLoop()
        self._after_painting = lambda: loop.quit() if is_done() else None
        QTimer.singleShot(int(seconds * 1000), loop, loop.quit)
        loop.exec()
        self._after_painting = None
        return is_done()

    def doze(self, seconds: float) -> None:
        """Let events happen for so long, and nothing else."""
        loop = QEventLoop()
        QTimer.singleShot(int(seconds * 1000), loop, loop.quit)
        loop.exec()

    def rest(self, seconds: float) -> list[float]:
        """Let events happen for so long; returns how late a heartbeat was each time, in ms."""
        beats: list[float] = []
        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(lambda: beats.append(time.perf_counter()))
        loop = QEventLoop()
        timer.start(HEARTBEAT_MS)
        QTimer.singleShot(int(seconds * 1000), loop.quit)
        loop.exec()
        timer.stop()
        return [max(0.0, gap * 1000 - HEARTBEAT_MS) for gap in np.diff(beats)]

    def play(self, frames_per_second: float) -> Callable[[], None]:
        """Show one frame after the other from another thread; returns a function that stops it."""
        over = threading.Event()

        def feed() -> None:
            due, count = time.perf_counter(), 0
            while not over.is_set():
                self.source.show(self.frames[count % len(self.frames)])
                count += 1
                due += 1 / frames_per_second
                over.wait(max(0.0, due - time.perf_counter()))

        feeder = threading.Thread(target=feed, name="benchmark-feeder")
        feeder.start()

        def stop() -> None:
            over.set()
            feeder.join()

        return stop

    def _note_painting(self, widget: QWidget) -> None:
        answer = self.workspace.answer
        if widget is not self.maps and not self.maps.isAncestorOf(widget):
            return
        if answer is not None and (not self.painted or self.painted[-1][1] is not answer.request):
            self.painted.append((time.perf_counter(), answer.request))
            del self.painted[:-3]
            if self._after_painting is not None:
                self._after_painting()


def noise_frames(count: int, height: int = 480, width: int = 640) -> list[np.ndarray]:
    """Frames with structure and noise, all different."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[0:height, 0:width]
    frames = []
    for number in range(count):
        wave = 127 + 90 * np.sin((columns * (1 + number / 8) + rows) / 23)[..., None] * np.ones(3)
        frames.append(np.clip(wave + rng.normal(0, 12, (height, width, 3)), 0, 255).astype(np.uint8))
    return frames

"""The arithmetic beside the live program: from a pointed pixel to its numbers, fields, and numbers on maps."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from explorer.document.view import Unit
from explorer.engine.arithmetic.effective_field import effective_fields
from explorer.ui.panels.arithmetic import ArithmeticPanel
from explorer.ui.panels.maps import MapsPanel
from explorer.ui.widgets.flow_view import FlowView
from tests.benchmarks.figure import Figure
from tests.benchmarks.jobs import frame_network
from tests.benchmarks.stage import HEARTBEAT_MS, Stage, noise_frames

HOVERED = ("conv1", "relu1", "pool1", "conv2", "pool2", "conv3", "pool3")
BEAT_MS = 16
PATIENCE_S = 0.5  # for the numbers of a pixel
NUMBER_CELL = 30.0  # pixels of a cell with a number


def run(rounds: int) -> list[Figure]:
    stage = Stage(frame_network(480, 640), noise_frames(8))
    try:
        stage.window.set_shown("arithmetic", True)
        stage.rest(1.0)
        stop = stage.play(60)
        try:
            stage.rest(1.0)
            late = Heartbeat()
            hovers = _hover(stage, max(60, 3 * rounds))
            late.stop()
            fields = _effective_in_use(stage, max(10, rounds // 2))
        finally:
            stop()
        stage.rest(0.5)
        return [
            Figure("hover to shown arithmetic, camera running", hovers, target=50, judged="p95"),
            Figure("event loop, lateness meanwhile", late.lateness_ms, target=33, judged="p99"),
            Figure("effective field of a pinned pixel, camera running", fields, target=100, judged="p95"),
            Figure("effective fields, computing alone", _effective(stage, rounds), target=100, judged="p95"),
            Figure("numbers view, a frame of scrolling", _numbers(stage, rounds), target=16, judged="p95"),
        ]
    finally:
        stage.close()


class Heartbeat:
    """How late the event loop comes to a timer, from now until `stop`."""

    def __init__(self) -> None:
        self._beats: list[float] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self._beats.append(time.perf_counter()))
        self._timer.start(HEARTBEAT_MS)

    def stop(self) -> None:
        self._timer.stop()

    @property
    def lateness_ms(self) -> tuple[float, ...]:
        return tuple(max(0.0, gap * 1000 - HEARTBEAT_MS) for gap in np.diff(self._beats).tolist())


def _flow(stage: Stage) -> FlowView:
    assert isinstance(stage.maps, MapsPanel)
    return stage.maps.flow


def _move(flow: FlowView, at: QPointF) -> None:
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, at, flow.mapToGlobal(at), none, none, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(flow, event)


def _hover(stage: Stage, count: int) -> tuple[float, ...]:
    """Milliseconds from a move of the pointer to the painted arithmetic of that pixel."""
    panel = stage.window.panel("arithmetic")
    assert isinstance(panel, ArithmeticPanel)
    flow, random, times = _flow(stage), np.random.default_rng(1), []
    note = stage.qt.painted
    loop = QEventLoop()

    def watch(widget: QWidget) -> None:
        note(widget)
        found = panel.view.explanation
        if widget is panel.view and found is not None and (found.node, found.unit) == wanted[0]:
            loop.quit()

    wanted: list[object] = [None]
    stage.qt.painted = watch
    try:
        for number in range(count):
            name = HOVERED[number % len(HOVERED)]
            channel = int(random.integers(0, flow.scene.count(name)))
            place, cell = flow.find(Unit(name, channel))
            assert place is not None
            assert cell is not None
            tile = place.tile(cell)
            at = tile.topLeft() + QPointF(
                tile.width() * random.uniform(0.1, 0.9), tile.height() * random.uniform(0.1, 0.9)
            )
            column, row = place.pixel_at(cell, at)
            wanted[0] = name, (flow.scene.channel_at(place.block, cell), row, column)
            started = time.perf_counter()
            _move(flow, at)
            QTimer.singleShot(int(PATIENCE_S * 1000), loop, loop.quit)
            loop.exec()
            times.append((time.perf_counter() - started) * 1000)
            stage.doze(max(0.001, BEAT_MS / 1000 - (time.perf_counter() - started)))
    finally:
        stage.qt.painted = note
    return tuple(times)


def _effective_in_use(stage: Stage, count: int) -> tuple[float, ...]:
    """Milliseconds from a pinned pixel to its effective field in the maps."""
    panel = stage.window.panel("arithmetic")
    assert isinstance(panel, ArithmeticPanel)
    view, times = stage.workspace.view, []
    QApplication.sendEvent(_flow(stage), QEvent(QEvent.Type.Leave))
    view.select(Unit("conv3", 5))
    panel.effective_button.setChecked(True)
    stage.rest(0.3)
    loop = QEventLoop()

    def check(fields: object) -> None:
        if isinstance(fields, dict) and fields["conv3"].places == wanted[0]:
            loop.quit()

    wanted: list[object] = [None]
    view.effective_changed.connect(check)
    for number in range(count):
        row, column = 20 + number % 60, 30 + number % 80
        wanted[0] = ((row, row + 1), (column, column + 1))
        started = time.perf_counter()
        view.pin_pixel((row, column))
        QTimer.singleShot(2000, loop, loop.quit)
        loop.exec()
        times.append((time.perf_counter() - started) * 1000)
    view.effective_changed.disconnect(check)
    panel.effective_button.setChecked(False)
    return tuple(times)


def _effective(stage: Stage, rounds: int) -> tuple[float, ...]:
    answer = stage.workspace.answer
    assert answer is not None
    times = []
    for number in range(rounds):
        started = time.perf_counter()
        effective_fields(answer.trace, "pool3", (number % 64, 20, 30))
        times.append((time.perf_counter() - started) * 1000)
    return tuple(times)


def _numbers(stage: Stage, rounds: int) -> tuple[float, ...]:
    """Milliseconds of painting the whole view full of numbers, while it is pushed and frames come."""
    flow = _flow(stage)
    flow.open(Unit("conv1", 3))
    flow.finish_motion()
    place, _ = flow.find(Unit("conv1", 3))
    assert place is not None
    flow.zoom(NUMBER_CELL * 640 / place.pitch_x, QPointF(flow.width() / 2, flow.height() / 2), 1)
    flow.finish_motion()
    stage.rest(1.0)
    times = []
    for number in range(rounds):
        flow.pan(-7 if number % 40 < 20 else 7, -3)
        started = time.perf_counter()
        flow.repaint()
        times.append((time.perf_counter() - started) * 1000)
    return tuple(times)

"""The live program: 640 x 480 through three blocks of convolution, ReLU and pooling, every map visible."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtWidgets import QWidget

from explorer.document.edits import set_weight
from tests.benchmarks import whole_program
from tests.benchmarks.figure import Figure
from tests.benchmarks.jobs import frame_network
from tests.benchmarks.stage import Stage, noise_frames

SECONDS = 8.0  # of playing
STILL_SECONDS = 5.0


def run(rounds: int) -> list[Figure]:
    stage = Stage(frame_network(480, 640), noise_frames(8))
    try:
        idle = _idle(stage)
        stage.qt.durations_ms.clear()
        edits = [_edit(stage, name, rounds) for name in ("conv3", "conv1")]
        playing, memory = _play(stage)
        durations = tuple(stage.qt.durations_ms)
        return [
            idle,
            Figure("edit to painted maps, last convolution", edits[0], target=40, judged="p95"),
            Figure("edit to painted maps, first convolution", edits[1], target=100, judged="p95"),
            *playing,
            Figure("GUI thread, longest events", durations, target=50, judged="max"),
            Figure("memory while frames run", memory, "MB", target=600, judged="max"),
        ]
    finally:
        stage.close()


def _idle(stage: Stage) -> Figure:
    """Share of one core that the program takes while nothing changes."""
    before = whole_program.processor_seconds()
    stage.doze(STILL_SECONDS)
    share = (whole_program.processor_seconds() - before) / STILL_SECONDS
    return Figure("still image, processor", (100 * share,), "%", target=1.0)


def _edit(stage: Stage, name: str, rounds: int) -> tuple[float, ...]:
    """Milliseconds from an edited weight until its maps are painted."""
    document, times = stage.workspace.document, []
    for number in range(max(20, rounds)):
        started = time.perf_counter()
        document.edit("Benchmark", set_weight(name, "kernel", (0, 0, 1, 1), number / 100 + 0.001))
        network = document.network
        if not stage.wait(lambda: stage.shows(network), 5):  # noqa: B023
            raise RuntimeError("The maps of an edit were not painted within 5 s.")
        times.append((stage.painted[-1][0] - started) * 1000)
    return tuple(times)


def _play(stage: Stage) -> tuple[list[Figure], tuple[float, ...]]:
    """Frames at 60 per second: what is painted, how old it is, how late the event loop gets; and the memory in MB."""
    paintings: list[tuple[float, float]] = []
    note = stage.qt.painted

    def count(widget: QWidget) -> None:
        before = stage.painted[-1:]
        note(widget)
        if stage.painted[-1:] != before:
            when, request = stage.painted[-1]
            paintings.append((when, (when - request.frame.arrived) * 1000))

    stage.qt.painted = count
    stop = stage.play(60)
    try:
        stage.rest(1.0)
        paintings.clear()
        late = stage.rest(SECONDS)
        memory = tuple(_memory(stage) for _ in range(5))
    finally:
        stop()
        stage.qt.painted = note
    times = np.array([when for when, _ in paintings])
    rates = [
        float(np.sum((times >= start) & (times < start + 1))) for start in times[0] + np.arange(SECONDS - 1)
    ]
    figures = [
        Figure("painted frames per second", tuple(rates), "1/s", target=30, more_is_better=True),
        Figure("frame to its maps on screen", tuple(age for _, age in paintings), target=100, judged="p95"),
        Figure("event loop, lateness", tuple(late), target=33, judged="p99"),
    ]
    return figures, memory


def _memory(stage: Stage) -> float:
    stage.doze(0.1)
    return whole_program.memory_mb()

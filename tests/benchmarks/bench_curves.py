"""Painting a curve of 100,000 steps: what comes with every tick of a training that has gone on for long."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtWidgets import QApplication

from explorer.ui.widgets.curve import Curve
from explorer.ui.widgets.curve_plot import CurvePlot
from tests.benchmarks.figure import Figure

STEPS = 100_000
NEW = 20  # steps between two paintings
SIZE = 620, 240


def run(rounds: int) -> list[Figure]:
    app = QApplication.instance() or QApplication([])
    random = np.random.default_rng(0)
    steps = np.arange(1.0, STEPS + NEW * (rounds + 10) + 1)
    losses = 2.3 / np.sqrt(1 + steps / 50) * (1 + 0.3 * random.standard_normal(len(steps)))
    plot = CurvePlot("Loss")
    plot.set_smoothing(0.9)
    plot.resize(*SIZE)
    plot.show()
    app.processEvents()

    def grow(turn: int) -> None:
        count = STEPS + NEW * turn
        plot.show_curves([Curve("loss", "training", "#4da6f5", steps[:count], losses[:count], is_noisy=True)])
        plot.viewport().repaint()

    def smooth(turn: int) -> None:
        plot.set_smoothing(0.5 + 0.4 * turn / (rounds + 10))
        plot.viewport().repaint()

    try:
        name = f"curve of {STEPS:,} steps"
        return [
            Figure(f"{name}: data and painting", _times(rounds, grow), target=5),
            Figure(f"{name}: smoothed anew and painted", _times(rounds, smooth), target=33),
        ]
    finally:
        plot.close()


def _times(rounds: int, work: Callable[[int], None]) -> tuple[float, ...]:
    """Milliseconds of this thread in each round, after three that do not count."""
    times = []
    for turn in range(rounds + 3):
        started = time.thread_time()
        work(turn)
        times.append((time.thread_time() - started) * 1000)
    return tuple(times[3:])

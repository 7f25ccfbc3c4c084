"""Painting without computing: all maps of job L as tiles, and the flow view that shows them."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtWidgets import QApplication

from explorer.engine.evaluate import Trace, evaluate
from explorer.rendering.pictures import Painter, Tiles, Wanted
from explorer.ui.widgets.flow_view import FlowView
from tests.benchmarks.figure import Figure
from tests.benchmarks.jobs import frame_network

SIZE = 1600, 1000


def run(rounds: int) -> list[Figure]:
    network = frame_network(480, 640)
    random = np.random.default_rng(0)
    traces = [evaluate(network, random.random((1, 3, 480, 640), np.float32)) for _ in range(2)]
    app = QApplication.instance() or QApplication([])
    wanted: list[tuple[Tiles, ...]] = []
    view = FlowView()
    view.wanted_changed.connect(wanted.append)
    view.resize(*SIZE)
    view.set_network(network)
    view.show()
    app.processEvents()
    view.ask_now()
    painter = Painter()
    seen = Wanted(wanted[-1])
    view.show_answer(traces[0], painter.paint(traces[0], seen))
    try:
        return [
            Figure(
                "painting all 272 maps, on one thread while frames come",
                _times(rounds, lambda i: _paint(painter, traces[i % 2], seen, moving=True)),
                target=8,
            ),
            Figure(
                "painting all 272 maps exactly, on all threads",
                _times(rounds, lambda i: _paint(painter, traces[i % 2], seen)),
                target=8,
            ),
            Figure(
                "painting what did not change",
                _times(rounds, lambda i: _paint(painter, traces[0], seen)),
                target=1,
            ),
            Figure("the flow view's own painting", _times(rounds, lambda i: view.repaint()), target=6),
        ]
    finally:
        view.close()


def _paint(painter: Painter, trace: Trace, wanted: Wanted, *, moving: bool = False) -> None:
    painter.paint(trace, wanted, moving=moving)


def _times(rounds: int, work: Callable[[int], None]) -> tuple[float, ...]:
    """Milliseconds of each round, after three that do not count."""
    times = []
    for number in range(rounds + 3):
        started = time.perf_counter()
        work(number)
        times.append((time.perf_counter() - started) * 1000)
    return tuple(times[3:])

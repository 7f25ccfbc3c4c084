"""Ten thousand frames through the whole program: what memory does meanwhile."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from tests.benchmarks import whole_program
from tests.benchmarks.figure import Figure
from tests.benchmarks.jobs import frame_network
from tests.benchmarks.stage import Stage, noise_frames

FRAMES = 10_000
WARM_UP = 500


def run(rounds: int) -> list[Figure]:
    stage = Stage(frame_network(240, 320), noise_frames(8, 240, 320))
    painted, sizes = 0, []
    note = stage.qt.painted

    def count(widget: QWidget) -> None:
        nonlocal painted
        before = stage.painted[-1:]
        note(widget)
        if stage.painted[-1:] != before:
            painted += 1
            if painted % 100 == 0:
                stage.qt.durations_ms.clear()  # or the meter itself would grow by a megabyte a minute
            if painted % 100 == 0 and painted >= WARM_UP:
                sizes.append(whole_program.memory_mb())

    stage.qt.painted = count
    stop = stage.play(120)
    try:
        if not stage.wait(lambda: painted >= FRAMES, 800):
            raise RuntimeError(f"Only {painted} of {FRAMES} frames were painted within 800 s.")
    finally:
        stop()
        stage.close()
    tenth = max(1, len(sizes) // 10)
    growth = float(np.median(sizes[-tenth:]) - np.median(sizes[:tenth]))
    return [
        Figure("memory while playing", tuple(sizes), "MB", target=600, judged="max"),
        Figure(f"memory, growth over {FRAMES:,} frames", (growth,), "MB", target=10),
    ]

"""Training with kernels, maps and curves on screen beside the bare engine, and what it leaves behind."""

from __future__ import annotations

import time

import numpy as np
import psutil

from explorer.datasets.dataset import DataSet
from explorer.datasets.examples import examples
from explorer.engine.presets.networks import build_network
from explorer.engine.training import Training, train
from tests.benchmarks.figure import Figure
from tests.benchmarks.stage import Stage, noise_frames

BATCHES = (32, 128)
SECONDS = 4.0  # of each turn
TURNS = 5
IMAGES = 6000
STEPS = 20_000
WARM_UP = 2_000  # steps after which memory should not grow any more
GROWTH = 10.0  # megabytes
PATIENCE_S = 600.0


def run(rounds: int) -> list[Figure]:
    stage = Stage(build_network("keras-tutorial"), noise_frames(2, 28, 28))
    try:
        for name in ("training", "curves", "kernel"):
            stage.window.set_shown(name, True)
        stage.workspace.trainer.use(_digits())
        figures = [figure for batch in BATCHES for figure in _contest(stage, batch, min(rounds, TURNS))]
        return [*figures, _growth(stage)]
    finally:
        stage.workspace.trainer.stop()
        stage.close()


def _digits() -> DataSet:
    """Images as large as digits, a tenth of each kind: a bright spot on black, at a place that tells the class."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, IMAGES)
    rows, columns = np.mgrid[0:28, 0:28]
    center = 14 + 8 * np.stack((np.sin(labels * 0.628), np.cos(labels * 0.628)))  # (2, n)
    away = (rows - center[0, :, None, None]) ** 2 + (columns - center[1, :, None, None]) ** 2
    images = 255 * np.exp(-away / 12) + rng.normal(0, 20, away.shape) * (away < 90)
    return DataSet(
        np.clip(images, 0, 255).astype(np.uint8)[..., None], labels, tuple("0123456789"), "Spots on black"
    )


def _contest(stage: Stage, batch: int, turns: int) -> list[Figure]:
    trainer, settings = stage.workspace.trainer, Training(batch=batch)
    trainer.configure(settings=settings)
    assert trainer.dataset is not None
    assert trainer.split is not None
    network = stage.workspace.document.network
    bare = train(network, examples(trainer.dataset, trainer.split.train, network.input_shape), settings)
    inside, alone, late = [], [], []
    for turn in range(turns + 1):
        found, beats = _inside(stage)
        by_itself = _bare(bare, batch)
        if turn:  # the first one warms up
            inside.append(found)
            alone.append(by_itself)
            late += beats
    ratios = tuple(np.divide(inside, alone))
    return [
        Figure(f"batch {batch}: the engine alone", tuple(alone), "images/s"),
        Figure(f"batch {batch}: in the program", tuple(inside), "images/s"),
        Figure(f"batch {batch}: in the program / alone", ratios, "x", target=0.9, more_is_better=True),
        Figure(f"batch {batch}: event loop, lateness", tuple(late), target=33, judged="p99"),
    ]


def _inside(stage: Stage) -> tuple[float, list[float]]:
    """Images per second in the program, and how late its event loop was each time, in ms."""
    trainer = stage.workspace.trainer
    trainer.play()
    stage.rest(0.7)
    run = trainer.current
    assert run is not None
    while not run.images:  # the process that trains may still be starting
        stage.rest(0.1)
    images, seconds = run.images, run.seconds  # as of the same step: looks are rarer than steps
    stage.doze(SECONDS)
    while run.seconds == seconds:  # a machine with much else to do
        stage.doze(0.5)
    rate = (run.images - images) / (run.seconds - seconds)
    late = stage.rest(SECONDS / 2)  # apart: a heartbeat of 250 beats a second takes its share, too
    trainer.pause()
    _wait_until_at_rest(stage)
    until = time.perf_counter() + PATIENCE_S
    while trainer.assessment is None or trainer.assessment.step != run.steps:
        if time.perf_counter() > until:
            raise RuntimeError("The network was not assessed at rest.")
        stage.rest(0.1)  # else the engine alone would not be alone
    return rate, late


def _bare(steps, batch: int) -> float:
    """Images per second of the engine alone."""
    next(steps)
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < SECONDS:
        next(steps)
        count += batch
    return count / (time.perf_counter() - started)


def _growth(stage: Stage) -> Figure:
    """Megabytes that many steps in the program leave behind."""
    trainer = stage.workspace.trainer
    trainer.configure(settings=Training(batch=32))
    sizes = []
    for steps in (WARM_UP, STEPS - WARM_UP):
        trainer.play(steps)
        stage.rest(0.5)
        _wait_until_at_rest(stage)
        sizes.append(_megabytes())
    return Figure(f"memory, growth over {STEPS:,} steps", (sizes[1] - sizes[0],), "MB", target=GROWTH)


def _megabytes() -> float:
    """Of the whole program: the window's process, and those that work for it."""
    ours = psutil.Process()
    return sum(process.memory_info().rss for process in (ours, *ours.children(recursive=True))) / 1e6


def _wait_until_at_rest(stage: Stage) -> None:
    until = time.perf_counter() + PATIENCE_S
    while stage.workspace.trainer.state == "running":
        if time.perf_counter() > until:
            raise RuntimeError("The training did not come to rest.")
        stage.rest(0.2)
    stage.qt.durations_ms.clear()

"""The engine beside its peers: one frame with all maps kept, an edit, and training, in turns, as ratios.

Ratios of wall time are judged only where two threads have two cores for themselves, before a contest and after it.
PyTorch's threads wait by spinning: when somebody else holds a core it takes twenty times as long, and ours would seem
to win. Elsewhere the processor's time of one thread each is judged.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.figure import Figure
from tests.benchmarks.jobs import interleaved
from tests.benchmarks.layer_jobs import LAYERS
from tests.benchmarks.machine import speed_up
from tests.benchmarks.training_jobs import THREADS

QUIET = 0.85  # share of the cores that must be free
ONE_THREAD = {"BENCHMARK_THREADS": "1"}
TORCH = ("PyTorch", "PyTorch channels last")


@dataclass(frozen=True)
class Contest:
    """A job, what ours must reach beside the best layout of PyTorch, and beside onnxruntime where it takes part.

    `core` is the processor that our BLAS is told to take this one for; PyTorch does not ask it.
    """

    job: str
    torch: float
    onnxruntime: float | None = None
    core: str = ""

    @property
    def title(self) -> str:
        return f"{self.job} on {self.core}" if self.core else self.job


CONTESTS = (
    Contest("frame-640x480", 1.0, 1.4),
    Contest("frame-320x240", 0.9),
    Contest("edit-640x480", 0.8),
    Contest("resnet-224", 0.6),
    *(Contest(f"{way}-{layer}", 0.8) for layer in LAYERS for way in ("forward", "backward")),
    Contest("train-keras-32", 1.3),
    Contest("train-keras-128", 1.3),
    Contest("train-keras-32", 0.95, core="Haswell"),
    Contest("train-keras-128", 0.95, core="Haswell"),
    Contest("train-lenet-32", 1.1),
    Contest("train-cifar-32", 1.0),
    Contest("train-vehicles-32", 1.0),
)


def run(rounds: int) -> list[Figure]:
    return [figure for contest in CONTESTS for figure in _figures(contest, min(rounds, 15))]


def _figures(contest: Contest, rounds: int) -> list[Figure]:
    peers = TORCH if importlib.util.find_spec("torch") else ()
    if contest.onnxruntime and importlib.util.find_spec("onnxruntime"):
        peers = (*peers, "onnxruntime")
    variables = {"OPENBLAS_CORETYPE": contest.core} if contest.core else {}
    free = [speed_up(THREADS)]
    times = interleaved(contest.job, ["ours", *peers], rounds, variables=variables)
    free.append(speed_up(THREADS))
    is_quiet = min(free) >= QUIET * THREADS
    figures = [
        Figure(f"{contest.title}: cores free for us", tuple(free), ""),
        *(Figure(f"{contest.title}: {engine}", found) for engine, found in times.items()),
        *_ratios(contest, times, "" if is_quiet else ", NOT QUIET", is_judged=is_quiet),
    ]
    if hasattr(os, "sched_setaffinity"):
        alone = interleaved(contest.job, ["ours", *peers], rounds, variables={**variables, **ONE_THREAD})
        figures += _ratios(contest, alone, ", one thread", is_judged=not is_quiet)
    return figures


def _ratios(
    contest: Contest, times: Mapping[str, Sequence[float]], note: str, *, is_judged: bool
) -> Iterator[Figure]:
    medians = {engine: float(np.median(found)) for engine, found in times.items()}
    best = min((medians[engine] for engine in TORCH if engine in medians), default=None)
    for peer, time, target in (
        ("best PyTorch", best, contest.torch),
        ("onnxruntime", medians.get("onnxruntime"), contest.onnxruntime),
    ):
        if time is not None:
            yield Figure(
                f"{contest.title}: {peer} / ours{note}", (time / medians["ours"],), "x",
                target=target if is_judged else None, more_is_better=True,
            )  # fmt: skip

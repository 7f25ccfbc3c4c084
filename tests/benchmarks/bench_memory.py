"""What a frame with all its maps and a training step take of the memory, beside PyTorch, and whether it grows."""

from __future__ import annotations

import importlib.util

from tests.benchmarks.child import measure
from tests.benchmarks.figure import Figure

JOBS = ("frame-640x480", "train-keras-128")
STEPS = 10_000
FEW = 300  # for the peers, whose growth is not the question
GROWTH = 4.0  # megabytes; what a heap does by itself


def run(rounds: int) -> list[Figure]:
    return [figure for job in JOBS for figure in _figures(job)]


def _figures(job: str) -> list[Figure]:
    peers = ("PyTorch", "PyTorch channels last") if importlib.util.find_spec("torch") else ()
    theirs = {peer: float(_measured(job, peer, FEW)["peak"]) for peer in peers}
    ours = _measured(job, "ours", STEPS)
    return [
        *(Figure(f"memory of {job}: {peer}", (peak,), "MB") for peer, peak in theirs.items()),
        Figure(
            f"memory of {job}: ours", (float(ours["peak"]),), "MB", target=min(theirs.values(), default=None)
        ),
        Figure(
            f"memory of {job}: growth over {STEPS:,} steps", (float(ours["growth"]),), "MB", target=GROWTH
        ),
    ]


def _measured(job: str, engine: str, steps: int) -> dict[str, float]:
    return {
        name: float(str(value))
        for name, value in measure("tests.benchmarks.memory_job", job, engine, str(steps)).items()
    }

"""One frame with all maps kept, without a window: the engine beside PyTorch and onnxruntime, in turns."""

from __future__ import annotations

import importlib.util

import numpy as np

from tests.benchmarks.figure import Figure
from tests.benchmarks.jobs import interleaved

PEERS = {
    "PyTorch": "torch",
    "PyTorch channels last": "torch",
    "onnxruntime": "onnxruntime",
}


def run(rounds: int) -> list[Figure]:
    engines = ["ours", *(peer for peer, module in PEERS.items() if importlib.util.find_spec(module))]
    figures = []
    for size in ("640x480", "320x240"):
        times = interleaved(f"frame-{size}", engines, rounds)
        figures += [Figure(f"frame {size}: {engine}", found) for engine, found in times.items()]
        ours = np.median(times["ours"])
        figures += [
            Figure(
                f"frame {size}: {engine} / ours", (float(np.median(found) / ours),), "x", more_is_better=True
            )
            for engine, found in times.items()
            if engine != "ours"
        ]
    return figures

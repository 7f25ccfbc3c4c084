"""python -m tests.benchmarks.memory_job JOB WHO STEPS: does a job of jobs.py so often and prints its memory as JSON."""

import json
import sys

import numpy as np
import psutil

from tests.benchmarks.jobs import job_of

LOOKS = 100


def main(name: str, engine: str, steps: int) -> None:
    """`peak` is the most that the process ever had in memory; `growth` from early steps to the last ones."""
    job, process = job_of(name, engine), psutil.Process()
    every, sizes = max(1, steps // LOOKS), []
    for step in range(steps):
        job()
        if step % every == every - 1:
            sizes.append(process.memory_info().rss / 1e6)
    tenth = max(1, len(sizes) // 10)
    growth = float(np.median(sizes[-tenth:]) - np.median(sizes[tenth : 2 * tenth]))
    print(json.dumps({"peak": _peak(process), "growth": growth}))


def _peak(process: psutil.Process) -> float:
    """Megabytes; the system's own mark where it keeps one for this process alone."""
    try:
        with open("/proc/self/status", encoding="utf-8") as file:
            marks = [line.split()[1] for line in file if line.startswith("VmHWM")]
        return int(marks[0]) * 1024 / 1e6
    except (OSError, IndexError):
        return process.memory_info().rss / 1e6


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

"""What the whole program takes: the window's process, and those that work for it."""

from __future__ import annotations

from collections.abc import Iterator

import psutil


def processes() -> Iterator[psutil.Process]:
    """This process and its children."""
    ours = psutil.Process()
    yield ours
    yield from ours.children(recursive=True)


def memory_mb() -> float:
    """Megabytes in memory; what several processes share is counted once, where the system can tell."""
    return sum(_bytes(process) for process in processes()) / 1e6


def processor_seconds() -> float:
    """Seconds of processor time so far."""
    times = [process.cpu_times() for process in processes()]
    return sum(one.user + one.system for one in times)


def _bytes(process: psutil.Process) -> int:
    memory = process.memory_full_info()
    return int(getattr(memory, "pss", memory.rss))

"""How long the program needs before it can do anything, and until it shows something."""

import subprocess
import sys
import time

from tests.benchmarks.child import ROOT, seconds_of
from tests.benchmarks.figure import Figure


def run(rounds: int) -> list[Figure]:
    programs = {
        "python alone": (("-c", "pass"), None),
        "--version": (("-m", "explorer", "--version"), 150.0),
        "import numpy, cv2": (("-c", "import numpy, cv2"), None),
        "import explorer.app": (("-c", "import explorer.app"), None),
    }
    figures = [
        Figure(f"start: {name}", _times(command, min(rounds, 10)), target=target)
        for name, (command, target) in programs.items()
    ]
    first = tuple(_first_paint() for _ in range(min(rounds, 10)))
    return [*figures, Figure("start: to the first painted maps", first, target=1000)]


def _first_paint() -> float:
    """Milliseconds that the program says it took until maps were on screen."""
    command = [sys.executable, "-m", "tests.benchmarks.first_paint", repr(time.time())]
    result = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    return float(result.stdout.split()[0])


def _times(command: tuple[str, ...], rounds: int) -> tuple[float, ...]:
    seconds_of(*command)  # files into the disk cache
    return tuple(seconds_of(*command) * 1000 for _ in range(rounds))

"""How long the program needs before it can do anything: the command line, and importing the window."""

from tests.benchmarks.child import seconds_of
from tests.benchmarks.figure import Figure


def run(rounds: int) -> list[Figure]:
    programs = {
        "python alone": (("-c", "pass"), None),
        "--version": (("-m", "explorer", "--version"), 150.0),
        "import numpy, cv2": (("-c", "import numpy, cv2"), None),
        "import explorer.app": (("-c", "import explorer.app"), None),
    }
    return [
        Figure(f"start: {name}", _times(command, min(rounds, 10)), target=target)
        for name, (command, target) in programs.items()
    ]


def _times(command: tuple[str, ...], rounds: int) -> tuple[float, ...]:
    seconds_of(*command)  # files into the disk cache
    return tuple(seconds_of(*command) * 1000 for _ in range(rounds))

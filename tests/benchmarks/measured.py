"""python -m tests.benchmarks.measured NAME ROUNDS: runs one benchmark here, prints its figures as JSON."""

import importlib
import json
import sys

from tests.benchmarks.machine import machine


def main(name: str, rounds: int) -> None:
    figures = importlib.import_module(f"tests.benchmarks.bench_{name}").run(rounds)
    print(json.dumps({"machine": machine(), "figures": [figure.as_json() for figure in figures]}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

"""python -m tests.benchmarks [names] [--rounds N] [--json FILE]: runs benchmarks and prints one table."""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from explorer import __version__
from tests.benchmarks.child import ChildError, measure
from tests.benchmarks.figure import Figure, table

HERE = Path(__file__).parent
PATIENCE_S = 3600  # learning takes longest
FIELDS = ("name", "values", "unit", "target", "judged", "more_is_better")


def names() -> list[str]:
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def main() -> int:
    asked = _arguments()
    figures: list[Figure] = []
    machine: object = None
    failed = False
    for name in asked.names or names():
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            answer = measure("tests.benchmarks.measured", name, str(asked.rounds), timeout=PATIENCE_S)
        except ChildError as error:
            print(error, file=sys.stderr)
            failed = True
            continue
        machine = answer["machine"]
        figures += [_figure(one) for one in answer["figures"]]
    if machine is not None:
        _print(machine, figures)
        if asked.json is not None:
            _write(asked.json, machine, figures)
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*names(), []], metavar="NAME", help=", ".join(names()))
    parser.add_argument("--rounds", type=int, default=30, help="how often each is measured, default 30")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write everything measured into this file, too"
    )
    return parser.parse_args()


def _figure(answer: dict[str, object]) -> Figure:
    fields = {name: answer[name] for name in FIELDS}
    return Figure(**{**fields, "values": tuple(answer["values"])})


def _print(machine: dict[str, object], figures: list[Figure]) -> None:
    print(f"{machine['processor']}, {machine['cores']} cores; BLAS {', '.join(machine['blas'])}")
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    print(f"Feature-Map Explorer {__version__}, Python {machine['python']}, {versions}\n")
    print(table(figures))


def _write(file: Path, machine: object, figures: list[Figure]) -> None:
    report = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "explorer": __version__,
        "machine": machine,
        "figures": [figure.as_json() for figure in figures],
    }
    file.write_text(json.dumps(report, indent=1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

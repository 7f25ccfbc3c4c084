"""python -m explorer.courses NAME [--data FOLDER]: train a network that is shipped, and tell how good it became."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from explorer.courses import COURSES, Course
from explorer.courses.course import Taught, teach
from explorer.datasets.dataset import DataSet, DataSetError
from explorer.datasets.opening import open_dataset
from explorer.engine.folding import folded
from explorer.engine.training import Progress, assess
from explorer.exchange.files import WriteError
from explorer.exchange.network_file import SUFFIX
from explorer.exchange.trained_networks import TrainedNetwork, rounded, write_trained

TOLD_EVERY_S = 2.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, print, and write the network where that is asked for; returns the exit code."""
    asked = _arguments(arguments)
    course = COURSES[asked.name]
    if not (asked.data or course.address):
        sys.stderr.write(f"Where is the data? Expected --data FOLDER with {course.data}.\n")
        return 2
    try:
        dataset = open_dataset(asked.data or course.address)
        sys.stdout.write(f"{dataset.describe()}\n{course.describe()}\n")
        seed = course.seed if asked.seed is None else asked.seed
        card = _taught(course, dataset, seed, asked.write)
    except (DataSetError, ValueError, WriteError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(
        f"{card.accuracy:.2%} right: {card.right} of {card.judged_by} images never seen, "
        f"{card.parameters:,} parameters, {card.seconds:.1f} s\n"
    )
    return 0


def _taught(course: Course, dataset: DataSet, seed: int, folder: Path | None) -> TrainedNetwork:
    """Train, judge what would be shipped, and write it."""
    taught = teach(course, dataset, seed, _Teller())
    network = rounded(folded(taught.network))
    _, judging = course.examples(dataset)
    right = round(assess(network, judging).accuracy * len(judging))
    card = dataclasses.replace(_card(course, taught, right, seed), parameters=network.parameter_count)
    if folder is not None:
        file = write_trained(network, card, folder / f"{course.name}{SUFFIX}")
        sys.stdout.write(f"{file}: {file.stat().st_size / 1000:.0f} kB\n")
    return card


def _card(course: Course, taught: Taught, right: int, seed: int) -> TrainedNetwork:
    return TrainedNetwork(
        name=course.name,
        title=course.title,
        help=course.help,
        data=course.data,
        picture=course.picture,
        made=course.describe(),
        command=f"python -m explorer.courses {course.name}" + ("" if course.address else " --data FOLDER"),
        learned_from=taught.learned_from,
        judged_by=taught.judged_by,
        right=right,
        parameters=taught.network.parameter_count,
        seed=seed,
        seconds=round(taught.seconds, 1),
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        place=list(COURSES).index(course.name),
    )


class _Teller:
    """Prints now and then how far it is."""

    def __init__(self) -> None:
        self._told = time.perf_counter()
        self._losses: list[float] = []

    def __call__(self, progress: Progress, steps: int) -> None:
        self._losses.append(progress.loss)
        if time.perf_counter() - self._told > TOLD_EVERY_S:
            self._told = time.perf_counter()
            sys.stdout.write(f"step {progress.step:,} of {steps:,}, loss {np.mean(self._losses):.3f}\n")
            sys.stdout.flush()
            self._losses.clear()


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m explorer.courses", description=__doc__)
    parser.add_argument("name", choices=[*COURSES], help="which network")
    parser.add_argument("--data", metavar="FOLDER", help="where the data set lies, or its address")
    parser.add_argument("--seed", type=int, help="of noise and order, default that of the shipped network")
    parser.add_argument("--write", metavar="FOLDER", type=Path, help="where the network goes")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

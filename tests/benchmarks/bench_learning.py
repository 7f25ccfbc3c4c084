"""Learning from noise beside PyTorch: until a network is good, how good at the end, and how alike the losses are.

Needs the data ($EXPLORER_DATA, or ../shared/data beside the checkout). Every course is taught in a process of its
own, ours and PyTorch's in turns, so that whatever disturbs the machine disturbs both.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tests.benchmarks.child import ROOT, measure
from tests.benchmarks.figure import Figure
from tests.benchmarks.machine import speed_up

THREADS = 2
QUIET = 0.85  # share of the cores that must be free for times to be judged
PATIENCE_S = 3600
LAYOUTS = "PyTorch", "PyTorch channels last"
LUCK = 1.5  # times the farther of PyTorch's layouts
EXACT = "PyTorch float64"  # rounds so little that its losses can judge the others'


class Contest(NamedTuple):
    """A course, where its data lies, the accuracy to be reached, in how many seconds, and with how many seeds."""

    course: str
    folder: str
    goal: float
    seconds: float
    seeds: int
    layouts: tuple[str, ...] = LAYOUTS


CONTESTS = (
    Contest("digits", "mnist", 0.99, 15, 5),
    Contest("things", "cifar10", 0.77, 240, 1, ("PyTorch channels last",)),
)


def run(rounds: int) -> list[Figure]:
    """`rounds` bounds the seeds; the things take minutes each and have one, or as many as $EXPLORER_SEEDS says."""
    return [figure for contest in CONTESTS for figure in _figures(contest, rounds)]


def _figures(contest: Contest, rounds: int) -> list[Figure]:
    folder = Path(os.environ.get("EXPLORER_DATA", ROOT.parent / "shared" / "data")) / contest.folder
    if not folder.is_dir():
        return []
    peers = contest.layouts if importlib.util.find_spec("torch") else ()
    seeds = range(min(rounds, int(os.environ.get("EXPLORER_SEEDS", contest.seeds))))
    free = [speed_up(THREADS)]
    taught: dict[str, list[dict]] = {who: [] for who in ("ours", *peers)}
    for seed in seeds:
        for who, found in taught.items():
            found.append(_taught(contest.course, folder, who, seed, "course"))
    free.append(speed_up(THREADS))
    is_quiet = min(free) >= QUIET * THREADS
    figures = []
    for who, found in taught.items():
        target = contest.seconds if who == "ours" and is_quiet else None
        noise = "" if is_quiet else ", NOT QUIET"
        goal = f"{contest.goal:.0%} right"
        times = tuple(_seconds_until(contest.goal, one) for one in found)
        figures += [
            Figure(f"{contest.course}: to {goal}, {who}{noise}", times, "s", target=target),
            Figure(
                f"{contest.course}: right at the end, {who}", tuple(100 * one["accuracy"] for one in found), "%",
                target=100 * contest.goal if who == "ours" else None, more_is_better=True,
            ),
        ]  # fmt: skip
    if peers:
        figures += _likeness(contest, folder, taught, peers[-1])
    return figures


def _likeness(contest: Contest, folder: Path, taught: dict[str, list[dict]], peer: str) -> list[Figure]:
    """How much worse ours is, and how far the losses of the first steps are from where they should be.

    Large steps blow rounding up: of the same training PyTorch's own float32 layouts make curves that part at some step.
    So the curve in float64 judges, in which layouts part by 1e-15: ours is to be about as near to it as PyTorch's are.
    How far rounding is blown up is luck: another order of the same sums moved ours from 0.9e-3 to 1.2e-3.
    """
    ours, theirs = (np.mean([100 * one["accuracy"] for one in taught[who]]) for who in ("ours", peer))
    curves = {
        who: np.array(_taught(contest.course, folder, who, 0, "curve")["losses"])
        for who in (EXACT, "ours", *LAYOUTS)
    }
    apart = {who: float(np.abs(curve - curves[EXACT]).max()) for who, curve in curves.items()}
    name = f"{contest.course}: losses of 100 steps, from float64"
    allowed = max(1e-3, LUCK * max(apart[who] for who in LAYOUTS))
    return [
        Figure(f"{contest.course}: right less than {peer}", (float(theirs - ours),), "points", target=1.0),
        *(Figure(f"{name}, {who}", (apart[who],), "") for who in LAYOUTS),
        Figure(f"{name}, ours", (apart["ours"],), "", target=allowed),
    ]


def _taught(course: str, folder: Path, who: str, seed: int, mode: str) -> dict:
    return measure("tests.benchmarks.learning", course, str(folder), who, str(seed), mode, timeout=PATIENCE_S)


def _seconds_until(goal: float, taught: dict) -> float:
    """Seconds of training after which it was first so good; infinity if it never was."""
    return next((seconds for seconds, accuracy in taught["on_the_way"] if accuracy >= goal), float("inf"))

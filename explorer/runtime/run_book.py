"""The runs of a session, numbered in the order in which they began."""

from __future__ import annotations

import dataclasses

from explorer.engine.network import Network
from explorer.runtime.run_record import RunRecord

RUN = "Run "
MOST_RUNS = 100
LARGE = 1_000_000  # parameters; of such networks the last few runs only can go on exactly
GO_ON = 3


class RunBook:
    """Keeps the newest runs, within what memory can hold."""

    def __init__(self) -> None:
        self.runs: list[RunRecord] = []
        self._count = 0

    def next_title(self) -> str:
        """How the next run is called."""
        return f"{RUN}{self._count + 1}"

    def add(self, run: RunRecord) -> None:
        """Write a run down, one from a file too, which is called anew where its name is taken; the oldest ones go."""
        if run.title in {one.title for one in self.runs}:
            run.title = self.next_title()
        number = run.title.removeprefix(RUN)
        self._count = max(self._count + 1, int(number) if number.isdecimal() else 0)
        self.runs.append(run)
        del self.runs[:-MOST_RUNS]
        for old in self.runs[:-GO_ON]:
            if old.network.parameter_count > LARGE:
                old.checkpoint = dataclasses.replace(old.checkpoint, state=None)

    def maker_of(self, network: Network) -> RunRecord | None:
        """The newest run that has made this network."""
        made = (run for run in reversed(self.runs) if run.steps and have_same_nodes(run.network, network))
        return next(made, None)


def have_same_nodes(left: Network, right: Network) -> bool:
    """Whether two networks consist of the very same nodes."""
    return len(left.nodes) == len(right.nodes) and all(
        a is b for a, b in zip(left.nodes, right.nodes, strict=True)
    )

"""A figure: what was measured, again and again, and what it should be."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np


@dataclass(frozen=True)
class Figure:
    """`values` in `unit`, one per round.

    `target` bounds what `judged` ("median", "p95", "p99" or "max") says: from above, or from below where
    `more_is_better`. The p95 of such a figure is what 95 % of the rounds reached.
    """

    name: str
    values: tuple[float, ...]
    unit: str = "ms"
    target: float | None = None
    judged: str = "median"
    more_is_better: bool = False

    @property
    def median(self) -> float:
        return float(np.median(self.values))

    def percentile(self, share: float) -> float:
        """The value that `share` percent of the rounds did not do worse than."""
        return float(np.percentile(self.values, 100 - share if self.more_is_better else share))

    @property
    def summary(self) -> dict[str, float]:
        worst = min if self.more_is_better else max
        return {
            "median": self.median,
            "p95": self.percentile(95),
            "p99": self.percentile(99),
            "max": worst(self.values),
        }

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.target is None:
            return None
        found = self.summary[self.judged]
        return found >= self.target if self.more_is_better else found <= self.target

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), **self.summary, "is_met": self.is_met}


def table(figures: list[Figure]) -> str:
    """The figures under each other, for people."""
    rows = [("figure", "median", "p95", "p99", "rounds", "target", "")]
    for figure in figures:
        numbers = (f"{value:.4g}" for value in (figure.median, figure.percentile(95), figure.percentile(99)))
        sign = "≥" if figure.more_is_better else "≤"
        target = "" if figure.target is None else f"{figure.judged} {sign} {figure.target:g}"
        verdict = {True: "met", False: "MISSED", None: ""}[figure.is_met]
        rows.append((f"{figure.name} [{figure.unit}]", *numbers, str(len(figure.values)), target, verdict))
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)

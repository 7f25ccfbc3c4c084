"""What is new in curves since somebody else was told of them."""

from __future__ import annotations

from typing import NamedTuple

from explorer.runtime.curves import Curves, Numbers


class Rows(NamedTuple):
    """The rows (columns, rows) of a series after the first so many, which are as they were."""

    first: int
    table: Numbers


class CurveNews:
    """Remembers how much of each series is known elsewhere."""

    def __init__(self, curves: Curves) -> None:
        """All that is in the curves now is known."""
        self._curves = curves
        self._known = {name: (series.cuts, len(series)) for name, series in curves.named().items()}

    def take(self) -> dict[str, Rows]:
        """The new rows by the name of the series; of one that was cut all of it."""
        news = {}
        for name, series in self._curves.named().items():
            cuts = series.cuts  # before the rows: should it be cut now, all of it is new the next time
            known_cuts, first = self._known.get(name, (0, 0))
            if cuts != known_cuts:
                first = 0
            table = series.table(first)
            if table.shape[1] or cuts != known_cuts:
                news[name] = Rows(first, table)
                self._known[name] = cuts, first + table.shape[1]
        return news

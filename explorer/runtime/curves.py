"""Curves: the numbers of a training, appended by its thread and read by anyone, at any length."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

STEPS = "step", "loss", "accuracy", "learning_rate", "gradient_norm", "epoch"
VALIDATION = "step", "loss", "accuracy"
NORMS = "step", "weight", "gradient", "update"
DEAD = "step", "share"
FIRST_ROOM = 256  # rows; doubled whenever it is full
RECENT = 50  # rows that are averaged where one number is told: the loss of a single batch jumps about


class Series:
    """Named columns of equal length that grow by a row at a time; the first one is the step."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.cuts = 0  # how often rows were forgotten
        self._columns = np.empty((len(names), FIRST_ROOM))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, name: str) -> Numbers:
        """A column as it is now: a read-only view that later rows do not change."""
        count = self._count  # before the columns: they may be moved meanwhile, and never get shorter than it
        view = self._columns[self.names.index(name), :count]
        view.flags.writeable = False
        return view

    def append(self, *row: float) -> None:
        """Add a row, its numbers in the order of the names. Only one thread may."""
        count = self._count
        if count == self._columns.shape[1]:
            self._columns = self._with_room(2 * count)
        self._columns[:, count] = row
        self._count = count + 1  # last: whoever reads meanwhile sees whole rows only

    def cut(self, step: float) -> None:
        """Forget the rows of later steps."""
        kept = int(np.searchsorted(self["step"], step, "right"))
        if kept < self._count:
            self._columns = self._with_room(
                self._columns.shape[1]
            )  # views that somebody holds stay as they are
            self._count = kept
            self.cuts += 1

    def put(self, first: int, rows: Numbers) -> None:
        """Keep the first so many rows, and add these: a table (columns, rows). Only the thread that appends may."""
        count = first + rows.shape[1]
        if first < self._count or count > self._columns.shape[1]:
            self._columns = self._with_room(max(self._columns.shape[1], 2 * count))
            self._count = first  # views that somebody holds stay as they are
        self._columns[:, first:count] = rows
        self._count = count

    def recent(self, name: str) -> float:
        """The mean of a column over the last RECENT rows, as far as they are numbers; NaN where there are none."""
        values = self[name][-RECENT:]
        values = values[np.isfinite(values)]
        return float(values.mean()) if len(values) else math.nan

    def copy(self) -> Series:
        """The same rows; what is appended to one does not appear in the other."""
        return Series.of(self.names, self.table())

    def table(self, first: int = 0) -> Numbers:
        """All of it, (columns, rows), or the rows from one on."""
        count = self._count
        return self._columns[:, first:count].copy()

    @classmethod
    def of(cls, names: tuple[str, ...], table: Numbers) -> Series:
        """A series with these rows: a table (columns, rows). ValueError where it has other columns."""
        series = cls(*names)
        if table.ndim != 2 or len(table) != len(names):
            raise ValueError(
                f"Expected a table of the {len(names)} columns {', '.join(names)}, got {table.shape}."
            )
        series._count = table.shape[1]
        series._columns = np.empty((len(names), max(FIRST_ROOM, table.shape[1])))
        series._columns[:, : series._count] = table
        return series

    def _with_room(self, rows: int) -> Numbers:
        columns = np.empty((len(self.names), rows))
        columns[:, : self._count] = self._columns[:, : self._count]
        return columns


class Curves:
    """Everything that is written down of a run.

    `steps` has a row per step: loss, accuracy and gradient norm of its batch, measured before it, the learning rate,
    and how many epochs have been seen with it; the step counts from 1. `validation` has a row per assessment.
    `norms` has for each layer with weights the norms of its weights and of their gradient, and that of the last
    update as a share of the weights'. `dead` has for each rectifier the share of its units that answered no image at
    all. Both dictionaries are replaced, never changed, when a layer comes in.
    """

    def __init__(self) -> None:
        self.steps = Series(*STEPS)
        self.validation = Series(*VALIDATION)
        self.norms: dict[str, Series] = {}
        self.dead: dict[str, Series] = {}

    def add_norms(self, step: int, layer: str, weight: float, gradient: float, update: float) -> None:
        """The norms of one layer at a step."""
        if layer not in self.norms:
            self.norms = {**self.norms, layer: Series(*NORMS)}
        self.norms[layer].append(step, weight, gradient, update)

    def add_assessed(self, step: int, loss: float, accuracy: float, dead: Mapping[str, float]) -> None:
        """How the network of a step did on the validation images, and the share of dead units by layer."""
        self.validation.append(step, loss, accuracy)
        for layer, share in dead.items():
            if layer not in self.dead:
                self.dead = {**self.dead, layer: Series(*DEAD)}
            self.dead[layer].append(step, share)

    def cut(self, step: int) -> None:
        """Forget what came after a step."""
        for series in self.named().values():
            series.cut(step)

    def copy(self) -> Curves:
        """The same numbers; what one gets from now on the other does not."""
        return Curves.of(self.tables())

    def named(self) -> dict[str, Series]:
        """Every series by its name: that of a layer is "norms/conv1" or "dead/relu1"."""
        found = {"steps": self.steps, "validation": self.validation}
        found |= {f"norms/{layer}": series for layer, series in self.norms.items()}
        return found | {f"dead/{layer}": series for layer, series in self.dead.items()}

    def tables(self) -> dict[str, Numbers]:
        """Every series as a table (columns, rows): what a file keeps."""
        return {name: series.table() for name, series in self.named().items()}

    def put(self, name: str, first: int, rows: Numbers) -> None:
        """Keep the first so many rows of a series, and add these. ValueError where it has other columns."""
        series = self.named().get(name)
        if series is None:
            self._take(name, rows)
        else:
            series.put(first, rows)

    @classmethod
    def of(cls, tables: dict[str, Numbers]) -> Curves:
        """The curves whose tables these are. ValueError where one has other columns."""
        curves = cls()
        for name, table in tables.items():
            curves._take(name, table)
        return curves

    def _take(self, name: str, table: Numbers) -> None:
        """Have a series with these rows in the place of the one of the name."""
        group, _, layer = name.partition("/")
        match group:
            case "steps":
                self.steps = Series.of(STEPS, table)
            case "validation":
                self.validation = Series.of(VALIDATION, table)
            case "norms":
                self.norms = {**self.norms, layer: Series.of(NORMS, table)}
            case "dead":
                self.dead = {**self.dead, layer: Series.of(DEAD, table)}

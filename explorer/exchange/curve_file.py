"""Curves as CSV: a row per step, a column per curve, empty where a curve has no value."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.exchange.files import write_whole

Numbers = NDArray[np.floating]


class Column(NamedTuple):
    """The values of one curve, and the steps at which they were measured, ascending."""

    steps: Numbers
    values: Numbers


def curve_table(columns: Mapping[str, Column]) -> str:
    """The text of the file. Numbers are written so that reading them gives the very same ones."""
    steps = np.unique(np.concatenate([np.empty(0), *(column.steps for column in columns.values())]))
    cells = [_aligned(column, steps) for column in columns.values()]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["step", *columns])
    writer.writerows(zip(map(_written, steps), *cells, strict=True))
    return text.getvalue()


def write_curves(columns: Mapping[str, Column], path: Path) -> Path:
    """Write the file; raises WriteError."""
    return write_whole(path, lambda file: file.write(curve_table(columns).encode()))


def _aligned(column: Column, steps: Numbers) -> list[str]:
    cells = [""] * len(steps)
    for place, value in zip(np.searchsorted(steps, column.steps), column.values, strict=True):
        cells[place] = _written(value)
    return cells


def _written(value: float) -> str:
    value = float(value)
    return (
        str(int(value)) if math.isfinite(value) and value == int(value) and abs(value) < 1e15 else repr(value)
    )

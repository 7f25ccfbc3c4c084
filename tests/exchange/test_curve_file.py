"""Curves as CSV: what is read back is what was written."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from explorer.exchange.curve_file import Column, curve_table, write_curves
from explorer.exchange.files import WriteError

RNG = np.random.default_rng(0)
STEPS = np.arange(1.0, 501.0)
COLUMNS = {
    "training loss": Column(STEPS, RNG.random(500) * 10 ** RNG.uniform(-9, 5, 500)),
    "validation loss": Column(STEPS[49::50], RNG.random(10)),
}


def read(path: Path) -> dict[str, Column]:
    with path.open(newline="", encoding="utf-8") as file:
        heads, *rows = csv.reader(file)
    found = {}
    for place, name in enumerate(heads[1:], 1):
        pairs = [(float(row[0]), float(row[place])) for row in rows if row[place]]
        found[name] = Column(*map(np.array, zip(*pairs, strict=True)))
    return found


def test_it_reads_back_equal(tmp_path: Path) -> None:
    found = read(write_curves(COLUMNS, tmp_path / "curves.csv"))
    assert list(found) == list(COLUMNS)
    for name, column in COLUMNS.items():
        np.testing.assert_array_equal(found[name].steps, column.steps)
        np.testing.assert_array_equal(found[name].values, column.values)


def test_a_row_by_hand() -> None:
    columns = {
        "a, raw": Column(np.array([1.0, 2]), np.array([0.5, np.nan])),
        "b": Column(np.array([2.0]), np.array([3.0])),
    }
    assert curve_table(columns) == 'step,"a, raw",b\n1,0.5,\n2,nan,3\n'


def test_no_curves_are_a_line_of_names() -> None:
    assert curve_table({}) == "step\n"


@pytest.mark.skipif(os.name == "nt", reason="a folder as a file is another error there")
def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="could not be written"):
        write_curves(COLUMNS, tmp_path / "file" / "curves.csv")

"""A signal as a person types it: numbers in any number of rows, never evaluated as code."""

from __future__ import annotations

import numpy as np

from explorer.engine.kernel_limits import KernelError
from explorer.engine.kernel_number import number_text, read_number
from explorer.engine.layer import Array

MOST_VALUES = 10_000
MOST_CHARACTERS = 400_000
EXPECTED = "Expected numbers such as '0 0 1 1 0.5', in one row or in several."
BRACKETS = str.maketrans(dict.fromkeys("[](){}", " "))


class SignalError(ValueError):
    """A signal that cannot be; its text is a sentence for the person."""


def read_signal(text: str) -> Array:
    """The signal (length,) in a text of numbers between spaces, commas, semicolons or tabs; rows follow each other.

    Raises SignalError with the row and the number in it that cannot be read, and what was expected there.
    """
    if len(text) > MOST_CHARACTERS:
        raise SignalError(
            f"The text has {len(text):,} characters. A signal has at most {MOST_VALUES:,} numbers."
        )
    values: list[float] = []
    for number, line in enumerate(text.translate(BRACKETS).splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            values += _row(line, number)
    if not values:
        raise SignalError(f"There are no numbers. {EXPECTED}")
    if len(values) > MOST_VALUES:
        raise SignalError(f"These are {len(values):,} numbers. A signal has at most {MOST_VALUES:,}.")
    return np.array(values, np.float32)


def _row(line: str, number: int) -> list[float]:
    separator = next((sign for sign in "\t;," if sign in line), None)
    cells = line.split(separator)
    if separator and not cells[-1].strip():
        cells.pop()  # "1, 2, 3," as spreadsheets and code write it
    try:
        return [
            read_number(cell, f"Row {number}, number {place}", decimal_comma=separator in ("\t", ";"))
            for place, cell in enumerate(cells, 1)
        ]
    except KernelError as error:
        raise SignalError(str(error)) from None


def signal_text(signal: Array) -> str:
    """The signal as one row of numbers that reads back as the same signal."""
    return " ".join(number_text(float(value)) for value in signal)

"""Signals to look at in one dimension: sine, step, noise, a row or a column of an image."""

from __future__ import annotations

import numpy as np

from explorer.engine.arithmetic.signal_text import MOST_VALUES, SignalError
from explorer.engine.layer import Array


def sine(length: int, period: float, amplitude: float = 1.0, phase: float = 0.0) -> Array:
    """amplitude · sin(2π · (position / period + phase / 360°)); the period in values, the phase in degrees."""
    if not period > 0:
        raise SignalError(f"The period is {period:g} values. Expected more than 0.")
    turns = np.arange(_checked(length)) / period + phase / 360
    return np.asarray(amplitude * np.sin(2 * np.pi * turns), np.float32)


def step(length: int, at: int, low: float = 0.0, high: float = 1.0) -> Array:
    """`low` before the position `at` and `high` from there on."""
    return np.where(np.arange(_checked(length)) < at, low, high).astype(np.float32)


def noise(length: int, spread: float = 1.0, seed: int = 0) -> Array:
    """Independent normal numbers of mean 0 and this standard deviation; the same for the same seed."""
    return np.random.default_rng(seed).normal(0, spread, _checked(length)).astype(np.float32)


def line_of(image: Array, *, row: int | None = None, column: int | None = None, channel: int = 0) -> Array:
    """A row or a column of one channel of an image (channels, height, width)."""
    if (row is None) == (column is None):
        raise SignalError("A line of an image is a row or a column. Name one of the two.")
    channels, height, width = image.shape
    for what, index, count in (
        ("channel", channel, channels),
        ("row", row, height),
        ("column", column, width),
    ):
        if index is not None and not 0 <= index < count:
            raise SignalError(f"There is no {what} {index}: the image has {count}, counted from 0.")
    line = image[channel, row] if row is not None else image[channel, :, column]
    return np.array(line, np.float32)


def _checked(length: int) -> int:
    if not 1 <= length <= MOST_VALUES:
        raise SignalError(f"A signal of {length:,} values is not possible. Expected 1 to {MOST_VALUES:,}.")
    return length

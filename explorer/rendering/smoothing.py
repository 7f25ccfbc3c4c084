"""Smoothing of curves that grow: a running mean with weights that fade, without the pull of its start.

As TensorBoard does it: s = w * s + (1 - w) * y, divided by 1 - w ** n after n values (Kingma & Ba 2014, section
3). Values that are no numbers are passed over; a curve of fewer than three values, or of equal ones, is left as
it is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

LARGEST_WEIGHT = 0.999
FEWEST = 3  # values that are smoothed: a mean of one or two says nothing
BLOCK = 256  # values whose part of the mean is worked out at once


def smoothed(values: NDArray[np.floating], weight: float) -> Values:
    """All values smoothed with `weight`, 0 (as they are) to 0.999."""
    return Smoothing(weight).of(values)


class Smoothing:
    """Smooths a curve to which values are added at the end; only what is new is worked out."""

    def __init__(self, weight: float) -> None:
        self.weight = min(max(weight, 0.0), LARGEST_WEIGHT)
        self.forget()

    def forget(self) -> None:
        """Begin another curve."""
        self._sum = 0.0
        self._count = 0  # of numbers; what is none does not count
        self._lowest, self._highest = np.inf, -np.inf
        self._done = 0
        self._smooth = np.empty(0)

    def of(self, values: NDArray[np.floating]) -> Values:
        """The curve smoothed; `values` are those of the last call with more at the end, or another `forget`."""
        if len(values) < self._done:
            self.forget()
        new = np.asarray(values[self._done :], np.float64)
        if len(new):
            self._grow(len(values))
            self._smooth[self._done : len(values)] = self._continued(new)
            self._done = len(values)
        if self.weight == 0 or self._count < FEWEST or self._lowest == self._highest:
            return np.asarray(values, np.float64)
        return self._smooth[: self._done]

    def _grow(self, length: int) -> None:
        if length > len(self._smooth):
            longer = np.empty(max(length, 2 * len(self._smooth)))
            longer[: self._done] = self._smooth[: self._done]
            self._smooth = longer

    def _continued(self, new: Values) -> Values:
        """The smoothed values that follow; NaN where `new` is no number."""
        is_number = np.isfinite(new)
        numbers = new[is_number]
        result = np.full(len(new), np.nan)
        if not len(numbers):
            return result
        self._lowest = min(self._lowest, float(numbers.min()))
        self._highest = max(self._highest, float(numbers.max()))
        sums = self._sums(numbers)
        counts = self._count + np.arange(1, len(numbers) + 1)
        self._sum, self._count = float(sums[-1]), int(counts[-1])
        result[is_number] = sums / -np.expm1(counts * np.log(self.weight)) if self.weight else numbers
        return result

    def _sums(self, numbers: Values) -> Values:
        """s of every number. In blocks, all of which go on at once from 0; then each gets what came before it."""
        weight, count = self.weight, len(numbers)
        width = min(BLOCK, count)
        blocks = np.zeros((-(-count // width), width))
        blocks.ravel()[:count] = numbers
        blocks *= 1 - weight
        for column in range(1, width):
            blocks[:, column] += weight * blocks[:, column - 1]
        fading = weight ** np.arange(1, width + 1)
        before = self._sum
        for block in blocks:
            block += fading * before
            before = float(block[-1])
        return blocks.ravel()[:count]

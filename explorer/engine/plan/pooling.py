"""What follows a planned convolution: max pooling 2 x 2, bias and ReLU, and the way back through them.

What is pooled lies in four phases: the upper left, upper right, lower left and lower right pixels. Bias and ReLU
come after the pooling, on a quarter of the values: neither changes which pixel of a window is the largest.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from explorer.engine.layer import Array
from explorer.engine.layers.activation import zeros_for
from explorer.engine.plan.place import Pixels, pixels_of
from explorer.engine.selection import bits, select

Mask = NDArray[np.bool_]


class Tail:
    """Pooling, bias (k, 1) and ReLU, each of them or none, for bands of at most `longest` rows of the output.

    `out` and `gradient` are those of the output, (rows, k, line). `phases` (4 or 1, rows, k, line) is what the
    convolution writes into, before each band's `forward`; without pooling that is the output itself.
    """

    def __init__(
        self, out: Array, gradient: Array, bias: Array | None, rectify: bool, pool: bool, longest: int
    ) -> None:
        self.out, self.gradient, self.bias, self.rectify = out, gradient, bias, rectify
        rows, filters, line = out.shape
        self.is_pooled = pool
        self.phases = np.empty((4, rows, filters, line), np.float32) if pool else out[None]
        band = longest, filters, line
        self.mask = np.empty(band, bool)
        if pool:
            self.upper, self.lower = np.empty(band, np.float32), np.empty(band, np.float32)
            self.masked = np.empty(band, np.float32)
        self.ones = np.ones(line, np.float32)
        self.sums = np.empty((rows, filters), np.float32)

    def forward(self, rows: slice) -> None:
        """From the phases to the output."""
        out = self.out[rows]
        if self.is_pooled:
            first, second, third, fourth = self.phases[:, rows]
            half = self.lower[: len(out)]
            np.maximum(first, second, out=out)
            np.maximum(third, fourth, out=half)
            np.maximum(out, half, out=out)
        if self.bias is not None:
            np.add(out, self.bias, out=out)
        if self.rectify:
            np.maximum(out, zeros_for(out), out=out)

    def back(self, rows: slice, into: Array) -> None:
        """The gradient of the phases, `into` (4 or 1, rows of the band, k, line)."""
        gradient = self.gradient[rows]
        count = len(gradient)
        masked = self.masked[:count] if self.is_pooled else into[0]
        if self.rectify:
            mask = self.mask[:count]
            np.not_equal(self.out[rows], 0, out=mask)  # NaN passes, as it did forward
            select(gradient, mask, masked)
        elif self.is_pooled:
            masked = gradient
        else:
            np.copyto(masked, gradient)
        if self.bias is not None:
            np.matmul(masked, self.ones, out=self.sums[rows])  # BLAS adds fastest
        if self.is_pooled:
            self._award(masked, self.phases[:, rows], into)

    def bias_gradient(self, out: Array) -> None:
        """The bias's gradient (k,), once all bands have gone back."""
        np.add.reduce(self.sums, axis=0, out=out)

    def _award(self, gradient: Array, phases: Array, out: Array) -> None:
        """Of every window the largest pixel gets the gradient, of equal ones the first in scan order."""
        count = len(gradient)
        upper, lower, mask = self.upper[:count], self.lower[:count], self.mask[:count]
        np.maximum(phases[0], phases[1], out=upper)
        np.maximum(phases[2], phases[3], out=lower)
        _split(gradient, upper, lower, mask, upper, lower)
        _split(upper, phases[0], phases[1], mask, out[0], out[1])
        _split(lower, phases[2], phases[3], mask, out[2], out[3])


def _split(
    gradient: Array, first: Array, second: Array, mask: Mask, to_first: Array, to_second: Array
) -> None:
    """The gradient goes to the larger one of two, to the first where they are equal."""
    np.greater_equal(first, second, out=mask)
    select(gradient, mask, to_first)
    np.bitwise_xor(bits(gradient), bits(to_first), out=bits(to_second))


def to_phases(rows: Array, phases: Array, count: int) -> None:
    """Sort the pixels of rows (2 h, k, line), or (2 h, k, w, n), of `count` images into phases (4, h, k, line / 2)."""
    np.copyto(_sorted_pixels(phases, count), _pixels_in_place(rows, count))


def from_phases(phases: Array, rows: Array, count: int) -> None:
    """The way back from `to_phases`."""
    np.copyto(_pixels_in_place(rows, count), _sorted_pixels(phases, count))


def _pixels_in_place(rows: Array, count: int) -> Pixels:
    if rows.ndim == 3:
        rows = rows.reshape(*rows.shape[:2], -1, count)
    pixels = pixels_of(rows)  # (2 h, k, 2 columns)
    height, filters, width = pixels.shape
    row, channel, column = pixels.strides
    shape = height // 2, 2, filters, width // 2, 2
    pixels = as_strided(pixels, shape, (2 * row, row, channel, 2 * column, column))
    return pixels.transpose(1, 4, 0, 2, 3)  # (2, 2, h, k, columns)


def _sorted_pixels(phases: Array, count: int) -> Pixels:
    _, height, filters, line = phases.shape
    return pixels_of(phases.reshape(2, 2, height, filters, line // count, count))  # (2, 2, h, k, columns)

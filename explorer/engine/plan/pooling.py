"""What follows a planned convolution: max pooling 2 x 2, bias and ReLU, and the way back through them.

What is pooled lies in four phases: the upper left, upper right, lower left and lower right pixels. Bias and ReLU
come after the pooling, on a quarter of the values: neither changes which pixel of a window is the largest.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.lib.stride_tricks import as_strided

from explorer.engine.layer import Array
from explorer.engine.layers.activation import zeros_for
from explorer.engine.plan.calls import Call, copying, leaving, selecting
from explorer.engine.plan.place import Pixels, pixels_of


class Tail:
    """Pooling, bias (k, 1) and ReLU, each of them or none, for bands of at most `longest` rows of the output.

    `out` and `gradient` are those of the output, (rows, k, line). `phases` (4 or 1, rows, k, line) is what the
    convolution writes into, before each band's way there; without pooling that is the output itself.
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
            self.pairs = np.empty(
                (2, *band), np.float32
            )  # the larger of the upper two pixels, and of the lower two
            self.masks = np.empty((2, *band), bool)
            self.masked = np.empty(band, np.float32)
        self.ones = np.ones(line, np.float32)
        self.sums = np.empty((rows, filters), np.float32)

    def there(self, rows: slice) -> list[Call]:
        """From the phases to the output."""
        out = self.out[rows]
        calls: list[Call] = []
        if self.is_pooled:
            calls += self._pair(rows)
            upper, lower = self.pairs[:, : len(out)]
            calls.append(partial(np.maximum, upper, lower, out=out))
        if self.bias is not None:
            calls.append(partial(np.add, out, self.bias, out))
        if self.rectify:
            calls.append(partial(np.maximum, out, zeros_for(out), out=out))
        return calls

    def back(self, rows: slice, into: Array) -> list[Call]:
        """The gradient of the phases, `into` (4 or 1, rows of the band, k, line)."""
        gradient = self.gradient[rows]
        calls: list[Call] = []
        count = len(gradient)
        masked = self.masked[:count] if self.is_pooled else into[0]
        if self.rectify:
            mask = self.mask[:count]
            calls.append(partial(np.not_equal, self.out[rows], 0, mask))  # NaN passes, as it did forward
            calls.append(selecting(gradient, mask, masked))
        elif self.is_pooled:
            masked = gradient
        else:
            calls.append(copying(masked, gradient))
        if self.bias is not None:
            calls.append(partial(np.matmul, masked, self.ones, self.sums[rows]))  # BLAS adds fastest
        if self.is_pooled:
            calls += self._award(masked, rows, into)
        return calls

    def bias_gradient(self, out: Array) -> Call:
        """The bias's gradient (k,), once all bands have gone back."""
        return partial(np.add.reduce, self.sums, 0, None, out)

    def _pair(self, rows: slice) -> list[Call]:
        """The larger pixel of each pair in a row."""
        phases = self.phases[:, rows]
        pairs = self.pairs[:, : phases.shape[1]]
        return [partial(np.maximum, phases[0::2], phases[1::2], out=pairs)]

    def _award(self, gradient: Array, rows: slice, out: Array) -> list[Call]:
        """Of every window the largest pixel gets the gradient, of equal ones the first in scan order."""
        phases, count = self.phases[:, rows], len(gradient)
        pairs, mask, masks = self.pairs[:, :count], self.mask[:count], self.masks[:, :count]
        return [
            *self._pair(rows),
            partial(np.greater_equal, pairs[0], pairs[1], mask),
            selecting(gradient, mask, pairs[0]),
            leaving(gradient, pairs[0], pairs[1]),
            partial(np.greater_equal, phases[0::2], phases[1::2], masks),
            selecting(pairs, masks, out[0::2]),
            leaving(pairs, out[0::2], out[1::2]),
        ]


def to_phases(rows: Array, phases: Array, count: int) -> Call:
    """Sort the pixels of rows (2 h, k, line), or (2 h, k, w, n), of `count` images into phases (4, h, k, line / 2)."""
    return copying(_sorted_pixels(phases, count), _pixels_in_place(rows, count))


def from_phases(phases: Array, rows: Array, count: int) -> Call:
    """The way back from `to_phases`."""
    return copying(_pixels_in_place(rows, count), _sorted_pixels(phases, count))


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

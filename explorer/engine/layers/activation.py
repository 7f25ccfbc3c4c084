"""Activations: functions of every single value. What they share, and the best known of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from functools import cache
from typing import ClassVar

import cv2
import numpy as np

from explorer.engine.layer import Array, Layer, Parameters
from explorer.engine.memory import BLOCK, each_block
from explorer.engine.row_work import RowWork
from explorer.engine.rows import rows_of_blocks
from explorer.engine.selection import select
from explorer.engine.tape import Gradients, Needed, Tape


class Activation(Layer):
    """A function of every single value, in maps and in lists alike."""

    group = "Activation"
    slope_from_output: ClassVar[bool] = False  # whether `derive` reads the output instead of the input

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        y = each_block(self.apply, x)
        tape.keep(y if self.slope_from_output else x)
        return y

    def by_rows(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> RowWork | None:
        (x,) = inputs
        if x.ndim != 4:
            return None
        work = rows_of_blocks(self.apply, x)
        tape.keep(work.output if self.slope_from_output else x)
        return work

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        (kept,) = tape
        return Gradients((each_block(self.derive, kept, gradient),))

    @abstractmethod
    def apply(self, x: Array, out: Array) -> None:
        """Write the function of `x` into `out`; both are a block of any shape, and not the same."""

    @abstractmethod
    def derive(self, kept: Array, gradient: Array, out: Array) -> None:
        """Write the derivative times `gradient` into `out`; `kept` is the input, or the output if so declared."""


class ReLU(Activation):
    """max(0, x) (Nair & Hinton 2010); the slope at 0 is taken as 0."""

    kind = "relu"
    onnx_name = "Relu"
    title = "ReLU"
    help = "Keeps what is positive and turns everything negative into 0."
    signed_output = False
    slope_from_output = True

    def apply(self, x: Array, out: Array) -> None:
        if x.dtype == np.float32 and x.flags.c_contiguous and out.flags.c_contiguous and _lets_nan_pass():
            # It reads one array where NumPy reads two, and takes half the time.
            cv2.threshold(x.reshape(-1), 0, 0, cv2.THRESH_TOZERO, out.reshape(-1))
            return
        # An array of zeros: with a scalar it takes six times as long. A kept one: filling it takes as long again.
        np.maximum(x, zeros_for(x), out=out)

    def derive(self, y: Array, gradient: Array, out: Array) -> None:
        select(gradient, y != 0, out)  # NaN passes, as it did forward


@cache
def _lets_nan_pass() -> bool:
    """Whether OpenCV's threshold keeps NaN, as IEEE 754 wishes; that depends on the processor it was made for."""
    nan = np.full(67, np.nan, np.float32)  # vectors and a rest
    return bool(np.isnan(cv2.threshold(nan, 0, 0, cv2.THRESH_TOZERO)[1]).all())


ZEROS = np.zeros(BLOCK, np.float32)
ZEROS.flags.writeable = False
SHORT = 1 << 12  # numbers that leave the first-level cache to others


def zeros_for(x: Array) -> Array:
    """Kept zeros that a block can be compared with: of the shape of its last axes, few where few are enough."""
    if x.dtype != ZEROS.dtype or x.size == 0 or x.shape[-1] > len(ZEROS):
        return np.zeros_like(x)
    axis, size = x.ndim - 1, x.shape[-1]
    while axis and size * x.shape[axis - 1] <= SHORT:
        axis -= 1
        size *= x.shape[axis]
    return ZEROS[:size].reshape(x.shape[axis:])

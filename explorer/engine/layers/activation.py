"""Activations: functions of every single value. What they share, and the best known of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from explorer.engine.layer import Array, Layer, Parameters
from explorer.engine.memory import each_block
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
        # An array of zeros: with a scalar it takes six times as long.
        np.maximum(x, np.zeros_like(x), out=out)

    def derive(self, y: Array, gradient: Array, out: Array) -> None:
        select(gradient, y != 0, out)  # NaN passes, as it did forward

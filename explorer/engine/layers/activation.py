"""Activations: functions of every single value. What they share, and the best known of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from explorer.engine.layer import Array, Layer, Parameters, Tape
from explorer.engine.memory import each_block


class Activation(Layer):
    """A function of every single value, in maps and in lists alike."""

    group = "Activation"

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        return each_block(self.apply, x)

    @abstractmethod
    def apply(self, x: Array, out: Array) -> None:
        """Write the function of `x` into `out`; both are a block of any shape, and not the same."""


class ReLU(Activation):
    """max(0, x) (Nair & Hinton 2010)."""

    kind = "relu"
    title = "ReLU"
    help = "Keeps what is positive and turns everything negative into 0."
    signed_output = False

    def apply(self, x: Array, out: Array) -> None:
        # An array of zeros: with a scalar it takes six times as long.
        np.maximum(x, np.zeros_like(x), out=out)

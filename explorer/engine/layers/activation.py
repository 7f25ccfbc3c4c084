"""Activations: functions of every single value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.engine.layer import Array, Layer, Parameters, Tape
from explorer.engine.memory import each_block


class ReLU(Layer):
    """max(0, x) (Nair & Hinton 2010)."""

    kind = "relu"
    title = "ReLU"
    group = "Activation"
    help = "Keeps what is positive and turns everything negative into 0."
    signed_output = False

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        return each_block(lambda block, out: np.maximum(block, np.zeros_like(block), out=out), x)

"""Softmax: from scores to probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.engine.geometry import Window
from explorer.engine.layer import Array, Layer, Parameters, Shape, Tape
from explorer.engine.memory import each_channel_block


class Softmax(Layer):
    """exp(x) / sum of exp(x), over the features of a list or over the channels at every pixel of maps."""

    kind = "softmax"
    title = "Softmax"
    group = "Activation"
    help = "Turns scores into probabilities that add up to 1, over the features or over the channels of maps."
    signed_output = False

    def windows(self, shapes: Sequence[Shape]) -> tuple[Window, Window] | None:
        return (Window(), Window()) if len(shapes[0]) == 3 else None

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs

        def shares(block: Array, out: Array) -> None:
            # Less the largest score: the quotient is the same and nothing overflows.
            np.subtract(block, block.max(axis=1, keepdims=True), out=out)
            np.exp(out, out=out)
            np.divide(out, out.sum(axis=1, keepdims=True), out=out)

        return each_channel_block(shares, x)

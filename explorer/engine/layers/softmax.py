"""Softmax: from scores to probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.engine.geometry import Window
from explorer.engine.layer import Array, Layer, Parameters, Shape
from explorer.engine.memory import each_channel_block
from explorer.engine.tape import Gradients, Needed, Tape


class Softmax(Layer):
    """exp(x) / sum of exp(x), over the features of a list or over the channels at every pixel of maps."""

    kind = "softmax"
    title = "Softmax"
    group = "Activation"
    help = "Turns scores into probabilities that add up to 1, over the features or over the channels of maps."
    signed_output = False

    def windows(self, shapes: Sequence[Shape]) -> tuple[Window, ...] | None:
        return super().windows(shapes) if len(shapes[0]) > 1 else None

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs

        def shares(block: Array, out: Array) -> None:
            # Less the largest score: the quotient is the same and nothing overflows.
            np.subtract(block, block.max(axis=1, keepdims=True), out=out)
            np.exp(out, out=out)
            np.divide(out, out.sum(axis=1, keepdims=True), out=out)

        y = each_channel_block(shares, x)
        tape.keep(y)
        return y

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        (y,) = tape

        def weighed(y: Array, gradient: Array, out: Array) -> None:
            np.multiply(y, gradient, out=out)
            np.subtract(gradient, out.sum(axis=1, keepdims=True), out=out)
            np.multiply(out, y, out=out)

        return Gradients((each_channel_block(weighed, y, gradient),))


class LogSoftmax(Layer):
    """x - log(sum of exp(x)): the logarithm of Softmax, without its loss of digits."""

    kind = "log_softmax"
    title = "Log softmax"
    group = "Activation"
    help = (
        "The logarithms of the probabilities that Softmax gives: 0 is certain, very negative is impossible."
    )

    def windows(self, shapes: Sequence[Shape]) -> tuple[Window, ...] | None:
        return super().windows(shapes) if len(shapes[0]) > 1 else None

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs

        def logarithms(block: Array, out: Array) -> None:
            np.subtract(block, block.max(axis=1, keepdims=True), out=out)
            np.subtract(out, np.log(np.exp(out).sum(axis=1, keepdims=True)), out=out)

        y = each_channel_block(logarithms, x)
        tape.keep(y)
        return y

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        (y,) = tape

        def weighed(y: Array, gradient: Array, out: Array) -> None:
            np.exp(y, out=out)
            np.multiply(out, gradient.sum(axis=1, keepdims=True), out=out)
            np.subtract(gradient, out, out=out)

        return Gradients((each_channel_block(weighed, y, gradient),))

"""Batch normalisation, as it is when the network is used: with fixed means and variances."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from explorer.engine.initializers import ones, zeros
from explorer.engine.layer import Array, Layer, Parameters, Shape, Tape, setting
from explorer.engine.memory import each_channel_block


class BatchNormalization(Layer):
    """(x - mean) / sqrt(variance + epsilon) * scale + shift, per channel (Ioffe & Szegedy 2015)."""

    kind = "batch_norm"
    title = "Batch normalisation"
    group = "Normalisation"
    help = "Brings every channel to mean 0 and variance 1 of the training images, then scales and shifts it."

    epsilon: float = setting(
        default=1e-5,
        low=0,
        high=1,
        help="Added to the variance, so that a constant channel is not divided by zero.",
    )

    def summary(self) -> str:
        return "batch norm"

    def parameter_shapes(self, shapes: Sequence[Shape]) -> dict[str, Shape]:
        return dict.fromkeys(("scale", "shift", "mean", "variance"), (shapes[0][0],))

    def initial_parameters(self, shapes: Sequence[Shape], rng: np.random.Generator) -> dict[str, Array]:
        channels = shapes[0][:1]
        return {
            "scale": ones(channels),
            "shift": zeros(channels),
            "mean": zeros(channels),
            "variance": ones(channels),
        }

    def multiply_adds(self, shapes: Sequence[Shape]) -> int:
        return math.prod(shapes[0])

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        variance = parameters["variance"].astype(np.float64)
        factor = (parameters["scale"] / np.sqrt(variance + self.epsilon)).astype(np.float32)

        def normalise(block: Array, out: Array, mean: Array, factor: Array, shift: Array) -> None:
            np.subtract(block, mean, out=out)  # first, so that a large mean costs no digits
            np.multiply(out, factor, out=out)
            np.add(out, shift, out=out)

        return each_channel_block(normalise, x, parameters["mean"], factor, parameters["shift"])

"""Dropout, which does something only while the network learns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.engine.layer import Array, Layer, Parameters, setting
from explorer.engine.tape import Gradients, Needed, Tape


class Dropout(Layer):
    """Hands its input on; in training a share of the values is set to 0 (Srivastava et al. 2014).

    Those that stay are made larger by 1 / (1 - rate), so that nothing needs to change afterwards.
    """

    kind = "dropout"
    title = "Dropout"
    group = "Normalisation"
    help = "Switches off a random share of the values in training; otherwise changes nothing."

    rate: float = setting(
        default=0.5, low=0, high=0.95, step=0.05, help="Share of the values that training switches off."
    )

    def summary(self) -> str:
        return f"dropout {self.rate:g}"

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        if tape.rng is None or self.rate == 0:
            return x
        factors = _mask(x, self.rate, tape.rng)
        tape.keep(factors)
        return np.multiply(x, factors)

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        factors = next(iter(tape), None)
        return Gradients((gradient if factors is None else np.multiply(gradient, factors),))


def _mask(x: Array, rate: float, rng: np.random.Generator) -> Array:
    """Of the shape of `x`, 0 with a chance of `rate`, else 1 / (1 - rate), so that the mean stays as it was."""
    order = (2, 1, 3, 0) if x.ndim == 4 else (0, 1)  # as maps lie in memory
    kept = rng.random([x.shape[axis] for axis in order], np.float32) >= np.float32(rate)
    factors = np.multiply(kept, x.dtype.type(1 / (1 - rate)))
    return factors.transpose(np.argsort(order))  # (n, c, h, w) or (n, f)

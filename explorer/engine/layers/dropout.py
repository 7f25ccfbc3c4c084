"""Dropout, which does something only while the network learns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.engine.axes import as_lines, from_lines
from explorer.engine.layer import Array, Layer, Parameters, Shape, setting
from explorer.engine.memory import rows_first
from explorer.engine.onnx_form import OnnxCall, OnnxNode
from explorer.engine.tape import PIECE, Gradients, Needed, Randomness, Tape


class Dropout(Layer):
    """Hands its input on; in training a share of the values is set to 0 (Srivastava et al. 2014).

    Those that stay are made larger by 1 / (1 - rate), so that nothing needs to change afterwards.
    """

    kind = "dropout"
    onnx_name = "Dropout"
    title = "Dropout"
    group = "Normalisation"
    help = "Switches off a random share of the values in training; otherwise changes nothing."

    rate: float = setting(
        default=0.5, low=0, high=0.95, step=0.05, help="Share of the values that training switches off."
    )

    def onnx_nodes(self, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:
        return (OnnxNode("Dropout", (0, np.array(self.rate, np.float32))),)

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[Layer, dict[str, Array]]:
        ratio = call.constant(1)  # an attribute before opset 12
        return cls(rate=call.attributes.get("ratio", 0.5) if ratio is None else float(ratio.item())), {}

    def summary(self) -> str:
        return f"dropout {self.rate:g}"

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        if tape.rng is None or self.rate == 0:
            return x
        factors = mask_for(x, self.rate, tape.rng)
        tape.keep(factors)
        return np.multiply(x, factors)

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        factors = next(iter(tape), None)
        return Gradients((gradient if factors is None else np.multiply(gradient, factors),))


def mask_for(x: Array, rate: float, rng: Randomness) -> Array:
    """Of the shape of `x`, 0 with a chance of `rate`, else 1 / (1 - rate), so that the mean stays as it was."""
    if not isinstance(rng, np.random.Generator):
        pieces = [x[first : first + PIECE] for first in range(0, len(x), PIECE)]
        return np.concatenate([mask_for(piece, rate, one) for piece, one in zip(pieces, rng, strict=True)])
    lying = x.T if x.ndim == 2 else rows_first(as_lines(x))  # (f, n) or (h, c, w, n)
    # A quarter of a raw number for each value: a third of the time of drawing floats. The chance is exact to 1 / 65536.
    drawn = rng.bit_generator.random_raw(-(-x.size // 4)).view(np.uint16)[: x.size].reshape(lying.shape)
    factors = np.multiply(drawn >= np.uint16(round(rate * 65536)), x.dtype.type(1 / (1 - rate)))
    return factors.T if x.ndim == 2 else from_lines(factors.transpose(3, 1, 0, 2), x.shape)

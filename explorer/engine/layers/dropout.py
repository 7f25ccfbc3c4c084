"""Dropout, which does something only while the network learns."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.engine.layer import Array, Layer, Parameters, Tape, setting


class Dropout(Layer):
    """Hands its input on; in training a share of the values is set to 0 (Srivastava et al. 2014)."""

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
        return inputs[0]

"""The arithmetic of normalisations: less the mean, divided by the spread, scaled and shifted."""

from __future__ import annotations

import numpy as np

from explorer.engine.arithmetic.explaining import Question, explains, total_of
from explorer.engine.arithmetic.explanation import Explanation, Line, Link, Numbers, Part, Places
from explorer.engine.layers.local_response import LocalResponseNormalization
from explorer.engine.layers.normalization import BatchNormalization

ROOT = "÷ √("  # before the variance; the epsilon and the closing bracket follow


@explains(BatchNormalization)
def explain_batch_norm(question: Question) -> Explanation:
    """(x − mean) / √(variance + epsilon) · scale + shift; in training mean and variance are the batch's."""
    layer = question.layer
    assert isinstance(layer, BatchNormalization)
    channel = question.unit[:1]
    x = question.read(question.unit)
    mean, variance = _statistics(question)
    centred = x.number - mean.number
    spread = float(np.sqrt(variance.number + layer.epsilon))  # NaN where a person set a negative variance
    normalised = float(np.float64(centred) / spread)
    scale, shift = question.weight("scale", channel, "×"), question.weight("shift", channel, "+")
    epsilon = Part("epsilon", np.asarray(layer.epsilon), "weights", "+", "keeps the root from 0")
    text = "centred ÷ √(variance + epsilon)"
    parts = (
        x,
        mean,
        _number("centred", centred, "=", "x − mean", "x", "mean"),
        variance,
        epsilon,
        _number("normalised", normalised, ") =", text, "centred", "variance", "epsilon"),
        scale,
        shift,
        total_of(
            normalised * scale.number + shift.number,
            Link("normalised"), Link("scale"), Link("shift"), text="normalised × scale + shift",
        ),
    )  # fmt: skip
    line = Line(
        f"({x.number:.4g} - {_signed(mean.number)}) / √({variance.number:.4g} + {layer.epsilon:g})"
        f" · {_signed(scale.number)} + {_signed(shift.number)}"
    )
    note = "Training: mean and variance are those of this batch." if _trains(question) else ""
    return question.explanation(parts, "y = (x − mean) / √(variance + epsilon) · scale + shift", line, note)


def _trains(question: Question) -> bool:
    return question.step.tape is not None and question.step.tape.is_training


def _statistics(question: Question) -> tuple[Part, Part]:
    channel = question.unit[0]
    if not _trains(question):
        return question.weight("mean", (channel,), "−"), question.weight("variance", (channel,), ROOT)
    values = question.step.inputs[0][:, channel].astype(np.float64)
    return (
        Part("mean", np.asarray(values.mean()), "working", "−", "the mean of the channel over this batch"),
        Part("variance", np.asarray(values.var()), "working", ROOT, "its variance over this batch"),
    )


def _number(name: str, number: float, sign: str, text: str, *sources: str) -> Part:
    return Part(name, np.asarray(number, np.float64), "working", sign, text, tuple(map(Link, sources)))


def _signed(number: float) -> str:
    return f"({number:.4g})" if number < 0 else f"{number:.4g}"


@explains(LocalResponseNormalization)
def explain_local_response(question: Question) -> Explanation:
    """x / (bias + alpha / size · sum of the squares of the neighbouring channels)^beta."""
    layer = question.layer
    assert isinstance(layer, LocalResponseNormalization)
    own, *place = question.unit
    sample = question.sample()
    first, last = max(0, own - (layer.size - 1) // 2), min(len(sample) - 1, own + layer.size // 2)
    channels = np.arange(first, last + 1)
    neighbours: Numbers = sample[(channels, *place)].astype(np.float64)
    places = Places(question.source(), (channels, *place), image=question.image)
    squares = np.square(neighbours)
    total = float(squares.sum())
    strength = layer.bias + layer.alpha / layer.size * total
    divisor = float(np.float64(strength) ** layer.beta)
    x = float(neighbours[own - first])
    text = f"the channels {first} to {last} at this pixel"
    parts = (
        Part("channels", neighbours, "read", "", text, places=places, marked=channels == own),
        Part("squares", squares, "working", "=", "every value squared", (Link("channels"),)),
        _number("sum", total, "Σ", "the sum of the squares", "squares"),
        _number("strength", strength, "=", f"{layer.bias:g} + {layer.alpha:g} / {layer.size} × sum", "sum"),
        _number(
            "divisor", divisor, f"^{layer.beta:g} =", f"strength to the power of {layer.beta:g}", "strength"
        ),
        total_of(
            float(np.float64(x) / divisor),
            Link("channels", (own - first,)),
            Link("divisor"),
            text="x ÷ divisor",
            sign="x ÷ divisor =",
        ),
    )
    before = f"{x:.4g} / ({layer.bias:g} + {layer.alpha:g} / {layer.size} · ("
    line = Line(before, ("channels",), "{}²", " + ", f"))^{layer.beta:g}")
    return question.explanation(parts, "y = x / (bias + alpha / size · Σ x²)^beta", line)

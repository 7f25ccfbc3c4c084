"""The arithmetic of softmax: shifted by the largest score, exponentials, their sum, the share."""

from __future__ import annotations

import numpy as np

from explorer.engine.arithmetic.explaining import Question, explains, total_of
from explorer.engine.arithmetic.explanation import Explanation, Index, Line, Link, Numbers, Part, Places
from explorer.engine.layers.softmax import Distribution, LogSoftmax, Softmax
from explorer.engine.spatial import axis_of

POWERS, LOGARITHM = "exp", "log(sum)"


def _exponentials(question: Question, sign: str) -> list[Part]:
    """Scores, the largest, scores less the largest, their exponentials, and the sum of those (after `sign`)."""
    axis = _axis(question)
    sample = question.sample()
    every = np.arange(sample.shape[axis])
    index: tuple[Index, ...] = (*question.unit[:axis], every, *question.unit[axis + 1 :])
    scores: Numbers = np.asarray(sample[index], np.float64)
    places = Places(question.source(), index, image=question.image)
    marked = every == question.unit[axis]
    winner = int(np.argmax(scores))
    shifted = scores - scores[winner]
    powers = np.exp(shifted)
    largest = Part(
        "largest", np.asarray(scores[winner]), "working", "−", "the largest score, so that nothing overflows",
        (Link("scores", (winner,)),),
    )  # fmt: skip
    return [
        Part("scores", scores, "read", "", f"all scores of {places.node}", places=places, marked=marked),
        largest,
        Part(
            "shifted",
            shifted,
            "working",
            "=",
            "score − largest",
            (Link("scores"), Link("largest")),
            marked=marked,
        ),
        Part(POWERS, powers, "working", "=", "e to the power of it", (Link("shifted"),), marked=marked),
        Part("sum", np.asarray(powers.sum()), "working", sign, "the sum of them all", (Link(POWERS),)),
    ]


def _axis(question: Question) -> int:
    """The axis of a sample along which the scores compete."""
    layer = question.layer
    assert isinstance(layer, Distribution)
    return axis_of(layer, layer.axis, question.shapes[0])


@explains(Softmax)
def explain_softmax(question: Question) -> Explanation:
    """exp(score − largest) / sum of all of them."""
    own = question.unit[_axis(question)]
    parts = _exponentials(question, "÷")
    powers, sums = parts[-2].numbers, parts[-1].number
    total = total_of(float(powers[own] / sums), Link(POWERS, (own,)), Link("sum"), text="own share")
    before = f"exp({parts[2].numbers[own]:.4g}) / ("
    line = Line(before, ("shifted",), "exp({})", " + ", ")")
    return question.explanation((*parts, total), "y = exp(x − max) / Σ exp(x − max)", line)


@explains(LogSoftmax)
def explain_log_softmax(question: Question) -> Explanation:
    """score − largest − log(sum of all exponentials)."""
    own = question.unit[_axis(question)]
    parts = _exponentials(question, "Σ")
    logarithm = Part(LOGARITHM, np.log(parts[-1].numbers), "working", "−", "of the sum", (Link("sum"),))
    number = float(parts[2].numbers[own]) - logarithm.number
    total = total_of(number, Link("shifted", (own,)), Link(LOGARITHM), text="shifted − log(sum)")
    line = Line(f"{parts[2].numbers[own]:.4g} - log(", ("shifted",), "exp({})", " + ", ")")
    return question.explanation((*parts, logarithm, total), "y = x − max − log Σ exp(x − max)", line)

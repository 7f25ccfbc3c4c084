"""The arithmetic of poolings: which value won, what was averaged with which weights, and what did not count."""

from __future__ import annotations

import math
from functools import reduce

import numpy as np

from explorer.engine.arithmetic.explaining import Question, explains, total_of
from explorer.engine.arithmetic.explanation import Cell, Explanation, Flags, Line, Link, Numbers, Part
from explorer.engine.arithmetic.patches import Positions, read_patch, window_positions
from explorer.engine.layers.pooling import AveragePool, ExtremePool, L2Pool, SlidingPool
from explorer.engine.layers.weighted_pooling import WeightedPool, gaussian_weights


def _read(question: Question, counts_padding: bool = False) -> Part:
    """The part 'patch' (*size); absent is what does not count: padding, and always what ceil mode adds beyond."""
    layer = question.layer
    assert isinstance(layer, SlidingPool)
    channel, *place = question.unit
    windows = layer.windows(question.shapes)
    positions = window_positions(windows, place)
    patch = read_patch(question, channel, positions)
    extents = question.shapes[0][1:]
    counted = [
        (position < extent + (window.after if counts_padding else 0))
        & (position >= (-window.before if counts_padding else 0))
        for position, window, extent in zip(positions, windows, extents, strict=True)
    ]
    return _with_absent(patch, ~_outer(counted))


def _outer(flags: list[Flags]) -> Flags:
    return reduce(np.multiply.outer, flags)


def _with_absent(patch: Part, absent: Flags) -> Part:
    return Part(
        patch.name, patch.numbers, patch.role, patch.sign, patch.text, places=patch.places, absent=absent
    )


def _outside_note(patch: Part) -> str:
    assert patch.absent is not None
    outside = int(patch.absent.sum())
    if not outside:
        return ""
    return f" {outside} of the {patch.absent.size} places lie outside of the map and do not count."


@explains(ExtremePool)
def explain_extreme(question: Question) -> Explanation:
    """The largest (smallest) value of the window; of equal ones the first in reading order wins."""
    layer = question.layer
    assert isinstance(layer, ExtremePool)
    patch = _read(question)
    assert patch.absent is not None
    return explain_winner(question, patch, "max" if layer.combine is np.maximum else "min")


def explain_winner(question: Question, patch: Part, rule: str) -> Explanation:
    """The value that wins among the cells of a patch that count; rule is 'max' or 'min'."""
    absent = np.zeros(patch.numbers.shape, bool) if patch.absent is None else patch.absent
    winner = winning_cell(patch.numbers, absent, rule)
    marked = np.zeros(patch.numbers.shape, bool)
    marked[winner] = True
    patch = Part(
        patch.name,
        patch.numbers,
        "read",
        "",
        patch.text,
        places=patch.places,
        marked=marked,
        absent=patch.absent,
    )
    number = float(patch.numbers[winner])
    which = "largest" if rule == "max" else "smallest"
    equals = int(((patch.numbers == number) & ~absent).sum())
    note = f"The {which} of {int((~absent).sum())} values wins."
    if equals > 1:
        note += f" {equals} are equal: the first of them counts."
    total = total_of(number, Link("patch", winner), text=f"the {which} value", sign=f"{rule} =")
    line = Line(f"{rule}(", ("patch",), "{}", ", ", ")")
    return question.explanation((patch, total), f"y = {rule}(patch)", line, note + _absent_note(patch))


def _absent_note(patch: Part) -> str:
    return "" if patch.absent is None else _outside_note(patch)


def winning_cell(numbers: Numbers, absent: Flags, rule: str) -> Cell:
    """The first cell, row by row, with the largest (smallest) number that counts; a NaN wins over all."""
    worst = -np.inf if rule == "max" else np.inf
    candidates = np.where(absent, worst, numbers)
    if np.isnan(candidates).any():
        flat = int(np.flatnonzero(np.isnan(candidates))[0])
    else:
        best = candidates.max() if rule == "max" else candidates.min()
        flat = int(np.flatnonzero((candidates == best) & ~absent)[0])
    return tuple(int(index) for index in np.unravel_index(flat, numbers.shape))


@explains(AveragePool)
def explain_average(question: Question) -> Explanation:
    """The sum of what counts, divided by how many count."""
    layer = question.layer
    assert isinstance(layer, AveragePool)
    patch = _read(question, layer.count_include_pad)
    assert patch.absent is not None
    return explain_mean(question, patch, int((~patch.absent).sum()))


def explain_mean(question: Question, patch: Part, count: int) -> Explanation:
    """The mean of `count` values, those of a patch that count."""
    total = np.where(False if patch.absent is None else patch.absent, 0, patch.numbers).sum()
    parts = (
        patch,
        Part("sum", np.asarray(total), "working", "Σ", "the sum of what counts", (Link("patch"),)),
        Part("count", np.asarray(float(count)), "working", "÷", "how many count"),
        total_of(float(total) / count, Link("sum"), Link("count"), text="sum ÷ count"),
    )
    line = Line("(", ("patch",), "{}", " + ", f") / {count}")
    return question.explanation(parts, "y = Σ patch / count", line, _absent_note(patch).strip())


@explains(L2Pool)
def explain_l2(question: Question) -> Explanation:
    """The root of the sum of the squares; padding counts as zeros."""
    return explain_length(question, _read(question))


def explain_length(question: Question, patch: Part) -> Explanation:
    """The length of a patch as a vector."""
    squares = np.square(np.where(False if patch.absent is None else patch.absent, 0, patch.numbers))
    total = float(squares.sum())
    parts = (
        patch,
        Part(
            "squares", squares, "working", "=", "every value squared", (Link("patch"),), absent=patch.absent
        ),
        Part("sum", np.asarray(total), "working", "Σ", "the sum of the squares", (Link("squares"),)),
        total_of(math.sqrt(total), Link("sum"), sign="√ =", text="the root of the sum"),
    )
    line = Line("√(", ("patch",), "{}²", " + ", ")")
    return question.explanation(parts, "y = √(Σ patch²)", line, _absent_note(patch).strip())


@explains(WeightedPool)
def explain_weighted(question: Question) -> Explanation:
    """The sum of value x weight, divided by the sum of the weights that count."""
    layer = question.layer
    assert isinstance(layer, WeightedPool)
    patch = _read(question, layer.count_include_pad)
    assert patch.absent is not None
    windows = layer.windows(question.shapes)
    bells = [np.array(gaussian_weights(one.size, one.dilation, layer.sigma)) for one in windows]
    weights = reduce(np.multiply.outer, bells)
    counted = np.where(patch.absent, 0, weights)
    products = np.where(patch.absent, 0, patch.numbers * weights)
    total, weight = float(products.sum()), float(counted.sum())
    products_links = (Link("patch"), Link("weights"))
    parts = (
        patch,
        Part("weights", weights, "weights", "×", "a Gaussian bell", absent=patch.absent),
        Part("products", products, "working", "=", "patch × weight", products_links, absent=patch.absent),
        Part("sum", np.asarray(total), "working", "Σ", "the sum of the products", (Link("products"),)),
        Part("weight", np.asarray(weight), "working", "÷", "the weights that count", (Link("weights"),)),
        total_of(float(np.float64(total) / weight), Link("sum"), Link("weight"), text="sum ÷ weight"),
    )
    line = Line("(", ("patch", "weights"), "{}·{}", " + ", f") / {weight:.4g}")
    return question.explanation(parts, "y = Σ patch · weight / Σ weight", line, _absent_note(patch).strip())


def whole_map(question: Question) -> Part:
    """The part 'patch' of a global pooling: every pixel of the unit's map."""
    positions: Positions = tuple(np.arange(extent) for extent in question.shapes[0][1:])
    return read_patch(question, question.unit[0], positions)

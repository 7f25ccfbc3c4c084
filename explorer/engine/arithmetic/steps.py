"""An explanation as a chain of single numbers: what came of every map or feature, and what they come to."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from explorer.engine.arithmetic.explanation import Explanation, Flags, Link, Part


@dataclass(frozen=True, eq=False)
class Chain:
    """The steps, and what stands behind the terms of the sum among them: the index in `strip` by name of the step."""

    explanation: Explanation
    strip: str = ""
    terms: tuple[tuple[str, int], ...] = ()
    others: str = ""  # the step that holds all other terms, '' where none are left out

    def term(self, name: str) -> int | None:
        """The index of a term, None for every other step."""
        return dict(self.terms).get(name)


def summed_strip(explanation: Explanation) -> Part | None:
    """The strip that the total sums up: the sums of the channels, or the products of features and weights."""
    total = explanation.parts[-1]
    for link in total.links:
        part = explanation[link.part]
        if link.cell is None and part.numbers.ndim == 1:
            return part
    return None


def chain_of(explanation: Explanation, most: int, page: int = 0, is_short: bool = False) -> Chain:
    """The single numbers of an explanation; of a sum the `most` terms that count most, the others as one.

    `page` is how many times so many terms are passed by. Of a strip with a marked cell, such as the scores of a
    softmax, the marked one is a step. `is_short` leaves only what the total is made from.
    """
    last = {link.part for link in explanation.parts[-1].links} | {explanation.parts[-1].name}
    strip = summed_strip(explanation)
    steps: list[Part] = []
    chain = Chain(explanation)
    names: dict[str, tuple[str, ...]] = {}  # of the steps that stand for a part
    for part in explanation.parts:
        if is_short and part.name not in last:
            continue
        if part is strip:
            terms, chain = _terms(explanation, part, most, page)
            steps += terms
            names[part.name] = tuple(term.name for term in terms)
        elif part.numbers.ndim == 0 or _own(part) is not None:
            steps.append(_single(part))
            names[part.name] = (part.name,)
    linked = [
        dataclasses.replace(
            step,
            links=tuple(Link(name) for link in step.links for name in names.get(link.part, ())),
            sign=step.sign if place or len(steps) == 1 else "",
        )
        for place, step in enumerate(steps)
    ]
    return dataclasses.replace(chain, explanation=dataclasses.replace(explanation, parts=tuple(linked)))


def _own(part: Part) -> Flags | None:
    """The mark of the unit's own cell in a strip."""
    return part.marked if part.numbers.ndim == 1 and part.marked is not None and part.marked.any() else None


def _single(part: Part) -> Part:
    marked = _own(part)
    if marked is None:
        return part
    own = int(np.argmax(marked))
    text = f"{part.text}: its own"
    return Part(part.name, np.asarray(part.numbers[own]), part.role, part.sign, text, part.links)


def _terms(explanation: Explanation, strip: Part, most: int, page: int) -> tuple[list[Part], Chain]:
    """The largest terms of a sum as steps, what is left as one."""
    numbers = strip.numbers
    order = np.argsort(-np.abs(np.nan_to_num(numbers)), kind="stable")
    if len(order) <= most:
        shown = np.arange(len(order))  # frames change which counts most, and numbers that jump cannot be read
    else:
        each = max(1, most - 1)
        first = page % -(-len(order) // each) * each
        shown = order[first : first + each]
    terms = [(_name(explanation, int(index)), int(index)) for index in shown]
    steps = [
        Part(name, np.asarray(numbers[index]), "working", "+" if place else "", strip.text, strip.links)
        for place, (name, index) in enumerate(terms)
    ]
    left = len(order) - len(shown)
    others = f"{left:,} others" if left else ""
    if left:
        rest = float(np.delete(numbers, shown).sum())
        steps.append(
            Part(others, np.asarray(rest), "working", "+", "all that is left of the sum", strip.links)
        )
    return steps, Chain(explanation, strip.name, tuple(terms), others)


def _name(explanation: Explanation, index: int) -> str:
    """What a term of the sum was read from: 'pool1:12'."""
    reading = explanation.readings[0] if explanation.readings else None
    if reading is None or reading.places is None:
        return str(index)
    channels = reading.places.index[0]
    channel = int(channels[index]) if isinstance(channels, np.ndarray) else index
    return f"{reading.places.node}:{channel}"

"""Which cells of an explanation hang together: from one number to all it was made from and all it went into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from explorer.engine.arithmetic.explanation import Cell, Explanation, Flags, Link, Numbers, Part


def linked(explanation: Explanation, name: str, cell: Cell) -> dict[str, Flags]:
    """For every part the cells that belong to this one: its partners cell by cell, what it was made from, what it
    went into. Point at a weight: the pixel it multiplies, their product, its channel's sum and the total.
    """
    parts = {part.name: part for part in explanation.parts}
    together = _nothing(explanation)
    together[name][cell] = True
    _spread_to_partners(parts, together)
    behind = {one: flags.copy() for one, flags in together.items()}
    for part in reversed(explanation.parts):
        for link in part.links:
            _mark_source(behind[link.part], behind[part.name], link)
    ahead = together
    for part in explanation.parts:
        for link in part.links:
            _mark_result(ahead[part.name], ahead[link.part], link)
    return {one: behind[one] | ahead[one] for one in parts}


def _nothing(explanation: Explanation) -> dict[str, Flags]:
    return {part.name: np.zeros(part.numbers.shape, bool) for part in explanation.parts}


def _spread_to_partners(parts: dict[str, Part], flags: dict[str, Flags]) -> None:
    """To all parts of the same shape that are linked cell by cell, in both directions."""
    pairs = [
        (part.name, link.part)
        for part in parts.values()
        for link in part.links
        if link.cell is None and part.numbers.ndim and part.numbers.shape == parts[link.part].numbers.shape
    ]
    for one, other in [*pairs, *reversed(pairs)]:
        either = flags[one] | flags[other]
        flags[one] |= either
        flags[other] |= either


def _mark_source(source: Flags, result: Flags, link: Link) -> None:
    if link.cell is not None:
        source[link.cell] |= result.any()
    elif result.ndim <= source.ndim:
        source |= result.reshape(result.shape + (1,) * (source.ndim - result.ndim))
    else:
        source |= result.any(axis=tuple(range(source.ndim, result.ndim)))


def _mark_result(result: Flags, source: Flags, link: Link) -> None:
    if link.cell is not None:
        result |= source[link.cell]
    else:
        _mark_source(result, source, Link(link.part))


@dataclass(frozen=True)
class ChannelGroup:
    """Channels `first` to `last` (inclusive) of the channel sums, drawn as one until somebody opens it."""

    first: int
    last: int
    sum: float


def channel_groups(sums: Numbers, most: int) -> tuple[ChannelGroup, ...]:
    """The sums per channel (channels,) in at most `most` groups of equal size (the last may be smaller)."""
    size = max(1, -(-len(sums) // max(1, most)))
    starts = range(0, len(sums), size)
    return tuple(
        ChannelGroup(start, min(start + size, len(sums)) - 1, float(sums[start : start + size].sum()))
        for start in starts
    )


class Leading(NamedTuple):
    """The largest terms of a strip, in falling order of their size, and the sum of the others."""

    indices: tuple[int, ...]
    rest: float


def leading_terms(part: Part, most: int) -> Leading:
    """The `most` terms that count most, by absolute value; of equal ones the first."""
    terms = part.numbers.ravel()
    order = np.argsort(-np.abs(terms), kind="stable")
    return Leading(tuple(int(index) for index in order[:most]), float(terms[order[most:]].sum()))

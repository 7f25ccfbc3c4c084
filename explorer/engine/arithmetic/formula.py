"""An explanation as one line of text with its numbers, to copy."""

from __future__ import annotations

import numpy as np

from explorer.engine.arithmetic.explanation import Cell, Explanation, Part


def formula_text(explanation: Explanation, most: int = 8) -> str:
    """'0.12·1 + 0.35·0 + ... + 0.4·2 + 0.1 = -8.25', with at most `most` terms; what is left out is in the middle."""
    line = explanation.line
    parts = [explanation[name] for name in line.parts]
    if all(part.numbers.ndim == 0 for part in parts):
        terms = [line.term.format(_within(line.term, part.number)) for part in parts]
    else:
        terms = _terms(parts, line.term, most)
    return f"{line.before}{line.separator.join(terms)}{line.after} = {explanation.total:.6g}"


def _terms(parts: list[Part], term: str, most: int) -> list[str]:
    """A term per cell that counts, each with the numbers of all parts in it."""
    shape, absent = parts[0].numbers.shape, parts[0].absent
    counted = np.arange(parts[0].numbers.size) if absent is None else np.flatnonzero(~absent)
    left_out = len(counted) - most
    flat = [*counted] if left_out <= 0 else [*counted[: most - 2], *counted[-1:]]
    cells: list[Cell] = [tuple(int(one) for one in np.unravel_index(index, shape)) for index in flat]
    terms = [term.format(*(_within(term, float(part.numbers[cell])) for part in parts)) for cell in cells]
    if left_out > 0:
        terms.insert(most - 2, "...")
    return terms


def _within(term: str, number: float) -> str:
    """A number in a term; one that brings its own brackets, as exp({}) does, needs no others."""
    return f"{number:.4g}" if "({})" in term else bracketed(number)


def bracketed(number: float) -> str:
    """A number within a formula: four digits, and brackets around a negative one."""
    text = f"{number:.4g}"
    return f"({text})" if text.startswith("-") else text

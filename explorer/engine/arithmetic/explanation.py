"""How one value came about, as a value: parts with numbers, how their cells hang together, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Unit = tuple[int, ...]  # a place in one sample: (channel, row, column), (channel, index), (feature,), ...
Cell = tuple[int, ...]  # a place among the numbers of a part; () for a single number
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Index = int | NDArray[np.intp]

Role = Literal["read", "weights", "working", "result"]


@dataclass(frozen=True, eq=False)
class Places:
    """Where the cells of a part stand in the activation of a node, or in a parameter of it.

    One entry per axis of that array: a number where all cells share it, else an index for every step along the
    next axis of the part. `positions` is where the window looked; `index` is where the value was taken from,
    which differs in the padding: -1 for a constant, a real pixel for a border mode.
    """

    node: str
    index: tuple[Index, ...]
    positions: tuple[Index, ...] = ()
    parameter: str = ""
    image: int = 0  # of the batch

    def unit(self, cell: Cell) -> Unit | None:
        """Where the number in this cell was taken from; None where it is a constant of the padding."""
        found = _picked(self.index, cell)
        return None if min(found, default=0) < 0 else found

    def position(self, cell: Cell) -> Unit:
        """Where the window looked; in the padding that lies outside of the map."""
        return _picked(self.positions or self.index, cell)

    def cells_of(self, unit: Unit) -> Iterator[Cell]:
        """Every cell whose number was taken from this unit: several where a border mode repeats a pixel."""
        if len(unit) != len(self.index):
            return
        axes = []
        for one, wanted in zip(self.index, unit, strict=True):
            if isinstance(one, np.ndarray):
                axes.append([int(step) for step in np.flatnonzero(one == wanted)])
            elif one != wanted:
                return
        yield from product(*axes)

    @cached_property
    def is_padding(self) -> Flags:
        """Which cells lie outside of the map, of the shape of the part."""
        pairs = zip(self.index, self.positions or self.index, strict=True)
        flags = [
            np.asarray((one < 0) | (one != position))
            for one, position in pairs
            if isinstance(one, np.ndarray)
        ]
        result = np.zeros(tuple(len(axis) for axis in flags), bool)
        for axis, flag in enumerate(flags):
            result |= flag.reshape(-1, *(1,) * (len(flags) - axis - 1))
        return result


def _picked(index: tuple[Index, ...], cell: Cell) -> Unit:
    steps = iter(cell)
    return tuple(int(one[next(steps)]) if isinstance(one, np.ndarray) else one for one in index)


@dataclass(frozen=True)
class Link:
    """What a part was made from. A cell was made from the cells whose index it begins, or that begin its own.

    So equal shapes are linked cell by cell, a sum per channel with its channel's cells, a single number with
    all. Where `cell` is given, only that cell of the other part was used.
    """

    part: str
    cell: Cell | None = None


@dataclass(frozen=True, eq=False)
class Part:
    """One step of the arithmetic: a number, a strip (terms) or grids (channels, *size), in float64.

    `sign` stands before it in a drawing (×, =, +, ...), `text` says how it comes about. `marked` are the cells
    that matter most (the one that won, the unit's own), `absent` those that do not count at all.
    """

    name: str
    numbers: Numbers
    role: Role = "working"
    sign: str = ""
    text: str = ""
    links: tuple[Link, ...] = ()
    places: Places | None = None
    marked: Flags | None = None
    absent: Flags | None = None

    @property
    def number(self) -> float:
        """The number of a part that has only one."""
        return float(self.numbers)


@dataclass(frozen=True)
class Line:
    """The arithmetic as one line: `before`, a term per cell of the named parts, `after`; '= total' follows."""

    before: str = ""
    parts: tuple[str, ...] = ()
    term: str = "{}"
    separator: str = " + "
    after: str = ""


@dataclass(frozen=True, eq=False)
class Curve:
    """A function of one value, sampled from `x[0]` to `x[-1]`, and the point on it."""

    x: Numbers
    y: Numbers
    point: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Explanation:
    """How the value of one unit came about. Parts stand in the order in which they are computed, the total last.

    `value` is the engine's number, `total` what the parts come to. `formula` is the rule in symbols, `note` a
    sentence that belongs to this very unit.
    """

    node: str
    title: str
    unit: Unit
    value: float
    parts: tuple[Part, ...]
    formula: str
    line: Line
    note: str = ""
    curve: Curve | None = None

    @property
    def total(self) -> float:
        """What the parts come to."""
        return self.parts[-1].number

    @property
    def name(self) -> str:
        """The unit as people write it: 'conv2:7 (12, 30)'."""
        channel, *position = self.unit
        place = f" ({', '.join(map(str, position))})" if position else ""
        return f"{self.node}:{channel}{place}"

    def __getitem__(self, name: str) -> Part:
        return next(part for part in self.parts if part.name == name)

    def __contains__(self, name: object) -> bool:
        return any(part.name == name for part in self.parts)

    @property
    def readings(self) -> tuple[Part, ...]:
        """The parts that were read from activations."""
        return tuple(part for part in self.parts if part.places is not None and not part.places.parameter)

    def cells_of(self, node: str, unit: Unit, parameter: str = "") -> dict[str, tuple[Cell, ...]]:
        """The cells, by part, that were read from this place of a node's output or of its parameter."""
        found = {}
        for part in self.parts:
            places = part.places
            if places is not None and (places.node, places.parameter) == (node, parameter):
                cells = tuple(places.cells_of(unit))
                if cells:
                    found[part.name] = cells
        return found

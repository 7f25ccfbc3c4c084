"""Sets of units of one activation: boxes, and regions of several boxes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.engine.arithmetic.explanation import Flags, Unit
from explorer.engine.layer import Shape

MOST_BOXES = 64  # of one region; beyond, its bounding box stands for them

Range = tuple[int, int]  # first, one past the last


@dataclass(frozen=True, eq=False)
class Box:
    """All units whose index along every axis is among these (rising, each once): channels, rows, columns."""

    axes: tuple[NDArray[np.intp], ...]

    @classmethod
    def whole(cls, shape: Shape) -> Box:
        """Every unit of an activation of this shape."""
        return cls(tuple(np.arange(size) for size in shape))

    @classmethod
    def of_unit(cls, unit: Unit) -> Box:
        """A single unit."""
        return cls(tuple(np.array([index]) for index in unit))

    @property
    def count(self) -> int:
        """How many units it holds."""
        return math.prod(len(axis) for axis in self.axes)

    @property
    def hull(self) -> tuple[Range, ...]:
        """First and one past the last index along every axis."""
        return tuple((int(axis[0]), int(axis[-1]) + 1) for axis in self.axes)

    def contains(self, other: Box) -> bool:
        """Whether every unit of the other is in this one."""
        pairs = zip(self.axes, other.axes, strict=True)
        return all(len(theirs) <= len(ours) and bool(np.isin(theirs, ours).all()) for ours, theirs in pairs)


@dataclass(frozen=True, eq=False)
class Region:
    """The units of one node's output, of `shape`, that are in any of the boxes.

    `is_exact` is off where there were too many boxes and their bounding box stands for them.
    """

    shape: Shape
    boxes: tuple[Box, ...]
    is_exact: bool = True

    @classmethod
    def of(cls, shape: Shape, boxes: Iterable[Box], is_exact: bool = True) -> Region:
        """The union of the boxes, without those that lie in another one."""
        kept: list[Box] = []
        for box in sorted(boxes, key=lambda box: -box.count):
            if box.count and not any(larger.contains(box) for larger in kept):
                kept.append(box)
        if len(kept) > MOST_BOXES:
            return cls(shape, (_bounding(kept),), False)
        return cls(shape, tuple(kept), is_exact)

    @cached_property
    def mask(self) -> Flags:
        """Which units are in it, of `shape`."""
        flags = np.zeros(self.shape, bool)
        for box in self.boxes:
            flags[np.ix_(*box.axes)] = True
        return flags

    @cached_property
    def pixels(self) -> Flags:
        """Which pixels are in it in any channel, of the extents; of a list which features."""
        if len(self.shape) == 1:
            return self.mask
        flags = np.zeros(self.shape[1:], bool)
        for box in self.boxes:
            flags[np.ix_(*box.axes[1:])] = True
        return flags

    @cached_property
    def hull(self) -> tuple[Range, ...]:
        """The smallest rectangle around it: first and one past the last index per axis, the channels first."""
        return _hull_of(self.boxes) if self.boxes else tuple((0, 0) for _ in self.shape)


def _hull_of(boxes: Sequence[Box]) -> tuple[Range, ...]:
    if len(boxes) == 1:
        return boxes[0].hull
    axes = zip(*(box.hull for box in boxes), strict=True)
    return tuple((min(first for first, _ in axis), max(last for _, last in axis)) for axis in axes)


def _bounding(boxes: Sequence[Box]) -> Box:
    return Box(tuple(np.arange(first, last) for first, last in _hull_of(boxes)))


def boxes_of(units: NDArray[np.intp]) -> list[Box]:
    """The units (count, axes) as boxes."""
    axes = tuple(np.unique(column) for column in units.T)
    if math.prod(len(axis) for axis in axes) == len(units):
        return [Box(axes)]
    return [
        Box((np.array([first]), *box.axes))
        for first in axes[0]
        for box in boxes_of(units[units[:, 0] == first][:, 1:])
    ]

"""What a close-up shows: the part of a map around a window with its padding, and the part of the output around a pixel.

No Qt, only numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import cast

import numpy as np
from numpy.typing import NDArray

from explorer.engine.arithmetic.explanation import Explanation, Part
from explorer.engine.arithmetic.unread import unread_per_axis
from explorer.engine.evaluate import Step, Trace
from explorer.engine.geometry import Border, border_index
from explorer.engine.layer import Array, Shape
from explorer.engine.layers.padding import Padding
from explorer.engine.layers.pooling import SlidingPool

Flags = NDArray[np.bool_]
Positions = NDArray[np.intp]


@dataclass(frozen=True)
class Reading:
    """One map that a unit reads: the part of the explanation it stands in, and which channel of it."""

    part: str
    node: str
    channel: int
    place: int | None  # of the channel among the part's channels; None where the part has only one


@dataclass(frozen=True, eq=False)
class CloseCells:
    """Some cells of a map, by (row, column) of the screen.

    `rows` and `columns` are positions on the map's flat rows and columns; outside of it they lie in the padding.
    `values` are NaN where `is_constant` is off and nothing stands there. `sources` is the flat pixel (row, column)
    that a cell repeats, -1 where it is none. `weights` is what a cell of the window is multiplied with. Of a volume
    the rows are those of so many `slices`, one below the other.
    """

    rows: Positions
    columns: Positions
    values: NDArray[np.float64]
    is_padding: Flags
    is_absent: Flags  # in the padding, and does not count
    is_unread: Flags
    in_window: Flags
    source_rows: Positions
    source_columns: Positions
    weights: NDArray[np.float64] | None = None
    slices: int = 1

    def cell_at(self, row: int, column: int) -> tuple[int, int] | None:
        """Where a flat pixel of the map stands among the cells, if it does."""
        down, across = np.flatnonzero(self.rows == row), np.flatnonzero(self.columns == column)
        return (int(down[0]), int(across[0])) if len(down) and len(across) else None

    @property
    def repeated(self) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """Every cell of the window that lies in the padding and repeats a pixel among the cells, with that one."""
        down, across = (
            {position: place for place, position in enumerate(axis.tolist())}
            for axis in (self.rows, self.columns)
        )
        found = []
        for row, column in np.argwhere(self.in_window & self.is_padding).tolist():
            source = int(self.source_rows[row]), int(self.source_columns[column])
            if min(source) >= 0 and source[0] in down and source[1] in across:
                found.append(((row, column), (down[source[0]], across[source[1]])))
        return found


@dataclass(frozen=True)
class Span:
    """Which positions of an axis are shown: half open."""

    first: int
    last: int

    def holding(self, low: int, high: int, size: int, least: int, most: int) -> Span:
        """These, if they hold low..high; else as many around it, between `least` and `most` where that is enough."""
        size = min(size, most - least)
        is_inside = least <= self.first <= low and high <= self.last <= most
        if is_inside and self.last - self.first == size:
            return self
        first = (low + high - size) // 2
        first = min(max(first, least), most - size)
        return Span(first, first + size)


def readings_of(explanation: Explanation) -> list[Reading]:
    """Every map that the unit reads: its own or the one that counts most first."""
    found: list[Reading] = []
    sums = explanation["channel sums"].numbers if "channel sums" in explanation else None
    for part in explanation.readings:
        assert part.places is not None
        if len(part.places.index) < 2:
            continue  # a list of features
        channels = part.places.index[0]
        if isinstance(channels, np.ndarray):
            order = np.arange(len(channels))
            if sums is not None:
                order = np.argsort(-np.abs(np.nan_to_num(sums)), kind="stable")
            elif part.marked is not None and part.marked.shape == channels.shape:
                order = np.argsort(~part.marked, kind="stable")
            found += [Reading(part.name, part.places.node, int(channels[i]), int(i)) for i in order]
        else:
            found.append(Reading(part.name, part.places.node, int(channels), None))
    return found


def window_of(part: Part) -> list[Positions]:
    """Where the window looks, per axis behind the channels."""
    assert part.places is not None
    every = part.places.positions or part.places.index
    return [np.atleast_1d(np.asarray(one, np.intp)) for one in every[1:]]


def padding_of(step: Step, shape: Shape) -> list[tuple[int, int]]:
    """How far the windows of a layer reach beyond each axis of its input: before and after."""
    windows = step.node.layer.windows([x.shape[1:] for x in step.inputs])
    if windows is None or step.node.bypassed or len(windows) != len(shape) - 1:
        return [(0, 0)] * (len(shape) - 1)
    found = []
    for window, extent, outputs in zip(windows, shape[1:], step.output.shape[2:], strict=True):
        if window.zoom > 1:
            found.append((0, 0))
            continue
        last = (outputs - 1) * window.stride - window.before + window.reach
        found.append((max(0, window.before), max(0, last - extent)))
    return found


def input_cells(
    trace: Trace, explanation: Explanation, reading: Reading, spans: Sequence[Span]
) -> CloseCells:  # fmt: skip
    """The cells of the map that a reading stands for. `spans` are those of the last two axes (of a signal: of one).

    Of a volume only the slices that the window reads are shown, one below the other.
    """
    part, step = explanation[reading.part], trace.steps[explanation.node]
    sample = trace.activations[reading.node][0]
    extents = sample.shape[1:]
    window = window_of(part)
    axes = [np.arange(span.first, span.last) for span in spans]
    slices = [np.unique(one) for one in window[: -len(axes)]]
    every = [*slices, *axes]
    border = cast(Border, getattr(step.node.layer, "border", "constant"))
    sources = [border_index(axis, extent, border) for axis, extent in zip(every, extents, strict=True)]
    # Flat rows: everything but the last axis, in the order in which it lies in the map.
    rows = _flat(every[:-1], extents[:-1])
    source_rows = _flat(sources[:-1], extents[:-1])
    outside_rows = _any_of(
        [_outside(axis, extent) for axis, extent in zip(every[:-1], extents[:-1], strict=True)]
    )
    outside = outside_rows[:, None] | _outside(every[-1], extents[-1])[None, :]
    maps = sample[reading.channel].reshape(-1, extents[-1])
    values = maps[np.maximum(source_rows, 0)][:, np.maximum(sources[-1], 0)].astype(np.float64)
    constant = (source_rows < 0)[:, None] | (sources[-1] < 0)[None, :]
    values[constant] = _constant_of(step)
    is_absent = constant & _ignores_padding(step)
    places = [_places_in(one, axis) for one, axis in zip(window, every, strict=True)]
    in_window = _any_combination([place >= 0 for place in places])
    return CloseCells(
        rows, every[-1], values, outside, is_absent, _unread(step, reading, every, extents, outside), in_window,
        source_rows, sources[-1], _weights(explanation, reading, places), prod(map(len, slices)),
    )  # fmt: skip


def output_cells(own: Array, rows: Span, columns: Span) -> CloseCells:
    """Cells of a unit's own map, (*extents)."""
    maps = own.reshape(-1, own.shape[-1])
    down, across = np.arange(rows.first, rows.last), np.arange(columns.first, columns.last)
    nothing = np.zeros((len(down), len(across)), bool)
    values = maps[np.ix_(down, across)].astype(np.float64)
    return CloseCells(down, across, values, nothing, nothing, nothing, nothing, down, across)


def _flat(axes: Sequence[Positions], extents: Sequence[int]) -> Positions:
    """The flat row of every combination, -1 where one lies outside and is nothing; a signal has one row."""
    if not axes:
        return np.zeros(1, np.intp)
    if len(axes) == 1:
        return axes[0]
    found = [_ravel(one, extents) for one in product(*axes)]
    return np.array(found, np.intp)


def _ravel(place: Sequence[int], extents: Sequence[int]) -> int:
    row = 0
    for one, extent in zip(place, extents, strict=True):
        if not 0 <= one < extent:
            return -1
        row = row * extent + int(one)
    return row


def _outside(axis: Positions, extent: int) -> Flags:
    return np.asarray((axis < 0) | (axis >= extent))


def _any_of(flags: Sequence[Flags]) -> Flags:
    """For every combination whether any of its axes is flagged, flat."""
    result = np.zeros(1, bool)
    for flag in flags:
        result = (result[:, None] | flag[None, :]).ravel()
    return result


def _any_combination(flags: Sequence[Flags]) -> Flags:
    """Rows (all axes but the last) by columns: where all axes are flagged."""
    result = np.ones(1, bool)
    for flag in flags[:-1]:
        result = (result[:, None] & flag[None, :]).ravel()
    return result[:, None] & flags[-1][None, :]


def _places_in(window: Positions, axis: Positions) -> Positions:
    """For every position of an axis its place in the window, -1 where it is not in it."""
    found = np.full(len(axis), -1, np.intp)
    for place, position in enumerate(window):
        found[axis == position] = place
    return found


def _constant_of(step: Step) -> float:
    """What stands in a padding that repeats nothing."""
    layer = step.node.layer
    return float(layer.value if isinstance(layer, Padding) else getattr(layer, "padding_value", 0.0))


def _ignores_padding(step: Step) -> bool:
    layer = step.node.layer
    return isinstance(layer, SlidingPool) and not getattr(layer, "count_include_pad", False)


def _unread(
    step: Step, reading: Reading, axes: Sequence[Positions], extents: Sequence[int], outside: Flags
) -> Flags:
    """Which of these cells no window of the layer reaches."""
    if step.node.bypassed or not step.node.inputs or step.node.inputs[0] != reading.node:
        return np.zeros(outside.shape, bool)
    flags = unread_per_axis(step.node.layer, [x.shape[1:] for x in step.inputs])
    shown = [
        flag[np.clip(axis, 0, extent - 1)] for flag, axis, extent in zip(flags, axes, extents, strict=True)
    ]
    return (_any_of(shown[:-1])[:, None] | shown[-1][None, :]) & ~outside


def _weights(
    explanation: Explanation, reading: Reading, places: Sequence[Positions]
) -> NDArray[np.float64] | None:
    """What every cell is multiplied with, NaN outside of the window."""
    part = next((part for part in explanation.parts if part.role == "weights" and part.numbers.ndim), None)
    if part is None:
        return None
    numbers = part.numbers[reading.place] if reading.place is not None else part.numbers
    if numbers.ndim != len(places) or any(size <= place.max() for size, place in zip(numbers.shape, places)):
        return None
    picked = numbers[np.ix_(*[np.maximum(place, 0) for place in places])]
    picked = picked.reshape(-1, picked.shape[-1]).astype(np.float64)
    return np.where(_any_combination([place >= 0 for place in places]), picked, np.nan)

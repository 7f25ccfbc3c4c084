"""Which input pixels no window of a layer reaches, and the order in which its windows sweep over the input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.engine.arithmetic.explanation import Flags, Unit
from explorer.engine.arithmetic.patches import Positions, border_sources, window_positions
from explorer.engine.arithmetic.reading import boxes_read
from explorer.engine.arithmetic.regions import Box
from explorer.engine.geometry import Border, Window
from explorer.engine.layer import Layer, Shape


def unread_per_axis(layer: Layer, shapes: Sequence[Shape]) -> tuple[Flags, ...]:
    """Per axis of the first input (without channels) which rows, columns, ... no output reads."""
    (boxes, *_) = boxes_read(layer, shapes, Box.whole(layer.output_shape(shapes)))
    flags = tuple(np.ones(extent, bool) for extent in shapes[0][1:])
    for box in boxes:
        for flag, axis in zip(flags, box.axes[1:], strict=True):
            flag[axis] = False
    return flags


def unread_pixels(layer: Layer, shapes: Sequence[Shape]) -> Flags:
    """Which pixels of the first input no output reads, of its extents: whoever lies in an unread row or column."""
    flags = unread_per_axis(layer, shapes)
    result = np.zeros(shapes[0][1:], bool)
    for axis, flag in enumerate(flags):
        result |= flag.reshape(-1, *(1,) * (len(flags) - axis - 1))
    return result


@dataclass(frozen=True, eq=False)
class Stop:
    """One stop of a sweep: the output's place (without the channel), where the window looks, and what stands there.

    Positions outside of the input lie in the padding; `sources` are the real pixels there, -1 for a constant.
    """

    place: Unit
    positions: Positions
    sources: Positions


class Sweep:
    """All stops of a layer's windows over an input, row by row: a sequence to play, step and scrub."""

    def __init__(self, layer: Layer, shapes: Sequence[Shape]) -> None:
        windows = layer.windows(shapes)
        self._layer, self._shapes = layer, shapes
        self._windows: tuple[Window, ...] = () if windows is None else windows
        self._border: Border = getattr(layer, "border", "constant")
        self._input = shapes[0][1:]
        self.extents = layer.output_shape(shapes)[1:] if self._windows else ()

    def __len__(self) -> int:
        return int(np.prod(self.extents)) if self.extents else 0

    def __getitem__(self, index: int) -> Stop:
        if not 0 <= index < len(self):
            raise IndexError(f"There is no stop {index}: the sweep has {len(self)}.")
        return self.at(tuple(int(one) for one in np.unravel_index(index, self.extents)))

    def __iter__(self) -> Iterator[Stop]:
        return (self[index] for index in range(len(self)))

    def at(self, place: Unit) -> Stop:
        """The stop at an output's place."""
        # Where maps grow, no one window fits all outputs.
        if any(window.zoom > 1 for window in self._windows):
            ((box,), *_) = boxes_read(self._layer, self._shapes, Box.of_unit((0, *place)))
            return Stop(place, box.axes[1:], box.axes[1:])
        positions = window_positions(self._windows, place)
        return Stop(place, positions, border_sources(positions, self._input, self._border))

    def index(self, place: Unit) -> int:
        """The number of the stop at an output's place."""
        return int(np.ravel_multi_index(place, self.extents))

"""What a window reads for one output: the numbers, where they stand, and which of them are padding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.engine.arithmetic.explaining import Question
from explorer.engine.arithmetic.explanation import Index, Numbers, Part, Places
from explorer.engine.geometry import Border, Window, border_index

Positions = tuple[NDArray[np.intp], ...]  # one array per axis


def window_positions(windows: Sequence[Window], place: Sequence[int]) -> Positions:
    """Where the windows of the output at `place` look, per axis; outside of the map in the padding."""
    return tuple(
        index * window.stride - window.before + np.arange(window.size) * window.dilation
        for window, index in zip(windows, place, strict=True)
    )


def border_sources(positions: Positions, extents: Sequence[int], border: Border) -> Positions:
    """The pixels whose values stand at these positions, per axis; -1 for a constant."""
    return tuple(
        border_index(position, extent, border) for position, extent in zip(positions, extents, strict=True)
    )


def read_patch(
    question: Question,
    channels: slice | int,
    positions: Positions,
    border: Border = "constant",
    value: float = 0.0,
) -> Part:
    """The part 'patch' (channels, *size), or (*size) of a single channel; constants of the padding are `value`."""
    sample = question.sample()
    sources = border_sources(positions, sample.shape[1:], border)
    taken = sample[channels]
    first = taken.ndim - len(sources)
    for axis, source in enumerate(sources):
        taken = taken.take(source, axis=first + axis)  # -1 takes the last pixel, and is overwritten
    numbers: Numbers = taken.astype(np.float64)
    if border == "constant":
        for axis, source in enumerate(sources):
            if source.size and source.min() < 0:
                numbers[(slice(None),) * (first + axis) + (source < 0,)] = value
    kept: Index = np.arange(*channels.indices(len(sample))) if isinstance(channels, slice) else channels
    places = Places(question.source(), (kept, *sources), (kept, *positions), image=question.image)
    return Part("patch", numbers, "read", "", f"what the window reads of {places.node}", places=places)

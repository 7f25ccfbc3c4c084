"""The shift meter: whether a layer's maps move along with the image, and a prediction stays (Zhang 2019)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.engine.arithmetic.explaining import ExplanationError
from explorer.engine.arithmetic.explanation import Flags
from explorer.engine.evaluate import Trace, evaluate
from explorer.engine.geometry import Border, Field, border_index
from explorer.engine.layer import Array, ShapeError


@dataclass(frozen=True, eq=False)
class Equivariance:
    """How far map(shift(x)) is from shift(map(x)) for one node, (channels, *extents) each.

    `counted` are the pixels whose receptive field holds no padding and nothing that the shift brought in;
    `counts_borders` says that there were none, and all pixels with a counterpart stand in for them. `error` is the
    root of the mean square of the difference, relative to that of the maps: 0 where maps move along exactly.
    """

    moved: Array  # map(shift(x))
    expected: Array  # shift(map(x))
    counted: Flags  # (*extents)
    counts_borders: bool
    error: float
    channel_errors: NDArray[np.float64]

    @property
    def difference(self) -> Array:
        """Where they differ, (channels, *extents); 0 where it does not count."""
        return np.where(self.counted, self.moved - self.expected, 0).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Invariance:
    """How far an output without a place in the image, such as a prediction, stays as it is.

    `change` goes from 0, not at all, to 1; for probabilities it is the share that went elsewhere.
    """

    before: Array
    after: Array
    change: float
    same_answer: bool


@dataclass(frozen=True, eq=False)
class ShiftMeter:
    """An image and the same image shifted, both evaluated: every node can be asked."""

    shift: tuple[int, ...]
    trace: Trace
    shifted: Trace

    def equivariance(self, node: str, image: int = 0) -> Equivariance | None:
        """How far the node's maps move along; None where they have no place in the image."""
        fields = self._fields(node)
        if fields is None:
            return None
        before, moved = self.trace.activations[node][image], self.shifted.activations[node][image]
        steps = [shift / field.step for shift, field in zip(self.shift, fields, strict=True)]
        expected = before.astype(np.float64)
        exists, inside = np.ones(before.shape[1:], bool), np.ones(before.shape[1:], bool)
        for axis, (distance, field) in enumerate(zip(steps, fields, strict=True)):
            low, share = divmod(np.arange(before.shape[axis + 1]) - float(distance), 1.0)
            expected = _between(expected, low.astype(np.intp), share, axis + 1)
            has_source, is_clear = self._clear(field, low.astype(np.intp), share, axis)
            along = (-1, *(1,) * (exists.ndim - axis - 1))
            exists &= has_source.reshape(along)
            inside &= is_clear.reshape(along)
        counts_borders = not inside.any()
        counted = exists if counts_borders else inside
        errors = [_relative(one, other, counted) for one, other in zip(moved, expected, strict=True)]
        return Equivariance(
            moved, expected.astype(np.float32), counted, counts_borders,
            _relative(moved, expected, np.broadcast_to(counted, moved.shape)), np.array(errors),
        )  # fmt: skip

    def invariance(self, node: str, image: int = 0) -> Invariance:
        """How far the node's output, taken as one list, stays as it is."""
        self._fields(node)
        before, after = (trace.activations[node][image].ravel() for trace in (self.trace, self.shifted))
        amount = float(np.abs(before).sum(dtype=np.float64) + np.abs(after).sum(dtype=np.float64))
        change = float(np.abs(after - before).sum(dtype=np.float64)) / amount if amount else 0.0
        return Invariance(before, after, change, bool(np.argmax(before) == np.argmax(after)))

    def _fields(self, node: str) -> tuple[Field, ...] | None:
        if node not in self.trace.activations:
            raise ExplanationError(
                f"{node!r} is not a node that was evaluated. Those are: {', '.join(self.trace.steps)}."
            )
        fields = self.trace.network.reports[node].fields
        return fields or None  # a list has no axis to shift along

    def _clear(
        self, field: Field, low: NDArray[np.intp], share: NDArray[np.float64], axis: int
    ) -> tuple[Flags, Flags]:
        """Which units have a counterpart, and which see neither padding nor what the shift brought in."""
        count, extent, shift = len(low), self.trace.image.shape[axis + 2], self.shift[axis]
        high = low + (share > 0)
        has_source = (low >= 0) & (high < count)
        own = _fields_within(field, np.arange(count), max(0, shift), extent + min(0, shift))
        source = _fields_within(field, low, 0, extent) & _fields_within(field, high, 0, extent)
        return has_source, has_source & own & source


def shift_meter(
    trace: Trace, shift: Sequence[int], *, border: Border = "replicate", shifted: Trace | None = None
) -> ShiftMeter:
    """Evaluate the trace's image shifted by so many pixels per axis (down, to the right), for every node at once.

    What the shift brings in is taken from the border as `border` says; `wrap` brings in the other side. `shifted`
    is the trace of an earlier shift, of which what is the same is reused. Raises ShapeError where the shift has not
    one number per axis, or is as large as the image.
    """
    extents = trace.image.shape[2:]
    if len(shift) != len(extents) or any(abs(one) >= size for one, size in zip(shift, extents, strict=False)):
        raise ShapeError(
            f"A shift needs {len(extents)} numbers, each smaller than the image ({', '.join(map(str, extents))}), "
            f"got {tuple(shift)}."
        )
    image = shifted_image(trace.image, shift, border)
    return ShiftMeter(tuple(shift), trace, evaluate(trace.network, image, shifted))


def shifted_image(
    image: Array, shift: Sequence[int], border: Border = "replicate", value: float = 0.0
) -> Array:
    """An image (batch, channels, *extents) moved by so many pixels per axis, down and to the right."""
    result = image
    for axis, distance in enumerate(shift):
        size = image.shape[axis + 2]
        sources = border_index(np.arange(size) - distance, size, border)
        result = result.take(sources, axis=axis + 2)
        result[(slice(None),) * (axis + 2) + (sources < 0,)] = value
    return result


def _between(
    x: NDArray[np.float64], low: NDArray[np.intp], share: NDArray[np.float64], axis: int
) -> NDArray[np.float64]:
    """Values along an axis at `low` + `share`, blended from both neighbours; the ends are repeated."""
    last = x.shape[axis] - 1
    before, after = (x.take(np.clip(index, 0, last), axis=axis) for index in (low, low + 1))
    weight = share.reshape(-1, *(1,) * (x.ndim - axis - 1))
    return np.where(weight > 0, before * (1 - weight) + after * weight, before)


def _fields_within(field: Field, units: NDArray[np.intp], first: int, end: int) -> Flags:
    starts = np.floor(float(field.start) + units * float(field.step))
    return np.asarray((starts >= first) & (starts + field.size <= end))


def _relative(one: NDArray[np.floating], other: NDArray[np.floating], counted: Flags) -> float:
    """The root mean square of the difference over what counts, relative to that of the larger of both."""
    left, right = one[counted].astype(np.float64), other[counted].astype(np.float64)
    if not left.size:
        return 0.0
    size = max(float(np.mean(left**2)), float(np.mean(right**2)))
    return float(np.sqrt(np.mean((left - right) ** 2) / size)) if size else 0.0

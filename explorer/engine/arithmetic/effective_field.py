"""The effective receptive field: how much each pixel of the image moves a unit (Luo et al. 2016)."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from explorer.engine.arithmetic.crops import Crop, Way, back_on_crop, everywhere
from explorer.engine.arithmetic.explaining import ExplanationError
from explorer.engine.arithmetic.explanation import Unit
from explorer.engine.arithmetic.regions import Range
from explorer.engine.backpropagate import backpropagate
from explorer.engine.evaluate import Trace
from explorer.engine.layer import Array, Shape, shape_text


@dataclass(frozen=True, eq=False)
class EffectiveField:
    """The gradient of one unit with respect to an earlier output, (channels, *sizes), at these places of it.

    Outside of `places` (first and one past the last index per axis behind the channels) it is 0.
    """

    gradient: Array
    places: tuple[Range, ...]
    shape: Shape  # of the whole output, (channels, *extents)

    @cached_property
    def strength(self) -> Array:
        """The absolute gradient summed over the channels, of the sizes of the places; of a list per feature."""
        sizes = np.abs(self.gradient)
        return np.asarray(sizes.sum(0) if sizes.ndim > 1 else sizes)

    def picture(self) -> Array:
        """The strength on the whole output, of its extents."""
        if len(self.shape) == 1:
            return self.strength
        result = np.zeros(self.shape[1:], self.gradient.dtype)
        result[tuple(slice(first, last) for first, last in self.places)] = self.strength
        return result

    def share_within(self, distance: float) -> float:
        """The share of all strength at most so many pixels from its middle: 1 where all of it is.

        The middle is that of the places; a theoretical field of n pixels reaches n / 2 far.
        """
        strength = self.strength.astype(np.float64)
        axes = [np.abs(np.arange(size) - (size - 1) / 2) <= distance for size in strength.shape]
        total = strength.sum()
        return float(strength[np.ix_(*axes)].sum() / total) if total > 0 else 1.0

    @cached_property
    def _sums(self) -> Array:
        """The strength of the squares of 0, 1, 2, ... pixels around the middle."""
        strength = self.strength.astype(np.float64)
        sizes = np.zeros(strength.shape, np.intp)  # of the smallest square around the middle with this pixel
        for axis, size in enumerate(strength.shape):
            own = np.abs(2 * np.arange(size) - (size - 1)) + 1
            np.maximum(sizes, own.reshape(-1, *(1,) * (strength.ndim - axis - 1)), out=sizes)
        return np.asarray(np.bincount(sizes.ravel(), strength.ravel()).cumsum())

    def size_of(self, share: float) -> int:
        """How many pixels around the middle hold so much of all strength; 0 where there is none."""
        sums = self._sums
        return int(np.searchsorted(sums, share * sums[-1] * (1 - 1e-9))) if sums.size and sums[-1] > 0 else 0


def effective_field(
    trace: Trace, node: str, unit: Unit, image: int = 0, of: str | None = None
) -> EffectiveField:
    """How the unit of a node moves with every value of an earlier node's output, by default the input's.

    Only the part of every layer that the unit reads is computed, and no tape is needed. A trace of a training,
    where images can depend on each other, goes back through whole layers by its tapes. Raises ExplanationError
    where there is no such unit or node.
    """
    target = trace.network.input.name if of is None else of
    _check(trace, node, unit, target)
    if _is_of_training(trace):
        return _by_tapes(trace, node, unit, image, target)
    wanted = trace.network.descendants(target) | {target}
    found = _on_the_way_back(trace, node, unit, image, wanted)
    return _field(found.get(target), trace.steps[target].output.shape[1:])


def effective_fields(
    trace: Trace, node: str, unit: Unit, image: int = 0
) -> Mapping[str, EffectiveField]:  # fmt: skip
    """The same for every node that the unit reads, its own and the input included, in one way back.

    Nodes that do not move it at all are not among them.
    """
    _check(trace, node, unit, node)
    if _is_of_training(trace):
        names = [name for name in trace.steps if node in trace.network.descendants(name) or name == node]
        return {name: _by_tapes(trace, node, unit, image, name) for name in names}
    found = _on_the_way_back(trace, node, unit, image, set(trace.steps))
    return {
        name: _field(found[name], trace.steps[name].output.shape[1:]) for name in trace.steps if name in found
    }


def _is_of_training(trace: Trace) -> bool:
    return any(step.tape is not None and step.tape.is_training for step in trace.steps.values())


def _on_the_way_back(trace: Trace, node: str, unit: Unit, image: int, wanted: Set[str]) -> dict[str, Crop]:
    """The gradient of the unit with respect to the output of every wanted node, where it can be other than 0."""
    places: tuple[Range, ...] = tuple((index, index + 1) for index in unit[1:])
    output = trace.steps[node].output
    seed = np.zeros((1, output.shape[1], *(1,) * len(places)), output.dtype)
    seed[0, unit[0]] = 1
    found = {node: Crop(seed, places)}
    for step in reversed(tuple(trace.steps.values())):
        name = step.node.name
        gradient = found.get(name)
        if gradient is None or name not in wanted or not gradient.array.any():
            continue
        sources = [source for source in step.node.inputs if source in wanted]
        if not sources:
            continue
        if step.node.bypassed:
            crops = [gradient]
        else:
            inputs = tuple(x[image : image + 1] for x in step.inputs)
            crops = back_on_crop(Way(step.node.layer, inputs, step.node.parameters), gradient)
        for source, crop in zip(step.node.inputs, crops, strict=False):
            found[source] = found[source].plus(crop) if source in found else crop
    return found


def _field(crop: Crop | None, shape: Shape) -> EffectiveField:
    if crop is not None:
        return EffectiveField(crop.array[0], crop.places, shape)
    nothing = tuple((0, 0) for _ in shape[1:])
    return EffectiveField(np.zeros((shape[0], *(0,) * len(nothing)), np.float32), nothing, shape)


def _by_tapes(trace: Trace, node: str, unit: Unit, image: int, target: str) -> EffectiveField:
    seed = np.zeros_like(trace.steps[node].output)
    seed[(image, *unit)] = 1
    gradient = backpropagate(trace, {node: seed}, wrt=[target]).outputs[target]
    return EffectiveField(gradient[image], everywhere(gradient.shape), gradient.shape[1:])


def _check(trace: Trace, node: str, unit: Unit, target: str) -> None:
    for name in (node, target):
        if name not in trace.steps:
            raise ExplanationError(
                f"{name!r} is not a node that was evaluated. Those are: {', '.join(trace.steps)}."
            )
    shape = trace.steps[node].output.shape[1:]
    if len(unit) != len(shape) or any(not 0 <= one < size for one, size in zip(unit, shape, strict=True)):
        raise ExplanationError(f"{node} has no unit {unit}: its output is {shape_text(shape)}.")

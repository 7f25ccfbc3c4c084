"""The way back through one layer on a crop: the gradient of a small part of its output, from a small part of its input.

Every layer's own `forward` and `backward` compute, on as little as gives the same gradient. A layer that is not
registered here gets its whole input, which is always right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.engine.arithmetic.regions import Range
from explorer.engine.arithmetic.transposed import stampings, stamps_on
from explorer.engine.geometry import Border, border_index
from explorer.engine.layer import Array, Layer, Parameters, Shape
from explorer.engine.layers.activation import Activation
from explorer.engine.layers.convolution import Convolution
from explorer.engine.layers.dropout import Dropout
from explorer.engine.layers.local_response import LocalResponseNormalization
from explorer.engine.layers.merge import Concatenate, Elementwise
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.layers.pooling import SlidingPool
from explorer.engine.layers.rectifiers import PReLU
from explorer.engine.layers.softmax import Distribution
from explorer.engine.layers.transposed_convolution import TransposedConvolution
from explorer.engine.layers.upsampling import Upsampling
from explorer.engine.spatial import per_axis
from explorer.engine.tape import Needed, Tape

Places = tuple[Range, ...]  # of a crop along every axis behind the channels


@dataclass(frozen=True, eq=False)
class Crop:
    """A part of an activation of one image, with all its channels: (1, channels, *sizes) at these places."""

    array: Array
    places: Places

    def within(self, places: Places) -> Array:
        """The array with zeros around it, so that it covers these places."""
        if places == self.places:
            return self.array
        sizes = [last - first for first, last in places]
        result = np.zeros((*self.array.shape[:2], *sizes), self.array.dtype)
        own = [
            slice(first - outer, last - outer)
            for (first, last), (outer, _) in zip(self.places, places, strict=True)
        ]
        result[(slice(None), slice(None), *own)] = self.array
        return result

    def plus(self, other: Crop) -> Crop:
        """The sum of both, over the smallest crop that holds them."""
        places = tuple(
            (min(a, c), max(b, d)) for (a, b), (c, d) in zip(self.places, other.places, strict=True)
        )
        return Crop(self.within(places) + other.within(places), places)


@dataclass(frozen=True, eq=False)
class Way:
    """A layer with its inputs of one image (1, channels, *extents) and its parameters, to go back through."""

    layer: Layer
    inputs: tuple[Array, ...]
    parameters: Parameters

    @property
    def shapes(self) -> list[Shape]:
        """The shapes of the inputs, of one sample."""
        return [x.shape[1:] for x in self.inputs]

    def back(
        self, layer: Layer, inputs: Sequence[Array], gradient: Callable[[Array], Array]
    ) -> Sequence[Array | None]:
        """The gradients of these inputs of the layer; `gradient` is asked for that of the output it gets."""
        tape = Tape(record=True)
        with np.errstate(all="ignore"):  # as in an evaluation
            y = layer.forward(inputs, self.parameters, tape)
            return layer.backward(gradient(y), tape, Needed((True,) * len(inputs), False)).inputs


Cropper = Callable[[Way, Crop], list[Crop]]
CROPPERS: dict[type[Layer], Cropper] = {}


def crops(*layers: type[Layer]) -> Callable[[Cropper], Cropper]:
    """Register how these layers, and all derived from them, go back on a crop."""

    def register(cropper: Cropper) -> Cropper:
        CROPPERS.update(dict.fromkeys(layers, cropper))
        return cropper

    return register


def back_on_crop(way: Way, gradient: Crop) -> list[Crop]:
    """Per input the gradient, where it can be other than 0, from that of a part of the output."""
    cropper = next((CROPPERS[one] for one in type(way.layer).__mro__ if one in CROPPERS), whole)
    return cropper(way, gradient)


def everywhere(shape: Sequence[int]) -> Places:
    """The places of a crop that is the whole activation (batch, channels, *extents)."""
    return tuple((0, extent) for extent in shape[2:])


def cut(x: Array, places: Places) -> Array:
    """This part of an activation."""
    return x[(slice(None), slice(None), *(slice(first, last) for first, last in places))]


def whole(way: Way, gradient: Crop) -> list[Crop]:
    """Back through the whole layer."""
    found = way.back(way.layer, way.inputs, lambda y: gradient.within(everywhere(y.shape)))
    pairs = zip(found, way.inputs, strict=True)
    return [Crop(np.zeros_like(x) if one is None else one, everywhere(x.shape)) for one, x in pairs]


@crops(Activation, PReLU, BatchNormalization, Dropout, LocalResponseNormalization)
def _pointwise(way: Way, gradient: Crop) -> list[Crop]:
    parts = [cut(x, gradient.places) for x in way.inputs]
    found = way.back(way.layer, parts, lambda y: gradient.array)
    return [Crop(one, gradient.places) for one in found if one is not None]


@crops(Elementwise)
def _elementwise(way: Way, gradient: Crop) -> list[Crop]:
    return _pointwise(way, gradient) if len({x.shape[2:] for x in way.inputs}) == 1 else whole(way, gradient)


@crops(Distribution, Concatenate)
def _along_channels(way: Way, gradient: Crop) -> list[Crop]:
    along = getattr(way.layer, "axis", "channels")
    return _pointwise(way, gradient) if along == "channels" else whole(way, gradient)


@crops(Convolution)
def _convolution(way: Way, gradient: Crop) -> list[Crop]:
    """The crop is padded by hand and correlated without padding; what stood in the padding is given back."""
    layer, (x,) = way.layer, way.inputs
    assert isinstance(layer, Convolution)
    border: Border = layer.border  # type: ignore[assignment]
    padded, sources = x, []
    for axis, (window, (first, last)) in enumerate(
        zip(layer.windows(way.shapes), gradient.places, strict=True)
    ):
        begin = first * window.stride - window.before
        end = (last - 1) * window.stride - window.before + window.reach
        source = border_index(np.arange(begin, end), x.shape[axis + 2], border)
        padded = padded.take(source, axis=axis + 2)
        padded[(slice(None),) * (axis + 2) + (source < 0,)] = layer.padding_value
        sources.append(source)
    (found,) = way.back(layer.with_settings(padding="valid"), [padded], lambda y: gradient.array)
    assert found is not None
    return [_folded(found, sources)]


def _folded(gradient: Array, sources: Sequence[NDArray[np.intp]]) -> Crop:
    """The gradient of the real pixels, from that of all positions; constants of the padding take none."""
    places = []
    for axis, source in enumerate(sources):
        real = source >= 0
        if not real.any():  # a kernel wholly in the padding: the crop is one pixel that gets nothing
            source, real = np.zeros_like(source), np.zeros_like(real)
        first, last = (int(source[real].min()), int(source[real].max()) + 1) if real.any() else (0, 1)
        lines = np.moveaxis(gradient, axis + 2, 0)
        target = np.zeros((last - first, *lines.shape[1:]), gradient.dtype)
        np.add.at(target, source[real] - first, lines[real])
        gradient = np.moveaxis(target, 0, axis + 2)
        places.append((first, last))
    return Crop(gradient, tuple(places))


@crops(SlidingPool)
def _pooling(way: Way, gradient: Crop) -> list[Crop]:
    """The crop gets the sides of padding that its windows read."""
    layer, (x,) = way.layer, way.inputs
    assert isinstance(layer, SlidingPool)
    places, outputs, sides = [], [], []
    for extent, window, (first, last) in zip(
        x.shape[2:], layer.windows(way.shapes), gradient.places, strict=True
    ):
        end = (last - 1) * window.stride - window.before + window.reach
        if end > extent + window.after and first > 0:
            first -= 1  # a partial window counts only behind a whole one
        begin = first * window.stride - window.before
        places.append((max(0, begin), min(extent, end)))
        outputs.append((first, last))
        sides += [max(0, -begin), max(0, min(window.after, end - extent))]
    cropped = layer.with_settings(padding="explicit", sides=tuple(sides))
    part = cut(x, tuple(places))
    (found,) = way.back(cropped, [part], lambda y: gradient.within(tuple(outputs)))
    assert found is not None
    return [Crop(found, tuple(places))]


@crops(TransposedConvolution)
def _transposed(way: Way, gradient: Crop) -> list[Crop]:
    """The stamps of all inputs that reach the crop, none of them cut off."""
    layer, (x,) = way.layer, way.inputs
    assert isinstance(layer, TransposedConvolution)
    places, begins = [], []
    for stamping, (first, last) in zip(stampings(layer, way.shapes[0]), gradient.places, strict=True):
        reached = np.concatenate([stamps_on(stamping, output)[0] for output in range(first, last)])
        low, high = (int(reached.min()), int(reached.max())) if reached.size else (0, 0)
        places.append((low, high + 1))
        begins.append(low * stamping.read.stride - stamping.read.before)  # of the first stamp, in the output

    def seed(y: Array) -> Array:
        result = np.zeros_like(y)
        target, source = [], []
        for begin, size, (first, last) in zip(begins, y.shape[2:], gradient.places, strict=True):
            low, high = max(first, begin), min(last, begin + size)  # beyond, no stamp reaches
            target.append(slice(low - begin, max(low, high) - begin))
            source.append(slice(low - first, max(low, high) - first))
        both = (slice(None), slice(None))
        result[(*both, *target)] = gradient.array[(*both, *source)]
        return result

    none = 0 if isinstance(layer.output_padding, int) else (0,) * len(layer.output_padding)
    uncut = layer.with_settings(padding="valid", output_padding=none)
    (found,) = way.back(uncut, [cut(x, tuple(places))], seed)
    assert found is not None
    return [Crop(found, tuple(places))]


@crops(Upsampling)
def _upsampling(way: Way, gradient: Crop) -> list[Crop]:
    layer, (x,) = way.layer, way.inputs
    assert isinstance(layer, Upsampling)
    if layer.mode != "nearest" and layer.align_corners:
        return whole(way, gradient)  # there every position depends on how large the map is
    margin = 1 if layer.mode != "nearest" else 0
    scales = per_axis(layer.scale)
    places = tuple(
        (max(0, first // scale - margin), min(extent, (last - 1) // scale + 1 + margin))
        for (first, last), scale, extent in zip(gradient.places, scales, x.shape[2:], strict=True)
    )
    grown = tuple((first * scale, last * scale) for (first, last), scale in zip(places, scales, strict=True))
    (found,) = way.back(layer, [cut(x, places)], lambda y: gradient.within(grown))
    assert found is not None
    return [Crop(found, places)]

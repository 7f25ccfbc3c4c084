"""What a box of units reads of the layer's inputs: one step backwards, for every layer that is registered here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.engine.arithmetic.regions import Box, boxes_of
from explorer.engine.arithmetic.transposed import stampings, stamps_on
from explorer.engine.arithmetic.upsampling import blended
from explorer.engine.geometry import Border, Window, border_index
from explorer.engine.layer import Layer, Shape
from explorer.engine.layers.convolution import Convolution
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.global_pooling import GlobalPool
from explorer.engine.layers.local_response import LocalResponseNormalization
from explorer.engine.layers.merge import Concatenate, Elementwise
from explorer.engine.layers.padding import Padding
from explorer.engine.layers.reshape import Reshape
from explorer.engine.layers.softmax import Distribution
from explorer.engine.layers.transposed_convolution import TransposedConvolution
from explorer.engine.layers.upsampling import Upsampling
from explorer.engine.spatial import axis_of, per_axis

Indices = NDArray[np.intp]
Reader = Callable[[Layer, Sequence[Shape], Box], list[list[Box]]]  # per input the boxes that are read
READERS: dict[type[Layer], Reader] = {}


def reads(*layers: type[Layer]) -> Callable[[Reader], Reader]:
    """Register what these layers, and all derived from them, read for a box of their output.

    A layer that is not registered reads the same channels through its windows, or everything without windows.
    """

    def register(reader: Reader) -> Reader:
        READERS.update(dict.fromkeys(layers, reader))
        return reader

    return register


def boxes_read(layer: Layer, shapes: Sequence[Shape], box: Box) -> list[list[Box]]:
    """Per input of these shapes the boxes that the units of `box` read. Constants of the padding are not among them."""
    reader = next((READERS[one] for one in type(layer).__mro__ if one in READERS), None)
    if reader is not None:
        return reader(layer, shapes, box)
    windows = layer.windows(shapes)
    if windows is None:
        return [[Box.whole(shape)] for shape in shapes]
    return [[Box((box.axes[0], *_through(windows, shape, box)))] for shape in shapes]


def window_sources(window: Window, extent: int, outputs: Indices, border: Border = "constant") -> Indices:
    """The real pixels along an axis that the windows of these outputs read."""
    positions = (outputs * window.stride - window.before)[:, None] + np.arange(window.size) * window.dilation
    sources = np.unique(border_index(positions, extent, border))
    return sources[sources >= 0]


def _through(windows: Sequence[Window], shape: Shape, box: Box, border: Border = "constant") -> list[Indices]:
    return [
        window_sources(window, extent, outputs, border)
        for window, extent, outputs in zip(windows, shape[1:], box.axes[1:], strict=True)
    ]


def _group_channels(filters: Indices, count: int, channels: int, groups: int) -> Indices:
    """The channels of all groups to which these of `count` filters belong."""
    size = channels // groups
    chosen = np.unique(filters // (count // groups))
    return np.asarray((chosen[:, None] * size + np.arange(size)).ravel())


@reads(Convolution)
def _of_convolution(layer: Layer, shapes: Sequence[Shape], box: Box) -> list[list[Box]]:
    assert isinstance(layer, Convolution)
    border: Border = layer.border  # type: ignore[assignment]
    channels = _group_channels(box.axes[0], layer.filters, shapes[0][0], layer.groups)
    return [[Box((channels, *_through(layer.windows(shapes), shapes[0], box, border)))]]


@reads(TransposedConvolution)
def _of_transposed(layer: Layer, shapes: Sequence[Shape], box: Box) -> list[list[Box]]:
    assert isinstance(layer, TransposedConvolution)
    channels = _group_channels(box.axes[0], layer.filters, shapes[0][0], layer.groups)
    axes = [
        _joined(stamps_on(stamping, int(output))[0] for output in outputs)
        for stamping, outputs in zip(stampings(layer, shapes[0]), box.axes[1:], strict=True)
    ]
    return [[Box((channels, *axes))]]


def _joined(indices: Iterable[Indices]) -> Indices:
    return np.unique(np.concatenate(list(indices)))


@reads(GlobalPool)
def _of_global_pool(layer: Layer, shapes: Sequence[Shape], box: Box) -> list[list[Box]]:
    return [[Box((box.axes[0], *(np.arange(size) for size in shapes[0][1:])))]]


@reads(LocalResponseNormalization)
def _of_local_response(layer: Layer, shapes: Sequence[Shape], box: Box) -> list[list[Box]]:
    assert isinstance(layer, LocalResponseNormalization)
    around = np.arange(-((layer.size - 1) // 2), layer.size // 2 + 1)
    channels = np.unique(box.axes[0][:, None] + around)
    channels = channels[(channels >= 0) & (channels < shapes[0][0])]
    return [[Box((channels, *box.axes[1:]))]]


@reads(Distribution)
def _of_distribution(layer: Layer, shapes: Sequence[Shape], box: Box) -> list[list[Box]]:
    assert isinstance(layer, Distribution)
    axis = axis_of(layer, layer.axis, shapes[0])
    return [[Box((*box.axes[:axis], np.arange(shapes[0][axis]), *box.axes[axis + 1 :]))]]


@reads(Elementwise)
def _of_elementwise(layer: Layer, shapes: Sequence[Shape], box: Box) -> list[list[Box]]:
    return [
        [
            Box(
                tuple(
                    np.zeros(1, np.intp) if size == 1 else axis
                    for size, axis in zip(shape, box.axes, strict=True)
                )
            )
        ]
        for shape in shapes
    ]


@reads(Concatenate)
def _of_concatenate(layer: Layer, shapes: Sequence[Shape], box: Box) -> list[list[Box]]:
    assert isinstance(layer, Concatenate)
    axis = axis_of(layer, layer.axis, shapes[0])
    found, begin = [], 0
    for shape in shapes:
        indices = box.axes[axis]
        indices = indices[(indices >= begin) & (indices < begin + shape[axis])] - begin
        found.append([Box((*box.axes[:axis], indices, *box.axes[axis + 1 :]))] if len(indices) else [])
        begin += shape[axis]
    return found


@reads(Flatten, Reshape)
def _in_order(layer: Layer, shapes: Sequence[Shape], box: Box) -> list[list[Box]]:
    if box.count == math.prod(shapes[0]):
        return [[Box.whole(shapes[0])]]
    flat = np.ravel_multi_index(np.ix_(*box.axes), layer.output_shape(shapes)).ravel()
    return [boxes_of(np.stack(np.unravel_index(flat, shapes[0]), axis=1))]


@reads(Padding)
def _of_pad(layer: Layer, shapes: Sequence[Shape], box: Box) -> list[list[Box]]:
    assert isinstance(layer, Padding)
    return [[Box((box.axes[0], *_through(layer.windows(shapes), shapes[0], box, layer.border)))]]


@reads(Upsampling)
def _of_upsample(layer: Layer, shapes: Sequence[Shape], box: Box) -> list[list[Box]]:
    assert isinstance(layer, Upsampling)
    axes = []
    for outputs, extent, scale in zip(box.axes[1:], shapes[0][1:], per_axis(layer.scale), strict=True):
        if layer.mode == "nearest":
            axes.append(np.unique(outputs // scale))
        else:
            axes.append(_joined(blended(int(one), extent, scale, layer.align_corners)[0] for one in outputs))
    return [[Box((box.axes[0], *axes))]]

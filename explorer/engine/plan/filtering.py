"""What both ways of a planned convolution share: which nodes it is made of, its bias, ReLU and pooling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.engine.backpropagate import ParameterName
from explorer.engine.geometry import Window
from explorer.engine.kernel_weights import turned
from explorer.engine.layer import Shape
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.network import Node
from explorer.engine.plan.block import Block, Parts, Site
from explorer.engine.plan.place import lines_of
from explorer.engine.plan.pooling import Tail

TILE = 1 << 18  # numbers that are worked on at once: they stay in the second-level cache


def is_plain(layer: Conv2d) -> bool:
    """Whether all filters read all channels, and zeros stand around the maps."""
    return layer.groups == 1 and (
        layer.padding == "valid" or (layer.border == "constant" and layer.padding_value == 0)
    )


class FilterBlock(Block):
    """A convolution of maps with what follows it: ReLU, max pooling 2 x 2, ReLU, each of them or none."""

    is_partial = True

    def __init__(self, nodes: Sequence[Node], inputs: Sequence[str], shape: Shape) -> None:
        super().__init__(nodes, inputs)
        node, *rest = self.nodes
        assert isinstance(node.layer, Conv2d)
        self.layer, self.node = node.layer, node.name
        self.is_pooled = any(isinstance(one.layer, MaxPool) for one in rest)
        self.is_rectified = any(one.layer.kind == "relu" for one in rest)
        self.windows: tuple[Window, ...] = self.layer.windows([shape])  # down, across
        self.kernel_shape = node.parameters["kernel"].shape  # (k, c, kh, kw)
        self.kernel = np.empty(self.kernel_shape, np.float32)
        self.weights = np.empty((len(self.kernel), self.kernel[0].size), np.float32)  # (k, kh * kw * c)
        self.bias = np.zeros((len(self.kernel), 1), np.float32) if self.layer.bias else None

    def extents_read(self, place: int, extents: Shape, whole: Shape) -> Shape:
        found = []
        for window, outputs, extent in zip(self.windows, extents, whole, strict=True):
            last = (outputs * (2 if self.is_pooled else 1) - 1) * window.stride + window.reach - window.before
            found.append(min(extent, last))
        return tuple(found)

    def gradient_shapes(self) -> Mapping[ParameterName, Shape]:
        shapes: dict[ParameterName, Shape] = {(self.node, "kernel"): self.raw_shape}
        if self.bias is not None:
            shapes[self.node, "bias"] = self.kernel_shape[:1]
        return shapes

    @property
    def raw_shape(self) -> Shape:
        """The kernel's gradient as stages give it: (kh, kw, c, k)."""
        filters, channels, height, width = self.kernel_shape
        return height, width, channels, filters

    def load(self, parameters: Parts) -> None:
        kernel = parameters[self.node, "kernel"]
        self.kernel = turned(kernel, self.layer.flip)
        in_order = self.kernel.transpose(0, 2, 3, 1)  # (k, kh, kw, c)
        self.weights.reshape(in_order.shape)[...] = in_order
        if self.bias is not None:
            self.bias[:, 0] = parameters[self.node, "bias"]

    def tail(self, site: Site, longest: int) -> Tail:
        """What follows the convolution at a site, for bands of at most `longest` rows."""
        out, gradient = lines_of(site.output.values), lines_of(site.output.gradient)
        return Tail(out, gradient, self.bias, self.is_rectified, self.is_pooled, longest)

    def unload(self, gradients: Parts, parts: Parts) -> None:
        kernel = gradients[self.node, "kernel"].transpose(3, 2, 0, 1)  # (k, c, kh, kw)
        parts[self.node, "kernel"][...] = turned(kernel, self.layer.flip)
        if self.bias is not None:
            parts[self.node, "bias"][...] = gradients[self.node, "bias"]


def spans(count: int, numbers: int) -> list[slice]:
    """`count` rows of `numbers` numbers each in bands that fit a tile."""
    step = max(1, TILE // max(1, numbers))
    step = -(-count // max(1, -(-count // step)))  # all of about the same height
    return [slice(first, min(count, first + step)) for first in range(0, count, step)]

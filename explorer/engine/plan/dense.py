"""Lists in a plan: from maps to a list, dropout, and the dense layer with its ReLU. Lists lie as (f, n)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from explorer.engine.backpropagate import ParameterName
from explorer.engine.layer import Shape
from explorer.engine.layers.activation import zeros_for
from explorer.engine.layers.dropout import Dropout, mask_for
from explorer.engine.memory import rows_first
from explorer.engine.network import Node
from explorer.engine.plan.block import Block, Parts, Site, Stage
from explorer.engine.plan.calls import Call, copying, make, selecting


class FlattenBlock(Block):
    """Maps (h, c, w, n) as a list (c * h * w, n)."""

    def stage(self, site: Site) -> Stage:
        return _FlattenStage(site)


class _FlattenStage(Stage):
    def __init__(self, site: Site) -> None:
        (place,) = site.inputs
        shape = (*place.shape, len(place.values))
        values, gradient = (rows_first(one).transpose(1, 0, 2, 3) for one in (place.values, place.gradient))
        self.there = copying(site.output.values.T.reshape(shape), values)  # (c, h, w, n)
        self.back = copying(gradient, site.output.gradient.T.reshape(shape))
        self.is_needed = site.needed[0]

    def forward(self) -> None:
        self.there()

    def backward(self) -> None:
        if self.is_needed:
            self.back()


class DropoutBlock(Block):
    """Dropout of lists or maps."""

    def stage(self, site: Site) -> Stage:
        (node,) = self.nodes
        assert isinstance(node.layer, Dropout)
        return _DropoutStage(node.layer.rate, site)


class _DropoutStage(Stage):
    def __init__(self, rate: float, site: Site) -> None:
        self.rate, self.site = rate, site
        self.factors = mask_for(site.output.values, rate, site.piece.rng)

    def forward(self) -> None:
        self.factors = mask_for(self.site.output.values, self.rate, self.site.piece.rng)
        np.multiply(self.site.inputs[0].values, self.factors, out=self.site.output.values)

    def backward(self) -> None:
        if self.site.needed[0]:
            np.multiply(self.site.output.gradient, self.factors, out=self.site.inputs[0].gradient)


class DenseBlock(Block):
    """A dense layer, and the ReLU behind it if there is one."""

    def __init__(self, nodes: Sequence[Node], inputs: Sequence[str]) -> None:
        super().__init__(nodes, inputs)
        node, *rest = self.nodes
        self.node, self.rectify = node.name, bool(rest)
        self.kernel = node.parameters["kernel"]  # (units, f)
        bias = node.parameters.get("bias")
        self.bias = None if bias is None else np.empty((len(bias), 1), np.float32)

    def gradient_shapes(self) -> Mapping[ParameterName, Shape]:
        shapes: dict[ParameterName, Shape] = {(self.node, "kernel"): self.kernel.shape}
        if self.bias is not None:
            shapes[self.node, "bias"] = self.bias.shape[:1]
        return shapes

    def load(self, parameters: Parts) -> None:
        self.kernel = parameters[self.node, "kernel"]
        if self.bias is not None:
            self.bias[:, 0] = parameters[self.node, "bias"]

    def stage(self, site: Site) -> Stage:
        return _DenseStage(self, site)


class _DenseStage(Stage):
    def __init__(self, block: DenseBlock, site: Site) -> None:
        self.block, self.site = block, site
        (place,) = site.inputs
        self.x, self.x_gradient = place.values.T, place.gradient.T  # (f, n)
        self.y, self.gradient = site.output.values.T, site.output.gradient.T  # (units, n)
        self.mask = np.empty(self.y.shape, bool)
        self.masked = np.empty_like(self.y) if block.rectify else self.gradient

        self.there, self.back = self._way_there(), self._way_back()

    def forward(self) -> None:
        np.matmul(self.block.kernel, self.x, out=self.y)
        make(self.there)

    def backward(self) -> None:
        make(self.back)
        if self.site.needed[0]:
            np.matmul(self.block.kernel.T, self.masked, out=self.x_gradient)

    def _way_there(self) -> list[Call]:
        """What follows the product."""
        calls: list[Call] = []
        if self.block.bias is not None:
            calls.append(partial(np.add, self.y, self.block.bias, self.y))
        if self.block.rectify:
            calls.append(partial(np.maximum, self.y, zeros_for(self.y), out=self.y))
        return calls

    def _way_back(self) -> list[Call]:
        """As far as the parameters."""
        block, gradients = self.block, self.site.gradients
        calls: list[Call] = []
        if block.rectify:
            calls.append(partial(np.not_equal, self.y, 0, self.mask))
            calls.append(selecting(self.gradient, self.mask, self.masked))
        if gradients:
            calls.append(partial(np.matmul, self.masked, self.x.T, gradients[block.node, "kernel"]))
            if block.bias is not None:
                calls.append(partial(np.add.reduce, self.masked, 1, None, gradients[block.node, "bias"]))
        return calls

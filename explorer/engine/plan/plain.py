"""The plain block: any one layer, by its own forward and backward pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.engine.backpropagate import ParameterName
from explorer.engine.layer import Array, Shape
from explorer.engine.network import Node
from explorer.engine.plan.block import Block, Parts, Site, Stage
from explorer.engine.tape import Needed, Tape


class PlainBlock(Block):
    """One node whose layer is asked."""

    def __init__(self, nodes: Sequence[Node], inputs: Sequence[str]) -> None:
        super().__init__(nodes, inputs)
        (self.node,) = self.nodes
        self.parameters: dict[str, Array] = dict(self.node.parameters)

    def gradient_shapes(self) -> Mapping[ParameterName, Shape]:
        learned = (name for name in self.parameters if name not in self.node.layer.statistics)
        return {(self.node.name, name): self.parameters[name].shape for name in learned}

    def load(self, parameters: Parts) -> None:
        for node, name in self.gradient_shapes():
            self.parameters[name] = parameters[node, name]

    def stage(self, site: Site) -> Stage:
        return _PlainStage(self, site)


class _PlainStage(Stage):
    def __init__(self, block: PlainBlock, site: Site) -> None:
        self.block, self.site = block, site
        self.tape = Tape(record=True)
        self.needed = Needed(site.needed, bool(site.gradients))

    def forward(self) -> None:
        self.tape = Tape(record=True, rng=self.site.piece.rng)
        inputs = [place.values for place in self.site.inputs]
        layer = self.block.node.layer
        self.site.output.values[...] = layer.forward(inputs, self.block.parameters, self.tape)

    def backward(self) -> None:
        site, layer = self.site, self.block.node.layer
        if not any(self.needed.inputs) and not self.needed.parameters:
            return
        gradients = layer.backward(site.output.gradient, self.tape, self.needed)
        for place, is_needed, gradient in zip(site.inputs, site.needed, gradients.inputs, strict=True):
            if is_needed:
                place.gradient[...] = 0 if gradient is None else gradient
        for (_, name), part in site.gradients.items():
            np.copyto(part, gradients.parameters[name])

"""The wide dense layer: so many numbers that it is multiplied once for the whole batch, its units shared out.

Piece by piece, every piece would read the whole kernel and write a gradient as large. Here the pieces meet: each
hands in its part of the lists, and takes its part of the products with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.engine.backpropagate import ParameterName
from explorer.engine.layer import Shape
from explorer.engine.layers.activation import zeros_for
from explorer.engine.network import Node
from explorer.engine.plan.block import Parts, Site, Stage
from explorer.engine.plan.dense import DenseBlock
from explorer.engine.pool import pool
from explorer.engine.selection import select

LEAST = 1 << 18  # numbers of a kernel from which on it is wide
AT_ONCE = 1 << 18  # numbers of a kernel that one thread multiplies at a time


class WideDenseBlock(DenseBlock):
    """A dense layer with a large kernel, and the ReLU behind it if there is one."""

    joins = True

    def __init__(self, nodes: Sequence[Node], inputs: Sequence[str], hands_back: bool) -> None:
        super().__init__(nodes, inputs)
        self.hands_back, self.kernel_gradient = hands_back, self.kernel
        units, features = self.kernel.shape
        self.x = self.x_gradient = np.empty((features, 0), np.float32)  # (f, n)
        self.y = self.y_gradient = np.empty((units, 0), np.float32)  # (units, n)

    def gradient_shapes(self) -> Mapping[ParameterName, Shape]:
        shapes = super().gradient_shapes()  # that of the kernel goes straight into the whole batch's
        return {name: shapes[name] for name in shapes if name != (self.node, "kernel")}

    @property
    def is_learning(self) -> bool:
        return True

    def begin(self, images: int, gradients: Parts) -> None:
        self.kernel_gradient = gradients[self.node, "kernel"]
        if self.x.shape[1] != images:
            units, features = self.kernel.shape
            self.x, self.x_gradient = np.empty((2, features, images), np.float32)
            self.y, self.y_gradient = np.empty((2, units, images), np.float32)

    def stage(self, site: Site) -> Stage:
        return _WideDenseStage(self, site)

    def join(self, stages: Sequence[Stage]) -> None:
        def work(units: slice) -> None:
            np.matmul(self.kernel[units], self.x, out=self.y[units])

        pool.each(work, _shares(*self.kernel.shape))

    def join_back(self, stages: Sequence[Stage]) -> None:
        units, features = self.kernel.shape

        def learn(units: slice) -> None:
            np.matmul(self.y_gradient[units], self.x.T, out=self.kernel_gradient[units])

        def hand_back(features: slice) -> None:
            np.matmul(self.kernel[:, features].T, self.y_gradient, out=self.x_gradient[features])

        pool.each(learn, _shares(units, features))
        if self.hands_back:
            pool.each(hand_back, _shares(features, units))


def _shares(count: int, numbers: int) -> list[slice]:
    """`count` rows or columns of `numbers` numbers each, in shares that depend on nothing else."""
    step = max(16, AT_ONCE // numbers)
    return [slice(first, first + step) for first in range(0, count, step)]


class _WideDenseStage(Stage):
    def __init__(self, block: WideDenseBlock, site: Site) -> None:
        self.block, self.site = block, site
        self.y = site.output.values.T  # (units, n)
        self.mask = np.empty(self.y.shape, bool)

    @property
    def part(self) -> slice:
        """Which images of the batch the piece has."""
        return slice(self.site.piece.first, self.site.piece.first + self.y.shape[1])

    def measure(self) -> None:
        self.block.x[:, self.part] = self.site.inputs[0].values.T

    def forward(self) -> None:
        y, block = self.y, self.block
        if block.bias is None:
            np.copyto(y, block.y[:, self.part])
        else:
            np.add(block.y[:, self.part], block.bias, out=y)
        if block.rectify:
            np.maximum(y, zeros_for(y), out=y)

    def measure_back(self) -> None:
        block, gradient = self.block, self.site.output.gradient.T
        if block.rectify:
            np.not_equal(self.y, 0, out=self.mask)
            select(gradient, self.mask, gradient)
        block.y_gradient[:, self.part] = gradient
        if block.bias is not None:
            np.add.reduce(gradient, axis=1, out=self.site.gradients[block.node, "bias"])

    def backward(self) -> None:
        if self.block.hands_back:
            np.copyto(self.site.inputs[0].gradient.T, self.block.x_gradient[:, self.part])

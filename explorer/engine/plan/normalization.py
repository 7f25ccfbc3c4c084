"""Batch normalisation in a plan: every piece is measured by itself, and all pieces together give the statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.engine.backpropagate import ParameterName
from explorer.engine.layer import Array, Shape, ShapeError
from explorer.engine.layers.activation import zeros_for
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.network import Node
from explorer.engine.plan.block import Block, Parts, Site, Stage
from explorer.engine.plan.place import lines_of
from explorer.engine.selection import select


class NormalizationBlock(Block):
    """Batch normalisation of maps over a whole batch (Ioffe & Szegedy 2015), and the ReLU behind it."""

    joins = True

    def __init__(self, nodes: Sequence[Node], inputs: Sequence[str]) -> None:
        super().__init__(nodes, inputs)
        node, *rest = self.nodes
        assert isinstance(node.layer, BatchNormalization)
        self.node, self.layer, self.rectify = node.name, node.layer, bool(rest)
        channels = len(node.parameters["scale"])
        self.parameters: dict[str, Array] = dict(node.parameters)
        self.mean = np.zeros(channels)
        self.sharpness, self.scale, self.shift = np.ones(channels), np.ones(channels), np.zeros(channels)
        self.tilt_mean, self.shift_mean = np.zeros(channels), np.zeros(channels)
        self._statistics: dict[str, Array] = {}

    def gradient_shapes(self) -> Mapping[ParameterName, Shape]:
        return {(self.node, name): self.mean.shape for name in ("scale", "shift")}

    def load(self, parameters: Parts) -> None:
        self.parameters = {name: parameters[self.node, name] for name in self.parameters}
        self.scale, self.shift = (self.parameters[name].astype(np.float64) for name in ("scale", "shift"))

    def stage(self, site: Site) -> Stage:
        return _NormalizationStage(self, site)

    def statistics(self) -> Mapping[str, Array]:
        return self._statistics

    def join(self, stages: Sequence[Stage]) -> None:
        pieces = [stage for stage in stages if isinstance(stage, _NormalizationStage)]
        count = sum(piece.numbers for piece in pieces)
        if count < 2:
            raise ShapeError(
                "Batch normalisation cannot train on one value per channel, whose variance is 0. "
                "Use batches of more than one image."
            )
        self.mean = sum(piece.numbers * piece.mean for piece in pieces) / count
        # Chan et al. 1979: squares about the common mean from those about the pieces' own means
        squares = sum(piece.squares + piece.numbers * (piece.mean - self.mean) ** 2 for piece in pieces)
        self.sharpness = 1 / np.sqrt(squares / count + self.layer.epsilon)
        self._statistics = {
            "mean": self._moved("mean", self.mean),
            "variance": self._moved("variance", squares / (count - 1)),
        }

    def _moved(self, name: str, measured: NDArray[np.float64]) -> Array:
        share = self.layer.momentum
        moved = ((1 - share) * self.parameters[name] + share * measured).astype(np.float32)
        moved.flags.writeable = False
        return moved

    def join_back(self, stages: Sequence[Stage]) -> None:
        pieces = [stage for stage in stages if isinstance(stage, _NormalizationStage)]
        count = sum(piece.numbers for piece in pieces)
        self.shift_mean = sum(piece.shift for piece in pieces) / count
        self.tilt_mean = sum(piece.tilt for piece in pieces) * self.sharpness / count


class _NormalizationStage(Stage):
    """Keeps what lies between mean and scale: x - the piece's own mean, in `centred`."""

    def __init__(self, block: NormalizationBlock, site: Site) -> None:
        self.block, self.site = block, site
        self.x, self.x_gradient = lines_of(site.inputs[0].values), lines_of(site.inputs[0].gradient)
        self.y, self.gradient = lines_of(site.output.values), lines_of(site.output.gradient)  # (h, c, w * n)
        rows, channels, line = self.x.shape
        self.numbers = rows * line
        self.mean, self.squares = np.zeros(channels), np.zeros(channels)
        self.shift, self.tilt = np.zeros(channels), np.zeros(channels)
        self.centred = np.empty(self.x.shape, np.float32)
        self.mask = np.empty(self.x.shape, bool)
        self.ones = np.ones(line, np.float32)

    def measure(self) -> None:
        sums = np.matmul(self.x, self.ones)  # (h, c); BLAS adds fastest
        mean = (sums.sum(0, dtype=np.float64) / self.numbers).astype(np.float32)
        np.subtract(self.x, mean[:, None], out=self.centred)
        self.mean = mean.astype(np.float64)
        self.squares = np.vecdot(self.centred, self.centred).sum(0, dtype=np.float64)

    def forward(self) -> None:
        block = self.block
        factor = block.scale * block.sharpness
        np.multiply(self.centred, _column(factor), out=self.y)
        np.add(self.y, _column((self.mean - block.mean) * factor + block.shift), out=self.y)
        if block.rectify:
            np.maximum(self.y, zeros_for(self.y), out=self.y)

    def measure_back(self) -> None:
        if self.block.rectify:
            np.not_equal(self.y, 0, out=self.mask)
            select(self.gradient, self.mask, self.gradient)
        self.shift = np.matmul(self.gradient, self.ones).sum(0, dtype=np.float64)
        tilt = np.vecdot(self.gradient, self.centred).sum(0, dtype=np.float64)
        self.tilt = tilt + (self.mean - self.block.mean) * self.shift  # about the common mean
        if self.site.gradients:
            np.copyto(self.site.gradients[self.block.node, "shift"], self.shift)
            np.copyto(self.site.gradients[self.block.node, "scale"], self.tilt * self.block.sharpness)

    def backward(self) -> None:
        if not self.site.needed[0]:
            return
        # scale / spread * (g - mean of g - normalised x * mean of g times normalised x)
        block, out = self.block, self.x_gradient
        factor = block.scale * block.sharpness
        slope = factor * block.sharpness * block.tilt_mean
        np.multiply(self.centred, _column(-slope), out=self.centred)
        np.add(
            self.centred,
            _column(-slope * (self.mean - block.mean) - factor * block.shift_mean),
            out=self.centred,
        )
        np.multiply(self.gradient, _column(factor), out=out)
        np.add(out, self.centred, out=out)


def _column(vector: NDArray[np.float64]) -> Array:
    """A number per channel in a shape that fits (h, c, line)."""
    return vector.astype(np.float32)[:, None]

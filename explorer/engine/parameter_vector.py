"""All learned parameters of a network as one flat vector: what an optimizer works on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Self

import numpy as np

from explorer.engine.arena import arena
from explorer.engine.backpropagate import ParameterName, learned_parameters
from explorer.engine.layer import Array, Shape
from explorer.engine.network import Network
from explorer.engine.pool import pool

PIECE = 1 << 18  # numbers that are added or measured at once


@dataclass(frozen=True)
class ParameterVector:
    """Which part of a vector is which parameter, in the order of the nodes."""

    names: tuple[ParameterName, ...]
    shapes: tuple[Shape, ...]

    @classmethod
    def of(cls, network: Network) -> Self:
        """The layout for the learned parameters of a network."""
        names = tuple(learned_parameters(network))
        return cls(names, tuple(network[node].parameters[name].shape for node, name in names))

    @cached_property
    def size(self) -> int:
        """How many numbers there are."""
        return sum(math.prod(shape) for shape in self.shapes)

    @cached_property
    def _places(self) -> tuple[slice, ...]:
        ends = accumulate((math.prod(shape) for shape in self.shapes), initial=0)
        return tuple(slice(*pair) for pair in pairwise(ends))

    def gathered(self, arrays: Mapping[ParameterName, Array]) -> Array:
        """The arrays written one after another into a new vector, zeros where one is missing."""
        vector = arena.empty(self.size)
        for name, part in self.parts(vector).items():
            part[...] = arrays.get(name, 0)
        return vector

    def of_network(self, network: Network) -> Array:
        """The network's parameters as a vector."""
        return self.gathered({(node, name): network[node].parameters[name] for node, name in self.names})

    def parts(self, vector: Array) -> dict[ParameterName, Array]:
        """Views of the vector in the shapes of the parameters."""
        return {
            name: vector[place].reshape(shape)
            for name, shape, place in zip(self.names, self.shapes, self._places, strict=True)
        }

    def placed(self, network: Network, vector: Array) -> Network:
        """The network with its learned parameters from the vector, which must not be written into any more."""
        vector.flags.writeable = False
        changes: dict[str, dict[str, Array]] = {}
        for (node, name), part in self.parts(vector).items():
            changes.setdefault(node, {})[name] = part
        return network.with_parameters(changes)


@dataclass(frozen=True, eq=False)
class Weights:
    """The numbers of a network in training: what is learned as a vector, and the measured statistics, by node.

    Nobody writes into either. `template` is a network of the same structure.
    """

    template: Network
    layout: ParameterVector
    vector: Array
    statistics: Mapping[str, Mapping[str, Array]]

    @classmethod
    def of(cls, network: Network) -> Self:
        """Those of a network."""
        layout = ParameterVector.of(network)
        measured = {
            node.name: {name: node.parameters[name] for name in node.layer.statistics}
            for node in network.nodes
            if not node.bypassed and node.layer.statistics
        }
        return cls(network, layout, layout.of_network(network), measured)

    def moved(self, vector: Array, statistics: Mapping[str, Mapping[str, Array]]) -> Weights:
        """Those after a step."""
        return Weights(self.template, self.layout, vector, {**self.statistics, **statistics})

    @cached_property
    def network(self) -> Network:
        """The network with these numbers."""
        return self.layout.placed(self.template, self.vector).with_parameters(self.statistics)

    @property
    def parts(self) -> dict[ParameterName, Array]:
        """All numbers in the shapes of the parameters."""
        parts = self.layout.parts(self.vector)
        for node, statistics in self.statistics.items():
            parts |= {(node, name): array for name, array in statistics.items()}
        return parts


def sum_of(vectors: list[Array]) -> Array:
    """The sum of vectors of one length, in their order; the first one is written into."""
    total = vectors[0]

    def work(first: int) -> None:
        piece = slice(first, first + PIECE)
        for vector in vectors[1:]:
            total[piece] += vector[piece]

    pool.each(work, range(0, total.size, PIECE))
    return total


def norm_of(vector: Array) -> float:
    """The root of the sum of squares."""
    starts = range(0, vector.size, PIECE)
    squares = np.empty(len(starts))

    def work(index: int) -> None:
        piece = vector[starts[index] : starts[index] + PIECE]
        squares[index] = np.dot(piece, piece)

    pool.each(work, range(len(starts)))
    return math.sqrt(squares.sum())


def clipped(gradient: Array, *, norm: float = 0.0, value: float = 0.0) -> Array:
    """The gradient with every number between -`value` and `value`, then shortened to length `norm`; 0 is no limit.

    Pascanu et al. 2012, algorithm 1; as PyTorch's clip_grad_value_ and clip_grad_norm_.
    """
    if value:
        gradient = np.clip(gradient, -value, value)
    if norm:
        share = norm / (norm_of(gradient) + 1e-6)
        if not share >= 1:  # NaN too: it must not pass for a short one
            gradient = gradient * np.float32(share)
    return gradient

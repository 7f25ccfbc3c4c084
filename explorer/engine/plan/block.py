"""A block: nodes that a plan computes together, and a stage: a block at work on one piece of a batch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.engine.backpropagate import ParameterName
from explorer.engine.layer import Array, Shape
from explorer.engine.network import Node
from explorer.engine.plan.place import Place

Parts = Mapping[ParameterName, Array]


@dataclass(eq=False)
class Piece:
    """Which piece is worked on: what is random in it, drawn in the order of the blocks, and its first image."""

    rng: np.random.Generator
    first: int = 0


@dataclass(frozen=True, eq=False)
class Site:
    """Where a stage works: the places it reads, and the one it writes.

    `needed` says per input whether its gradient is asked for; `gradients` are where those of the parameters
    go, in the block's own form.
    """

    inputs: tuple[Place, ...]
    output: Place
    needed: tuple[bool, ...]
    gradients: Parts
    piece: Piece


class Stage(ABC):
    """A block at work on a piece, in memory that is there for good. Backward overwrites every gradient it gives."""

    @abstractmethod
    def forward(self) -> None:
        """From the inputs' values to the output's."""

    @abstractmethod
    def backward(self) -> None:
        """From the output's gradient to the inputs' and the parameters'."""

    def measure(self) -> None:  # noqa: B027 - most stages need nothing of each other
        """Before `forward`: what all pieces of the batch must know of each other."""

    def measure_back(self) -> None:  # noqa: B027
        """The same before `backward`."""


class Block(ABC):
    """Nodes that are computed together: the first reads `inputs`, the last one's output is the block's.

    It holds the parameters in the form that its stages multiply with; all pieces share it.
    """

    is_partial: bool = False  # whether its stages compute only that part of the output which is read
    joins: bool = False  # whether its stages measure something that `join` and `join_back` bring together

    def __init__(self, nodes: Sequence[Node], inputs: Sequence[str]) -> None:
        self.nodes = tuple(nodes)
        self.inputs = tuple(inputs)

    @property
    def name(self) -> str:
        """The node whose output the block gives."""
        return self.nodes[-1].name

    def extents_read(self, place: int, extents: Shape, whole: Shape) -> Shape:
        """Of an input of extents `whole` those, counted from 0, that `extents` of the output depend on."""
        return whole

    def gradient_shapes(self) -> Mapping[ParameterName, Shape]:
        """Its learned parameters, with the shapes in which stages give their gradients."""
        return {}

    def load(self, parameters: Parts) -> None:  # noqa: B027 - most blocks have none
        """Take over the parameters of a step."""

    def unload(self, gradients: Parts, parts: Parts) -> None:
        """Write gradients as stages gave them into `parts`, of the parameters' shapes."""
        for name in self.gradient_shapes():
            parts[name][...] = gradients[name]

    @property
    def is_learning(self) -> bool:
        """Whether it has learned parameters."""
        return bool(self.gradient_shapes())

    def begin(self, images: int, gradients: Parts) -> None:  # noqa: B027
        """Before a batch of so many images; gradients of the whole batch may go straight into `gradients`."""

    @abstractmethod
    def stage(self, site: Site) -> Stage:
        """The block at work at a site."""

    def join(self, stages: Sequence[Stage]) -> None:  # noqa: B027
        """Between `measure` and `forward`: bring together what the stages of all pieces measured."""

    def join_back(self, stages: Sequence[Stage]) -> None:  # noqa: B027
        """Between `measure_back` and `backward`."""

    def statistics(self) -> Mapping[str, Array]:
        """New running statistics of the last step, by parameter."""
        return {}

"""A workspace: all memory that a piece of a batch needs on its way through a plan, and the stages that use it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import accumulate, pairwise

import numpy as np

from explorer.engine.backpropagate import ParameterName
from explorer.engine.layer import Array, Shape
from explorer.engine.plan.block import Block, Piece, Site, Stage
from explorer.engine.plan.calls import Call
from explorer.engine.plan.place import Place, place_for, with_own_gradient


class Workspace:
    """Places, stages and gradients for pieces of `count` images.

    `gradient` is the piece's gradient as one vector, in the blocks' own forms, in their order. The way there and
    back is cut into segments where all pieces of a batch must meet.
    """

    def __init__(self, blocks: Sequence[Block], shapes: Mapping[str, Shape], image: str, count: int) -> None:
        self.count = count
        self.piece = Piece(np.random.default_rng(0))
        self.gradient = np.zeros(raw_size(blocks), np.float32)
        self.image = place_for(count, shapes[image])
        self.output = self.image
        self.measure_loss: Call = lambda: None  # what is to be done between the ways there and back
        # By node one place per reader, each with a gradient of its own.
        self._read: dict[str, list[Place]] = {}
        self._places = {image: self.image}
        self._learning: set[str] = set()  # nodes whose output's gradient is asked for
        parts = raw_parts(blocks, self.gradient)
        self.stages = [self._stage(block, shapes[block.name], parts) for block in blocks]
        self.segments = self._segments(blocks)

    def _stage(self, block: Block, shape: Shape, parts: Mapping[ParameterName, Array]) -> Stage:
        inputs = tuple(self._place_to_read(source) for source in block.inputs)
        self.output = self._places[block.name] = place_for(self.count, shape)
        gradients = {name: parts[name] for name in block.gradient_shapes()}
        needed = tuple(source in self._learning for source in block.inputs)
        if block.is_learning or any(needed):
            self._learning.add(block.name)
        return block.stage(Site(inputs, self.output, needed, gradients, self.piece))

    def _place_to_read(self, source: str) -> Place:
        place, readers = self._places[source], self._read.setdefault(source, [])
        if readers and source in self._learning:
            place = with_own_gradient(place)
        readers.append(place)
        return place

    def _segments(self, blocks: Sequence[Block]) -> list[list[Call]]:
        """What is done one after another; after all but the last segment, the pieces of a batch meet."""
        segments: list[list[Call]] = [[]]
        pairs = list(zip(blocks, self.stages, strict=True))
        for block, stage in pairs:
            if block.joins:
                segments[-1].append(stage.measure)
                segments.append([])
            segments[-1].append(stage.forward)
        segments[-1].append(lambda: self.measure_loss())
        for block, stage in reversed(pairs):
            if block.name not in self._learning:
                continue
            first, *others = self._read.get(block.name, [self.output])
            segments[-1] += [_adding(first.gradient, other.gradient) for other in others]
            if block.joins:
                segments[-1].append(stage.measure_back)
                segments.append([])
            segments[-1].append(stage.backward)
        return segments


def joints(blocks: Sequence[Block]) -> list[tuple[int, bool]]:
    """After which segments the pieces meet: the number of the block that joins them, and whether on the way back."""
    there = [(index, False) for index, block in enumerate(blocks) if block.joins]
    return there + [(index, True) for index, _ in reversed(there)]


def raw_size(blocks: Sequence[Block]) -> int:
    """How many numbers the gradients of all blocks have."""
    return sum(math.prod(shape) for block in blocks for shape in block.gradient_shapes().values())


def raw_parts(blocks: Sequence[Block], vector: Array) -> dict[ParameterName, Array]:
    """Views of a vector as the gradients of all blocks, in the forms that their stages give them."""
    shapes = {name: shape for block in blocks for name, shape in block.gradient_shapes().items()}
    places = pairwise([0, *accumulate(math.prod(shape) for shape in shapes.values())])
    return {
        name: vector[begin:end].reshape(shape)
        for (name, shape), (begin, end) in zip(shapes.items(), places, strict=True)
    }


def _adding(target: Array, other: Array) -> Call:
    """What adds the gradient of another reader."""
    return partial(np.add, target, other, target)

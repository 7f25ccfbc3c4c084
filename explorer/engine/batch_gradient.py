"""The gradient of a batch, taken in pieces that the compute pool shares.

How a batch is cut depends on the network and the batch only, and what the pieces give is added in their order:
the result is the same bit for bit whatever the number of threads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from explorer.engine.backpropagate import backpropagate, learned_parameters
from explorer.engine.evaluate import evaluate
from explorer.engine.layer import Array
from explorer.engine.losses import Loss, Targets
from explorer.engine.network import Network, NetworkError
from explorer.engine.parameter_vector import ParameterVector, sum_of
from explorer.engine.pool import pool
from explorer.engine.tape import PIECE

Indices = NDArray[np.intp]

LANES = 8  # sums of pieces that are kept apart, and so the most threads that can work on a batch
MOST_PARAMETERS = 1 << 20  # with more, a piece's gradient costs more than it gains: the batch stays whole


class Examples(Protocol):
    """What a network learns from: images with what is true of them, by number."""

    def __len__(self) -> int:
        """How many there are."""

    def batch(self, indices: Indices, rng: np.random.Generator) -> tuple[Array, Targets]:
        """Images (batch, channels, height, width), float32, and their targets; several threads ask at once.

        What changes an image at random (a flip, a shift) draws from `rng`.
        """


@dataclass
class BatchGradient:
    """The sums over some images: loss, weight, right answers out of how many, and the gradient as a vector.

    `statistics` are the new running values that batch normalisation measured, by node and parameter.
    """

    gradient: Array
    loss: float = 0.0
    weight: float = 0.0
    hits: int = 0
    answers: int = 0
    statistics: Mapping[str, Mapping[str, Array]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Batch:
    """A batch to be learned from: by what network and loss, which examples, and what is random in it."""

    network: Network
    layout: ParameterVector
    loss: Loss
    examples: Examples
    indices: Indices
    seed: Sequence[int]

    def pieces(self) -> list[Indices]:
        """The batch cut up, unless a layer must see all its images together."""
        mixes = any(node.layer.mixes_images and not node.bypassed for node in self.network.nodes)
        if mixes or self.layout.size > MOST_PARAMETERS:
            return [self.indices]
        return [self.indices[first : first + PIECE] for first in range(0, len(self.indices), PIECE)]

    def generators(self, number: int, images: int) -> list[np.random.Generator]:
        """What a piece of so many images draws from: a generator for every PIECE of them, however the batch is cut.

        The first one draws what changes the images, too.
        """
        words = (np.array([*self.seed, number + place], np.uint32) for place in range(-(-images // PIECE)))
        return [
            np.random.default_rng(one) for one in words
        ]  # the same as from a list, which takes longer to read


def batch_gradient(batch: Batch) -> BatchGradient:
    """The sums over a whole batch. Raises ValueError where the targets do not fit the network's output."""
    node, pieces = measured_node(batch.network, batch.loss), batch.pieces()
    network = batch.network.leading_to(node)
    lanes: list[BatchGradient | None] = [None] * min(LANES, len(pieces))

    def work(lane: int) -> None:
        for index in range(lane, len(pieces), LANES):
            found = _gone_through(batch, network, node, pieces[index], index)
            before = lanes[lane]
            lanes[lane] = found if before is None else _joined([before, found])

    pool.each(work, range(len(lanes)))
    return _joined([lane for lane in lanes if lane is not None])


def measured_node(network: Network, loss: Loss) -> str:
    """The node whose output the loss reads: the last one, or the one before it where that is part of the loss.

    Raises NetworkError where it cannot run.
    """
    name = network.outputs[-1].name
    while network[name].bypassed:
        name = network[name].inputs[0]
    if network.reports[name].problem:
        raise NetworkError(network.reports[name].problem)
    node = network[name]
    return node.inputs[0] if node.layer.kind in loss.reads_before else name


def _gone_through(batch: Batch, network: Network, node: str, indices: Indices, number: int) -> BatchGradient:
    """Forward and backward with one piece, through what of the network leads to the measured node."""
    generators = batch.generators(number, len(indices))
    images, targets = batch.examples.batch(indices, generators[0])
    trace = evaluate(network, images, training=generators)
    outputs = trace.activations[node]
    loss = batch.loss.total(outputs, targets)
    gradients = backpropagate(trace, {node: loss.gradient}, wrt=learned_parameters(network))
    hits = batch.loss.hits(outputs, targets)
    return BatchGradient(
        batch.layout.gathered(gradients.parameters),
        loss.value,
        batch.loss.weight(outputs.shape, targets),
        0 if hits is None else int(np.count_nonzero(hits)),
        0 if hits is None else hits.size,
        trace.statistics,
    )


def _joined(parts: list[BatchGradient]) -> BatchGradient:
    """The sum of several, in their order."""
    return BatchGradient(
        sum_of([part.gradient for part in parts]),
        sum(part.loss for part in parts),
        sum(part.weight for part in parts),
        sum(part.hits for part in parts),
        sum(part.answers for part in parts),
        parts[-1].statistics,
    )

"""The plan of a training step: made once for a network's layers and shapes, then followed for every batch.

A batch is cut into pieces that the compute pool shares. How it is cut depends on the network and the batch only,
and what the pieces give is added in their order: the result is the same bit for bit whatever the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from explorer.engine.arena import arena
from explorer.engine.layer import Array
from explorer.engine.network import Network
from explorer.engine.parameter_vector import ParameterVector
from explorer.engine.plan.block import Block, Parts
from explorer.engine.plan.matching import blocks_of, extents_needed
from explorer.engine.plan.workspace import Workspace, joints, raw_parts, raw_size
from explorer.engine.pool import pool

LANES = 8  # sums of pieces that are kept apart, and so the most threads that can work on a batch

Enter = Callable[[Workspace, int], object]  # fills a workspace for the piece of this number


class TrainingPlan:
    """Blocks and workspaces for one network's structure. One step at a time may use it."""

    def __init__(self, network: Network, measured: str, blocks: Sequence[Block]) -> None:
        self.blocks = blocks
        self.image = network.input.name
        whole = {name: report.shape for name, report in network.reports.items() if report.shape is not None}
        self.shapes = extents_needed(blocks, whole)
        self.shapes[self.image] = network.input_shape
        self._joints = joints(blocks)
        self._free: dict[int, list[Workspace]] = {}
        self._lanes = [np.zeros(raw_size(blocks), np.float32) for _ in range(LANES)]
        self._raw = raw_parts(blocks, self._lanes[0])
        self._planned = {node.name for block in blocks for node in block.nodes}

    def follow(
        self, parameters: Parts, layout: ParameterVector, counts: Sequence[int], enter: Enter
    ) -> Array:
        """Take a batch, in pieces of so many images, there and back. Returns the sum of their gradients.

        `enter` puts the images of a piece into its workspace, and what measures the loss.
        """
        gradient = arena.empty(layout.size)
        parts = layout.parts(gradient)
        for block in self.blocks:
            block.load(parameters)
            block.begin(sum(counts), parts)
        self._used = [False] * LANES
        if self._joints:
            self._together(counts, enter)
        else:
            pool.each(lambda lane: self._apart(lane, counts, enter), range(min(LANES, len(counts))))
        self._collect(parts)
        return gradient

    def _apart(self, lane: int, counts: Sequence[int], enter: Enter) -> None:
        """Every piece of a lane from beginning to end, in the same memory."""
        for number in range(lane, len(counts), LANES):
            workspace = self._workspace(counts[number])
            enter(workspace, number)
            for run in workspace.segments[0]:
                run()
            self._add(lane, workspace.gradient)
            self._free[workspace.count].append(workspace)

    def _together(self, counts: Sequence[int], enter: Enter) -> None:
        """All pieces side by side, segment by segment."""
        workspaces = [self._workspace(count) for count in counts]

        def work(place: tuple[int, int]) -> None:
            segment, number = place
            if segment == 0:
                enter(workspaces[number], number)
            for run in workspaces[number].segments[segment]:
                run()

        for segment in range(len(self._joints) + 1):
            # To and fro: the last piece is still in the cache.
            numbers = range(len(counts)) if segment % 2 == 0 else reversed(range(len(counts)))
            pool.each(work, [(segment, number) for number in numbers])
            if segment < len(self._joints):
                index, is_back = self._joints[segment]
                stages = [workspace.stages[index] for workspace in workspaces]
                (self.blocks[index].join_back if is_back else self.blocks[index].join)(stages)
        for number, workspace in enumerate(workspaces):
            self._add(number % LANES, workspace.gradient)
            self._free[workspace.count].append(workspace)

    def _workspace(self, count: int) -> Workspace:
        free = self._free.setdefault(count, [])
        try:
            return free.pop()  # atomic: several threads ask
        except IndexError:
            return Workspace(self.blocks, self.shapes, self.image, count)

    def _add(self, lane: int, gradient: Array) -> None:
        if self._used[lane]:
            np.add(self._lanes[lane], gradient, out=self._lanes[lane])
        else:
            np.copyto(self._lanes[lane], gradient)
            self._used[lane] = True

    def _collect(self, parts: Parts) -> None:
        """The sum over all lanes, in the shapes of the parameters; what nothing depends on has zeros."""
        total = self._lanes[0]
        for lane, is_used in zip(self._lanes[1:], self._used[1:], strict=True):
            if is_used:
                np.add(total, lane, out=total)
        for block in self.blocks:
            block.unload(self._raw, parts)
        for (node, _), part in parts.items():
            if node not in self._planned:
                part.fill(0)

    def statistics(self) -> dict[str, Mapping[str, Array]]:
        """New running statistics that the last batch gave, by node and parameter."""
        found = {block.nodes[0].name: block.statistics() for block in self.blocks}
        return {name: statistics for name, statistics in found.items() if statistics}


def plan_of(network: Network, measured: str) -> TrainingPlan | None:
    """A plan for training what `measured` depends on, or None where a layer needs whole batches in its own way."""
    while network[measured].bypassed:
        measured = network[measured].inputs[0]
    blocks = blocks_of(network, measured)
    return None if not blocks else TrainingPlan(network, measured, blocks)

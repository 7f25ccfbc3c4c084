"""Checkpoints on their way from the process that trains: only numbers travel, both sides know the networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from explorer.engine.layer import Array
from explorer.engine.network import Network
from explorer.engine.optimizers import OptimizerState
from explorer.engine.training import Checkpoint

KEPT = 4  # networks, of which each was changed by hand into the next


class Travelling(NamedTuple):
    """A checkpoint whose network is template `number` with other numbers, or `whole` where that was forgotten."""

    number: int
    changes: Mapping[str, Mapping[str, Array]]
    whole: Network | None
    state: OptimizerState | None
    step: int
    epoch: int
    position: int


class Templates:
    """The networks that went to the process that trains, by the number of the message."""

    def __init__(self) -> None:
        self._networks: dict[int, Network] = {}

    def clear(self) -> None:
        """Another run begins."""
        self._networks.clear()

    def add(self, number: int, network: Network, keep: int = KEPT) -> None:
        """Another network; the oldest ones are forgotten."""
        self._networks[number] = network
        for old in sorted(self._networks)[:-keep]:
            del self._networks[old]

    def packed(self, checkpoint: Checkpoint) -> Travelling:
        """A checkpoint that was made of one of the networks."""
        network = checkpoint.network
        newest_first = list(self._networks.items())[::-1]  # the thread that trains may add one meanwhile
        for number, template in newest_first:
            if network.differs_in_numbers_only(template):  # each template came with layers of its own
                return _travelling(checkpoint, number, _changes(network, template), None)
        return _travelling(checkpoint, 0, {}, network)

    def unpacked(self, travelling: Travelling) -> Checkpoint:
        """The checkpoint; nodes without other numbers are those of the template."""
        network = travelling.whole
        if network is None:
            network = self._networks[travelling.number].with_parameters(travelling.changes)
        return Checkpoint(
            network, travelling.state, travelling.step, travelling.epoch, travelling.position
        )  # fmt: skip


def _travelling(
    checkpoint: Checkpoint, number: int, changes: Mapping[str, Mapping[str, Array]], whole: Network | None
) -> Travelling:
    return Travelling(
        number, changes, whole, checkpoint.state, checkpoint.step, checkpoint.epoch, checkpoint.position
    )  # fmt: skip


def _changes(network: Network, template: Network) -> dict[str, dict[str, Array]]:
    changes = {}
    for node, before in zip(network.nodes, template.nodes, strict=True):
        if node is not before:
            changes[node.name] = {
                name: array for name, array in node.parameters.items() if array is not before.parameters[name]
            }
    return changes

"""The map that the comparing panels are about: the pinned one, with its newest values."""

from __future__ import annotations

from typing import NamedTuple

from explorer.document.view import Unit
from explorer.engine.evaluate import Trace
from explorer.engine.layer import Array
from explorer.engine.network import Network
from explorer.rendering.flat_maps import flat_maps, is_list
from explorer.ui.workspace import Workspace


class PinnedMap(NamedTuple):
    """A unit that is a map (of a whole node the first), the trace it is from, and its values (height, width)."""

    unit: Unit
    trace: Trace
    values: Array

    @property
    def is_input(self) -> bool:
        """Whether it is a channel of what enters the network, which has its own colours."""
        return is_input(self.trace.network, self.unit.node)


def is_input(network: Network, node: str) -> bool:
    """Whether a node of a network, if it is one, is what enters it."""
    return node in network and not network[node].inputs


def pinned_map(workspace: Workspace) -> PinnedMap | str:
    """The pinned map, or a sentence that says why there is none and what to do."""
    unit, answer = workspace.view.selection, workspace.answer
    network = workspace.document.network
    if unit is None or unit.node not in network:
        return "Click a map to compare what becomes of it."
    if network.reports[unit.node].problem:
        return network.reports[unit.node].problem
    activation = None if answer is None else answer.trace.activations.get(unit.node)
    if answer is None or activation is None:
        return f"{unit.node} has not been computed yet."
    if is_list(activation):
        return f"{unit.node} is a list of {activation.shape[1]} features without maps. Click a map of an earlier layer."
    channel = min(unit.channel or 0, activation.shape[1] - 1)
    return PinnedMap(Unit(unit.node, channel), answer.trace, flat_maps(activation)[channel])

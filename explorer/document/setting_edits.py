"""The verb that changes settings of a layer, and what a form asks before it offers a value."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.document.document import REFUSALS, Change, EditError
from explorer.document.limits import check_size, fitted
from explorer.document.wiring import node_of
from explorer.engine.network import Network, Node


def set_settings(name: str, **values: object) -> Change:
    """Other settings of a layer. Refused where the layer itself could not run with them."""

    def change(network: Network) -> Network:
        changed = _with_settings(network, name, values)
        if changed is network:
            return network
        if changed[name].bypassed:
            return changed.replacing(_fitted_while_bypassed(changed, name))
        return fitted(changed, network)

    return change


def settings_problem(network: Network, name: str, values: Mapping[str, object]) -> str:
    """The sentence with which these settings would be refused; empty where they are possible.

    Nothing is allocated, so that a form can try every value that it offers.
    """
    try:
        check_size(_with_settings(network, name, values), network)
    except REFUSALS as error:
        return str(error)
    return ""


def _with_settings(network: Network, name: str, values: Mapping[str, object]) -> Network:
    node = node_of(network, name)
    layer = node.layer.with_settings(**values)
    if layer == node.layer:
        return network
    changed = node.changed(layer=layer)
    problem = _own_problem(network, changed)
    if problem and not _own_problem(network, node):
        raise EditError(problem)
    return network.replacing(changed)


def _own_problem(network: Network, node: Node) -> str:
    """Why the node could not run in its place if it was not bypassed; empty where it only waits for another."""
    report = network.report_on(node.changed(bypassed=False) if node.bypassed else node)
    return "" if report.waits_for else report.problem


def _fitted_while_bypassed(network: Network, name: str) -> Node:
    """A bypassed node with the parameters that it will need, so that its kernels can be looked at meanwhile."""
    node = network[name]
    working = network.replacing(node.changed(bypassed=False))
    before_it = working.nodes[: working.nodes.index(working[name]) + 1]
    alone = working.with_nodes(before_it)
    check_size(alone, network)
    return alone.fitted()[name].changed(bypassed=True)

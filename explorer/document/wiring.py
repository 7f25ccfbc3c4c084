"""Nodes taken out, put in and connected otherwise: the list of a network's nodes rewritten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from explorer.document.document import EditError
from explorer.engine.network import Network, Node


def node_of(network: Network, name: str) -> Node:
    """The node of this name; EditError names those there are."""
    if name not in network:
        known = ", ".join(node.name for node in network.nodes)
        raise EditError(f"There is no layer called {name!r}. The network has {known}.")
    return network[name]


def reading_instead(node: Node, old: str, new: str) -> Node:
    """The node with `new` in the place of `old` among what it reads; the same node if it does not read `old`."""
    if old not in node.inputs:
        return node
    return node.changed(inputs=tuple(new if one == old else one for one in node.inputs))


def redirected(nodes: Iterable[Node], old: str, new: str) -> list[Node]:
    """Every reader of `old` reads `new` instead."""
    return [reading_instead(node, old, new) for node in nodes]


def without(network: Network, name: str) -> list[Node]:
    """The nodes without one of them; those that read it read its first input."""
    node = node_of(network, name)
    others = [other for other in network.nodes if other.name != name]
    return redirected(others, name, node.inputs[0])


def placed_after(nodes: Iterable[Node], name: str, fresh: Node) -> list[Node]:
    """The nodes with `fresh` directly behind the named one."""
    result: list[Node] = []
    for node in nodes:
        result.append(node)
        if node.name == name:
            result.append(fresh)
    return result


def in_reading_order(nodes: Sequence[Node]) -> list[Node]:
    """The nodes so that each comes after those it reads, else in the order that they have."""
    done: list[Node] = []
    names: set[str] = set()
    waiting = list(nodes)
    while waiting:
        ready = next((node for node in waiting if names.issuperset(node.inputs)), None)
        if ready is None:
            circle = ", ".join(node.name for node in waiting)
            raise EditError(f"These layers read each other in a circle: {circle}. A network has no circles.")
        waiting.remove(ready)
        done.append(ready)
        names.add(ready.name)
    return done


def check_no_circle(network: Network, name: str, source: str) -> None:
    """Raise EditError if `name` cannot read `source` because `source` comes from it."""
    node_of(network, source)
    if source == name:
        raise EditError(f"{name} cannot read itself. A network has no circles.")
    if source in network.descendants(name):
        raise EditError(
            f"{name} cannot read {source}, because {source} reads {name}, directly or through others. "
            "A network has no circles."
        )


def with_kept(network: Network, nodes: Iterable[Node]) -> Network:
    """The network with these nodes, where every node that says the same as before is the very same object.

    Evaluation goes by identity: a node that is the same is not computed again.
    """
    kept = tuple(_same(network, node) for node in nodes)
    if len(kept) == len(network.nodes) and all(a is b for a, b in zip(kept, network.nodes, strict=True)):
        return network
    return network.with_nodes(kept)


def _same(network: Network, node: Node) -> Node:
    if node.name not in network:
        return node
    old = network[node.name]
    unchanged = (
        old.layer == node.layer
        and old.inputs == node.inputs
        and old.bypassed == node.bypassed
        and old.parameters.keys() == node.parameters.keys()
        and all(old.parameters[key] is node.parameters[key] for key in old.parameters)
    )
    return old if unchanged else node

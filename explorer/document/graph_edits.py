"""The verbs that change who reads whom: putting in, connecting and moving layers."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.document.document import Change, EditError
from explorer.document.limits import fitted
from explorer.document.wiring import (
    check_no_circle,
    in_reading_order,
    node_of,
    placed_after,
    reading_instead,
    redirected,
    with_kept,
    without,
)
from explorer.engine.layer import Layer
from explorer.engine.network import Network, Node


def insert_after(name: str, layer: Layer, new_name: str | None = None) -> Change:
    """Put a layer behind a node: it reads that node, and everyone who read that node reads it instead.

    A layer with several inputs (add, concatenate) reads the node twice until it is connected otherwise.
    """

    def change(network: Network) -> Network:
        fresh = _fresh(network, name, layer, new_name)
        return finished(network, placed_after(redirected(network.nodes, name, fresh.name), name, fresh))

    return change


def insert_between(source: str, reader: str, layer: Layer, new_name: str | None = None) -> Change:
    """Put a layer on the connection from `source` to `reader`; other readers of `source` stay as they are."""

    def change(network: Network) -> Network:
        fresh = _fresh(network, source, layer, new_name)
        return finished(network, _on_connection(network.nodes, source, reader, fresh))

    return change


def add_branch(name: str, layer: Layer, new_name: str | None = None) -> Change:
    """Put a layer behind a node as a branch of its own: it reads the node, nobody reads it yet."""

    def change(network: Network) -> Network:
        fresh = _fresh(network, name, layer, new_name)
        return finished(network, placed_after(network.nodes, name, fresh))

    return change


def connect(name: str, inputs: Sequence[str]) -> Change:
    """Let a node read other nodes; refused where that would make a circle."""

    def change(network: Network) -> Network:
        node = node_of(network, name)
        if tuple(inputs) == node.inputs:
            return network
        if not node.inputs:
            raise EditError("The input reads no layer: it is where the image comes from.")
        for one in inputs:
            check_no_circle(network, name, one)
        moved = node.changed(inputs=tuple(inputs))
        return finished(network, [moved if one is node else one for one in network.nodes])

    return change


def read_also(name: str, source: str) -> Change:
    """Connect one more node to a layer: beside what it reads if it joins branches, else instead of it."""

    def change(network: Network) -> Network:
        node = node_of(network, name)
        inputs = list(node.inputs)
        _, most = node.layer.arity
        if source in inputs:
            return network
        twice = next((i for i, one in enumerate(inputs) if one in inputs[:i]), None)
        if twice is not None:  # put in from the palette and not connected yet
            inputs[twice] = source
        elif most is None or len(inputs) < most:
            inputs.append(source)
        else:
            inputs[-1:] = [source]
        return connect(name, inputs)(network)

    return change


def move_after(name: str, target: str) -> Change:
    """Take a node out of its place and put it behind another one, parameters and all."""

    def change(network: Network) -> Network:
        node = _movable(network, name)
        if name == node_of(network, target).name or node.inputs == (target,):
            return network
        moved = node.changed(inputs=(target,))
        rest = redirected(without(network, name), target, name)
        return finished(network, placed_after(rest, target, moved))

    return change


def move_between(name: str, source: str, reader: str) -> Change:
    """Take a node out of its place and put it on the connection from `source` to `reader`."""

    def change(network: Network) -> Network:
        node = _movable(network, name)
        if name in (source, reader):
            return network
        moved = node.changed(inputs=(source,))
        return finished(network, _on_connection(without(network, name), source, reader, moved))

    return change


def move_up(name: str) -> Change:
    """Move a node before the one that it reads."""

    def change(network: Network) -> Network:
        above = network[_movable(network, name).inputs[0]]
        if not above.inputs:
            raise EditError(f"{name} is the first layer already: before it comes the image.")
        return move_between(name, above.inputs[0], above.name)(network)

    return change


def move_down(name: str) -> Change:
    """Move a node behind the first one that reads it."""

    def change(network: Network) -> Network:
        _movable(network, name)
        readers = network.readers[name]
        if not readers:
            raise EditError(f"{name} is the last layer already: nothing reads it.")
        return move_after(name, readers[0])(network)

    return change


# ---- what verbs share ----------------------------------------------------------------------------------------------


def layer_node(network: Network, name: str, participle: str) -> Node:
    """The node of this name, which must not be the input: that cannot be `participle`. Raises EditError."""
    node = node_of(network, name)
    if not node.inputs:
        raise EditError(f"The input cannot be {participle}: it is where the image comes from.")
    return node


def check_not_input(layer: Layer) -> None:
    """Raises EditError for a layer that reads nothing."""
    if layer.arity[1] == 0:
        raise EditError("A network has one input: it is where the image comes from.")


def inputs_for(layer: Layer, inputs: tuple[str, ...]) -> tuple[str, ...]:
    """As many of the inputs as the layer takes, the last one repeated where it needs more."""
    fewest, most = layer.arity
    kept = inputs if most is None else inputs[:most]
    return kept + kept[-1:] * (fewest - len(kept))


def finished(network: Network, nodes: Sequence[Node]) -> Network:
    """A network of these nodes, whatever their order, with parameters that fit. Raises EditError and the like."""
    changed = with_kept(network, in_reading_order(nodes))
    return changed if changed is network else fitted(changed, network)


def stem_of(layer: Layer) -> str:
    """What the names of such layers begin with: 'conv', 'pool', 'relu'."""
    return {"Convolution": "conv", "Pooling": "pool"}.get(layer.group, layer.kind.replace("_", ""))


def _fresh(network: Network, source: str, layer: Layer, new_name: str | None) -> Node:
    node_of(network, source)
    check_not_input(layer)
    return Node(new_name or network.free_name(stem_of(layer)), layer, inputs_for(layer, (source,)))


def _movable(network: Network, name: str) -> Node:
    node = layer_node(network, name, "moved")
    if len(node.inputs) != 1:
        raise EditError(f"{name} joins several branches; connect its inputs otherwise instead of moving it.")
    return node


def _on_connection(nodes: Sequence[Node], source: str, reader: str, fresh: Node) -> list[Node]:
    if not any(node.name == reader and source in node.inputs for node in nodes):
        raise EditError(f"{reader} does not read {source}, so nothing can be put between them.")
    rest = [reading_instead(node, source, fresh.name) if node.name == reader else node for node in nodes]
    position = next(i for i, node in enumerate(rest) if node.name == reader)
    return [*rest[:position], fresh, *rest[position:]]

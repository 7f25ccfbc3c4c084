"""The verbs: every way a network can be changed. Each makes a change, a function from a network to another.

A verb raises EditError, SettingError, ShapeError or NetworkError with a sentence where it cannot be done.
`document.edit("Stride of conv1", set_settings("conv1", stride=(2, 2)))`
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.document.document import Change, EditError
from explorer.engine.layer import Array, Layer
from explorer.engine.layers.input import Input
from explorer.engine.network import Network, Node

MOST_PARAMETERS = 50_000_000  # 200 MB of float32: beyond it a laptop stops answering


def set_settings(name: str, **values: object) -> Change:
    """Other settings of a layer. Refused where the layer itself could not run with them."""

    def change(network: Network) -> Network:
        node = network[name]
        layer = node.layer.with_settings(**values)
        if layer == node.layer:
            return network
        changed = network.replacing(node.changed(layer=layer))
        problem = changed.reports[name]
        if problem.problem and not problem.waits_for and not network.reports[name].problem:
            raise EditError(problem.problem)
        return fitted(changed)

    return change


def set_parameter(name: str, parameter: str, array: Array) -> Change:
    """A whole parameter of a node, in the shape that it has."""

    def change(network: Network) -> Network:
        node = network[name]
        old = _parameter(node, parameter)
        values = np.asarray(array, np.float64)
        if values.shape != old.shape:
            raise EditError(f"{parameter} of {name} has shape {old.shape}, got {values.shape}.")
        if not np.isfinite(values).all() or np.abs(values).max(initial=0) > LARGEST:
            raise EditError(
                f"{parameter} of {name} must hold finite numbers between -{LARGEST:g} and {LARGEST:g}. "
                "Nothing was changed."
            )
        fresh = values.astype(np.float32)
        if np.array_equal(fresh, old):
            return network
        return network.replacing(node.changed(parameters={**node.parameters, parameter: fresh}))

    return change


LARGEST = 1e6  # of a weight; larger ones overflow float32 after a few layers


def set_weight(name: str, parameter: str, index: tuple[int | slice, ...], value: float | Array) -> Change:
    """One number, or one slice such as the kernel [3, 0], of a parameter."""

    def change(network: Network) -> Network:
        values = np.array(_parameter(network[name], parameter), np.float64)
        values[index] = value
        return set_parameter(name, parameter, values.astype(np.float64))(network)  # type: ignore[arg-type]

    return change


def set_bypassed(name: str, bypassed: bool) -> Change:
    """Let a layer hand on its input, or work again."""

    def change(network: Network) -> Network:
        node = network[name]
        if not node.inputs:
            raise EditError("The input cannot be bypassed: it is where the image comes from.")
        return fitted(network.replacing(node.changed(bypassed=bypassed)))

    return change


def rename(name: str, new_name: str) -> Change:
    """Another name for a node; everyone who reads it follows."""

    def change(network: Network) -> Network:
        if new_name == name:
            return network
        if new_name in network:
            raise EditError(f"There is a layer called {new_name!r} already. Choose another name.")

        def follow(node: Node) -> Node:
            if node.name == name:
                return node.changed(name=new_name)
            if name in node.inputs:
                return node.changed(inputs=tuple(new_name if one == name else one for one in node.inputs))
            return node

        return network.with_nodes(follow(node) for node in network.nodes)

    return change


def insert_after(name: str, layer: Layer, new_name: str | None = None) -> Change:
    """Put a layer behind a node: it reads that node, and everyone who read that node reads it instead.

    A layer with several inputs (add, concatenate) reads the node twice until it is connected otherwise.
    """

    def change(network: Network) -> Network:
        fresh_name = new_name or network.free_name(stem_of(layer))
        fresh = Node(fresh_name, layer, (name,) * max(1, layer.arity[0]))
        nodes: list[Node] = []
        for node in network.nodes:
            if name in node.inputs:
                node = node.changed(inputs=tuple(fresh_name if one == name else one for one in node.inputs))
            nodes.append(node)
            if node.name == name:
                nodes.append(fresh)
        return fitted(network.with_nodes(nodes))

    return change


def add_branch(name: str, layer: Layer, new_name: str | None = None) -> Change:
    """Put a layer behind a node as a branch of its own: it reads the node, nobody reads it yet."""

    def change(network: Network) -> Network:
        fresh_name = new_name or network.free_name(stem_of(layer))
        fresh = Node(fresh_name, layer, (name,) * max(1, layer.arity[0]))
        position = next(i for i, node in enumerate(network.nodes) if node.name == name) + 1
        return fitted(network.with_nodes([*network.nodes[:position], fresh, *network.nodes[position:]]))

    return change


def connect(name: str, inputs: Sequence[str]) -> Change:
    """Let a node read other nodes; refused where that would make a circle."""

    def change(network: Network) -> Network:
        for one in inputs:
            if one == name or one in network.descendants(name):
                raise EditError(
                    f"{name} cannot read {one}, because {one} reads {name}. A network has no circles."
                )
        moved = network[name].changed(inputs=tuple(inputs))
        return fitted(network.with_nodes(_sorted([moved if n.name == name else n for n in network.nodes])))

    return change


def remove(name: str) -> Change:
    """Take a node out; everyone who read it reads its first input instead."""

    def change(network: Network) -> Network:
        node = network[name]
        if not node.inputs:
            raise EditError("The input cannot be removed: it is where the image comes from.")
        bridge = node.inputs[0]
        return fitted(
            network.with_nodes(
                other.changed(inputs=tuple(bridge if one == name else one for one in other.inputs))
                if name in other.inputs
                else other
                for other in network.nodes
                if other.name != name
            )
        )

    return change


def move_after(name: str, target: str) -> Change:
    """Take a node out of its place and put it behind another one, parameters and all."""

    def change(network: Network) -> Network:
        if name == target or network[name].inputs[:1] == (target,):
            return network
        node = network[name]
        if len(node.inputs) != 1:
            raise EditError(f"{name} joins several branches; connect its inputs instead of moving it.")
        without = network.with_nodes(remove(name)(network).nodes)
        nodes: list[Node] = []
        for other in without.nodes:
            kept = network[other.name] if network[other.name].inputs == other.inputs else other
            if target in kept.inputs:
                kept = kept.changed(inputs=tuple(name if one == target else one for one in kept.inputs))
            nodes.append(kept)
            if other.name == target:
                nodes.append(node.changed(inputs=(target,)))
        return fitted(network.with_nodes(_sorted(nodes)))

    return change


def duplicate(name: str) -> Change:
    """A second layer of the same settings and weights behind the first."""

    def change(network: Network) -> Network:
        node = network[name]
        if not node.inputs:
            raise EditError("The input cannot be duplicated: a network has one image.")
        copy = network.free_name(stem_of(node.layer))
        longer = insert_after(name, node.layer, copy)(network)
        return fitted(longer.replacing(longer[copy].changed(parameters=node.parameters)))

    return change


def set_input_size(channels: int, height: int, width: int) -> Change:
    """Another size of the image that enters the network."""

    def change(network: Network) -> Network:
        layer = Input(channels=channels, height=height, width=width)
        if layer == network.input.layer:
            return network
        return fitted(network.replacing(network.input.changed(layer=layer)))

    return change


def replace_network(network: Network) -> Change:
    """Another network altogether."""
    return lambda _: network


def fitted(network: Network) -> Network:
    """The network with parameters that fit, unless there would be too many of them."""
    total = sum(report.parameters for report in network.reports.values())
    if total > MOST_PARAMETERS:
        raise EditError(
            f"The network would have {total:,} parameters, more than {MOST_PARAMETERS:,}. "
            "Use fewer filters, a smaller image, or pool before the dense layer."
        )
    return network.fitted()


def stem_of(layer: Layer) -> str:
    """What the names of such layers begin with: 'conv', 'pool', 'relu'."""
    return {"Convolution": "conv", "Pooling": "pool"}.get(layer.group, layer.kind.replace("_", ""))


def _parameter(node: Node, parameter: str) -> Array:
    if parameter not in node.parameters:
        known = ", ".join(node.parameters) or "none"
        raise EditError(f"{node.name} has no parameter {parameter!r}; it has {known}.")
    return node.parameters[parameter]


def _sorted(nodes: list[Node]) -> list[Node]:
    """The nodes in an order in which each comes after those it reads, else as they are."""
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

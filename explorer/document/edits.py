"""The verbs: every way a network can be changed. Each makes a change, a function from a network to another.

A verb raises EditError, SettingError, ShapeError or NetworkError with a sentence where it cannot be done, and
gives back the very same network where there is nothing to do. Nodes that it does not touch stay the same objects.
`document.edit("Stride of conv1", set_settings("conv1", stride=(2, 2)))`
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from explorer.document.document import REFUSALS, Change, EditError
from explorer.document.limits import check_size, fitted
from explorer.document.parameter_edits import reset_all_parameters as reset_all_parameters
from explorer.document.parameter_edits import reset_parameters as reset_parameters
from explorer.document.parameter_edits import set_parameter as set_parameter
from explorer.document.parameter_edits import set_weight as set_weight
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
from explorer.engine.layer import Layer, Parameters
from explorer.engine.layers.input import Input
from explorer.engine.network import Network, Node

# ---- settings --------------------------------------------------------------------------------------


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
    changed = network.replacing(node.changed(layer=layer))
    problem = _own_problem(changed, name)
    if problem and not _own_problem(network, name):
        raise EditError(problem)
    return changed


def _own_problem(network: Network, name: str) -> str:
    """Why the node could not run if it was not bypassed; empty where it only waits for another."""
    node = network[name]
    if node.bypassed:
        network = network.replacing(node.changed(bypassed=False))
    report = network.reports[name]
    return "" if report.waits_for else report.problem


def _fitted_while_bypassed(network: Network, name: str) -> Node:
    """A bypassed node with the parameters that it will need, so that its kernels can be looked at meanwhile."""
    node = network[name]
    working = network.replacing(node.changed(bypassed=False))
    before_it = working.nodes[: working.nodes.index(working[name]) + 1]
    alone = working.with_nodes(before_it)
    check_size(alone, network)
    return alone.fitted()[name].changed(bypassed=True)


# ---- one node ------------------------------------------------------------------------------------------------------


def set_bypassed(name: str, bypassed: bool) -> Change:
    """Let a layer hand on its first input, or work again."""

    def change(network: Network) -> Network:
        node = _layer_node(network, name, "bypassed")
        if node.bypassed == bypassed:
            return network
        return fitted(network.replacing(node.changed(bypassed=bypassed)), network)

    return change


def rename(name: str, new_name: str) -> Change:
    """Another name for a node; everyone who reads it follows."""

    def change(network: Network) -> Network:
        node = node_of(network, name)
        if new_name == name:
            return network
        if new_name in network:
            raise EditError(f"There is a layer called {new_name!r} already. Choose another name.")
        renamed = [node.changed(name=new_name) if one is node else one for one in network.nodes]
        return network.with_nodes(redirected(renamed, name, new_name))

    return change


def replace_layer(name: str, layer: Layer) -> Change:
    """Another kind of layer in the same place; settings and parameters that both have are kept."""

    def change(network: Network) -> Network:
        node = _layer_node(network, name, "replaced")
        _check_not_input(layer)
        common = {one.name: one for one in node.layer.settings()}
        kept = {
            one.name: getattr(node.layer, one.name)
            for one in layer.settings()
            if one.name in common and common[one.name].kind == one.kind and _fits(one, node.layer)
        }
        fresh = node.changed(layer=layer.with_settings(**kept), inputs=_inputs_for(layer, node.inputs))
        replaced = network.replacing(fresh.changed(parameters=_common_parameters(network, fresh)))
        return fitted(with_kept(network, replaced.nodes), network)

    return change


def duplicate(name: str) -> Change:
    """A second layer of the same settings and weights behind the first."""

    def change(network: Network) -> Network:
        node = _layer_node(network, name, "duplicated")
        copy = Node(
            network.free_name(stem_of(node.layer)),
            node.layer,
            _inputs_for(node.layer, (name,)),
            node.parameters,
            node.bypassed,
        )
        return _finished(network, placed_after(redirected(network.nodes, name, copy.name), name, copy))

    return change


def remove(name: str) -> Change:
    """Take a node out; everyone who read it reads its first input instead."""

    def change(network: Network) -> Network:
        _layer_node(network, name, "removed")
        return _finished(network, without(network, name))

    return change


# ---- the graph -----------------------------------------------------------------------------------------------------


def insert_after(name: str, layer: Layer, new_name: str | None = None) -> Change:
    """Put a layer behind a node: it reads that node, and everyone who read that node reads it instead.

    A layer with several inputs (add, concatenate) reads the node twice until it is connected otherwise.
    """

    def change(network: Network) -> Network:
        fresh = _fresh(network, name, layer, new_name)
        return _finished(network, placed_after(redirected(network.nodes, name, fresh.name), name, fresh))

    return change


def insert_between(source: str, reader: str, layer: Layer, new_name: str | None = None) -> Change:
    """Put a layer on the connection from `source` to `reader`; other readers of `source` stay as they are."""

    def change(network: Network) -> Network:
        fresh = _fresh(network, source, layer, new_name)
        return _finished(network, _on_connection(network.nodes, source, reader, fresh))

    return change


def add_branch(name: str, layer: Layer, new_name: str | None = None) -> Change:
    """Put a layer behind a node as a branch of its own: it reads the node, nobody reads it yet."""

    def change(network: Network) -> Network:
        fresh = _fresh(network, name, layer, new_name)
        return _finished(network, placed_after(network.nodes, name, fresh))

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
        return _finished(network, [moved if one is node else one for one in network.nodes])

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
        return _finished(network, placed_after(rest, target, moved))

    return change


def move_between(name: str, source: str, reader: str) -> Change:
    """Take a node out of its place and put it on the connection from `source` to `reader`."""

    def change(network: Network) -> Network:
        node = _movable(network, name)
        if name in (source, reader):
            return network
        moved = node.changed(inputs=(source,))
        return _finished(network, _on_connection(without(network, name), source, reader, moved))

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


# ---- the whole -----------------------------------------------------------------------------------------------------


def set_input_size(channels: int, height: int, width: int) -> Change:
    """Another size of the image that enters the network."""

    def change(network: Network) -> Network:
        layer = Input(channels=channels, height=height, width=width)
        if layer == network.input.layer:
            return network
        return fitted(network.replacing(network.input.changed(layer=layer)), network)

    return change


def replace_network(network: Network) -> Change:
    """Another network altogether."""
    return lambda _: network


def stem_of(layer: Layer) -> str:
    """What the names of such layers begin with: 'conv', 'pool', 'relu'."""
    return {"Convolution": "conv", "Pooling": "pool"}.get(layer.group, layer.kind.replace("_", ""))


def _fresh(network: Network, source: str, layer: Layer, new_name: str | None) -> Node:
    node_of(network, source)
    _check_not_input(layer)
    return Node(new_name or network.free_name(stem_of(layer)), layer, _inputs_for(layer, (source,)))


def _check_not_input(layer: Layer) -> None:
    if layer.arity[1] == 0:
        raise EditError("A network has one input: it is where the image comes from.")


def _inputs_for(layer: Layer, inputs: tuple[str, ...]) -> tuple[str, ...]:
    """As many of the inputs as the layer takes, the last one repeated where it needs more."""
    fewest, most = layer.arity
    kept = inputs if most is None else inputs[:most]
    return kept + kept[-1:] * (fewest - len(kept))


def _fits(declared: object, layer: Layer) -> bool:
    try:
        declared.checked(getattr(layer, declared.name))  # type: ignore[attr-defined]
    except REFUSALS:
        return False
    return True


def _common_parameters(network: Network, fresh: Node) -> Parameters:
    """What the node has of the parameters that its layer needs; nothing where that is not known yet."""
    report = network.replacing(fresh).reports[fresh.name]
    needed = fresh.layer.parameter_shapes(report.input_shapes) if report.shape is not None else {}
    return {name: array for name, array in fresh.parameters.items() if name in needed}


def _layer_node(network: Network, name: str, participle: str) -> Node:
    node = node_of(network, name)
    if not node.inputs:
        raise EditError(f"The input cannot be {participle}: it is where the image comes from.")
    return node


def _movable(network: Network, name: str) -> Node:
    node = _layer_node(network, name, "moved")
    if len(node.inputs) != 1:
        raise EditError(f"{name} joins several branches; connect its inputs otherwise instead of moving it.")
    return node


def _on_connection(nodes: Sequence[Node], source: str, reader: str, fresh: Node) -> list[Node]:
    if not any(node.name == reader and source in node.inputs for node in nodes):
        raise EditError(f"{reader} does not read {source}, so nothing can be put between them.")
    rest = [reading_instead(node, source, fresh.name) if node.name == reader else node for node in nodes]
    position = next(i for i, node in enumerate(rest) if node.name == reader)
    return [*rest[:position], fresh, *rest[position:]]


def _finished(network: Network, nodes: Sequence[Node]) -> Network:
    changed = with_kept(network, in_reading_order(nodes))
    return changed if changed is network else fitted(changed, network)

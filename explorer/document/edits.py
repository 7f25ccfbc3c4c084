"""The verbs: every way a network can be changed. Each makes a change, a function from a network to another.

A verb raises EditError, SettingError, ShapeError or NetworkError with a sentence where it cannot be done, and
gives back the very same network where there is nothing to do. Nodes that it does not touch stay the same objects.
`document.edit("Stride of conv1", set_settings("conv1", stride=(2, 2)))`
"""

from __future__ import annotations

from explorer.document.document import REFUSALS, Change, EditError
from explorer.document.graph_edits import add_branch as add_branch
from explorer.document.graph_edits import check_not_input, finished, inputs_for, layer_node
from explorer.document.graph_edits import connect as connect
from explorer.document.graph_edits import insert_after as insert_after
from explorer.document.graph_edits import insert_between as insert_between
from explorer.document.graph_edits import move_after as move_after
from explorer.document.graph_edits import move_between as move_between
from explorer.document.graph_edits import move_down as move_down
from explorer.document.graph_edits import move_up as move_up
from explorer.document.graph_edits import read_also as read_also
from explorer.document.graph_edits import stem_of as stem_of
from explorer.document.limits import fitted
from explorer.document.parameter_edits import reset_all_parameters as reset_all_parameters
from explorer.document.parameter_edits import reset_parameters as reset_parameters
from explorer.document.parameter_edits import set_parameter as set_parameter
from explorer.document.parameter_edits import set_weight as set_weight
from explorer.document.setting_edits import set_settings as set_settings
from explorer.document.setting_edits import settings_problem as settings_problem
from explorer.document.wiring import node_of, placed_after, redirected, with_kept, without
from explorer.engine.layer import Layer, Parameters
from explorer.engine.layers.input import Input
from explorer.engine.network import Network, Node

# ---- one node ------------------------------------------------------------------------------------------------------


def set_bypassed(name: str, bypassed: bool) -> Change:
    """Let a layer hand on its first input, or work again."""

    def change(network: Network) -> Network:
        node = layer_node(network, name, "bypassed")
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
        node = layer_node(network, name, "replaced")
        check_not_input(layer)
        common = {one.name: one for one in node.layer.settings()}
        kept = {
            one.name: getattr(node.layer, one.name)
            for one in layer.settings()
            if one.name in common and common[one.name].kind == one.kind and _fits(one, node.layer)
        }
        fresh = node.changed(layer=layer.with_settings(**kept), inputs=inputs_for(layer, node.inputs))
        replaced = network.replacing(fresh.changed(parameters=_common_parameters(network, fresh)))
        return fitted(with_kept(network, replaced.nodes), network)

    return change


def duplicate(name: str) -> Change:
    """A second layer of the same settings and weights behind the first."""

    def change(network: Network) -> Network:
        node = layer_node(network, name, "duplicated")
        copy = Node(
            network.free_name(stem_of(node.layer)),
            node.layer,
            inputs_for(node.layer, (name,)),
            node.parameters,
            node.bypassed,
        )
        return finished(network, placed_after(redirected(network.nodes, name, copy.name), name, copy))

    return change


def remove(name: str) -> Change:
    """Take a node out; everyone who read it reads its first input instead."""

    def change(network: Network) -> Network:
        layer_node(network, name, "removed")
        return finished(network, without(network, name))

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

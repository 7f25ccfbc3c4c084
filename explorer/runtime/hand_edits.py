"""Edits by hand in the middle of a training: they go into the network that has been trained on meanwhile."""

from __future__ import annotations

from itertools import zip_longest

import numpy as np

from explorer.engine.layer import Array, Parameters
from explorer.engine.network import Network, Node
from explorer.engine.optimizers import OptimizerState
from explorer.engine.parameter_vector import ParameterVector
from explorer.engine.training import Checkpoint


def merged(shown: Network, edited: Network, trained: Network) -> Network:
    """The edited network with what training has learned since the one that was shown when the edit was made.

    A number that the edit changed is the edit's, every other one the training's.
    """
    nodes = [_merged(node, shown, trained) for node in edited.nodes]
    is_same = all(merged is node for merged, node in zip(nodes, edited.nodes, strict=True))
    return edited if is_same else edited.with_nodes(nodes)


def _merged(node: Node, shown: Network, trained: Network) -> Node:
    if node.name not in shown or node.name not in trained:
        return node
    before, after = shown[node.name].parameters, trained[node.name].parameters
    parameters = {name: _merged_array(name, array, before, after) for name, array in node.parameters.items()}
    same = all(parameters[name] is array for name, array in node.parameters.items())
    return node if same else node.changed(parameters=parameters)


def _merged_array(name: str, edited: Array, before: Parameters, after: Parameters) -> Array:
    shapes = [known[name].shape for known in (before, after) if name in known]
    if shapes != [edited.shape] * 2:
        return edited
    if before[name] is edited:
        return after[name]
    if before[name] is after[name]:
        return edited
    return np.where(edited != before[name], edited, after[name])


def is_of_one_structure(left: Network, right: Network) -> bool:
    """Whether two networks differ in numbers and settings only, and learn as many numbers in the same places."""
    return ParameterVector.of(left) == ParameterVector.of(right) and all(
        (a.name, a.layer.kind, a.inputs, a.bypassed) == (b.name, b.layer.kind, b.inputs, b.bypassed)
        for a, b in zip_longest(left.nodes, right.nodes, fillvalue=left.input)
    )


def going_on_with(checkpoint: Checkpoint, network: Network) -> Checkpoint:
    """The checkpoint with another network; what the optimizer remembers of parameters that stayed is kept."""
    state = _moved_state(checkpoint, network)
    return Checkpoint(network, state, checkpoint.step, checkpoint.epoch, checkpoint.position)


def _moved_state(checkpoint: Checkpoint, network: Network) -> OptimizerState | None:
    state = checkpoint.state
    old, new = ParameterVector.of(checkpoint.network), ParameterVector.of(network)
    if state is None or old == new:
        return state
    vectors = []
    for vector in state.vectors:
        if vector.size != old.size:
            return None
        before, moved = old.parts(vector), np.zeros(new.size, np.float32)
        for name, part in new.parts(moved).items():
            if name in before and before[name].shape == part.shape:
                part[...] = before[name]
        moved.flags.writeable = False
        vectors.append(moved)
    return OptimizerState(state.steps, tuple(vectors))

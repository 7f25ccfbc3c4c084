"""Gradients of whatever one asks for: from any nodes of a trace back to any node, the image and any parameter."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from explorer.engine.evaluate import Step, Trace
from explorer.engine.layer import Array, ShapeError, shape_text
from explorer.engine.network import Network
from explorer.engine.tape import Gradients, Needed

ParameterName = tuple[str, str]  # node, parameter
Target = str | ParameterName


@dataclass(frozen=True, eq=False)
class NetworkGradients:
    """Gradients with respect to the outputs of nodes, and to parameters by node and name.

    Each has the shape of what it belongs to; none can be written into.
    """

    outputs: Mapping[str, Array]
    parameters: Mapping[ParameterName, Array]


def learned_parameters(network: Network) -> list[ParameterName]:
    """Every parameter that training learns, in the order of the nodes: all but measured statistics."""
    return [
        (node.name, name)
        for node in network.nodes
        if not node.bypassed
        for name in node.parameters
        if name not in node.layer.statistics
    ]


def backpropagate(
    trace: Trace, seeds: Mapping[str, Array], *, wrt: Collection[Target] | None = None
) -> NetworkGradients:
    """Gradients of the sum over all seeds of seed times output of the seed's node.

    `seeds` are what that sum weighs each value with, by node, of the shapes of the nodes' outputs. `wrt` names
    what to differentiate by: a node for its output (the input node for the image), (node, parameter) for a
    parameter; None is all there is. What no seed depends on has a gradient of zeros. The trace must have been
    evaluated with `record` or in training. Raises ShapeError where a seed does not fit, ValueError where a name
    is unknown or a tape is missing.
    """
    targets = _everything(trace) if wrt is None else _known(trace, wrt)
    waiting = {name: _fitting_seed(trace, name, seed) for name, seed in seeds.items()}
    on_the_way = _on_the_way(trace, targets)
    found: dict[Target, Array] = {}
    for step in reversed(tuple(trace.steps.values())):
        name = step.node.name
        gradient = waiting.pop(name, None)
        if gradient is None or name not in on_the_way:
            continue
        if name in targets:
            found[name] = gradient
        wanted = _wanted(step, targets)
        needed = Needed(tuple(source in on_the_way for source in step.node.inputs), bool(wanted))
        if not any(needed.inputs) and not needed.parameters:
            continue
        gradients = _back(step, gradient, needed)
        found |= {(name, parameter): gradients.parameters[parameter] for parameter in wanted}
        for source, is_needed, part in zip(step.node.inputs, needed.inputs, gradients.inputs, strict=True):
            if is_needed and part is not None:
                waiting[source] = waiting[source] + part if source in waiting else part
    return _collected(trace, targets, found)


def _everything(trace: Trace) -> dict[Target, None]:
    learned = [target for target in learned_parameters(trace.network) if target[0] in trace.steps]
    return dict.fromkeys([*trace.steps, *learned])


def _known(trace: Trace, wrt: Collection[Target]) -> dict[Target, None]:
    for target in wrt:
        name, parameter = (target, "") if isinstance(target, str) else target
        if name not in trace.steps:
            raise ValueError(
                f"{name!r} is not a node that was evaluated. Those are: {', '.join(trace.steps)}."
            )
        node = trace.steps[name].node
        if parameter and parameter not in node.parameters:
            raise ValueError(
                f"{name} has no parameter {parameter!r}; it has {', '.join(node.parameters) or 'none'}."
            )
        if parameter in node.layer.statistics:
            raise ValueError(
                f"The {parameter} of {name} is measured in training, not learned: it has no gradient."
            )
    return dict.fromkeys(wrt)


def _fitting_seed(trace: Trace, name: str, seed: Array) -> Array:
    if name not in trace.steps:
        raise ValueError(f"{name!r} is not a node that was evaluated. Those are: {', '.join(trace.steps)}.")
    output = trace.steps[name].output
    if np.shape(seed) != output.shape:
        raise ShapeError(
            f"The seed at {name} must have the shape of its output, {shape_text(output.shape)}, "
            f"got {shape_text(np.shape(seed))}."
        )
    return np.asarray(seed, output.dtype)


def _on_the_way(trace: Trace, targets: Collection[Target]) -> set[str]:
    """The nodes whose output's gradient is of use: targets, owners of target parameters, and what reads either."""
    owners = {target[0] for target in targets if not isinstance(target, str)}
    found: set[str] = set()
    for name, step in trace.steps.items():  # every node comes after those that it reads
        if name in targets or name in owners or found.intersection(step.node.inputs):
            found.add(name)
    return found


def _wanted(step: Step, targets: Collection[Target]) -> list[str]:
    if step.node.bypassed:
        return []  # its parameters have no effect
    return [parameter for parameter in step.node.parameters if (step.node.name, parameter) in targets]


def _back(step: Step, gradient: Array, needed: Needed) -> Gradients:
    node = step.node
    if node.bypassed:
        return Gradients((gradient, *[None] * (len(node.inputs) - 1)))
    if step.tape is None:
        raise ValueError(f"{node.name} was evaluated without a tape. Evaluate with record=True first.")
    with np.errstate(all="ignore"):  # as in the evaluation
        return node.layer.backward(gradient, step.tape, needed)


def _collected(trace: Trace, targets: Collection[Target], found: Mapping[Target, Array]) -> NetworkGradients:
    outputs: dict[str, Array] = {}
    parameters: dict[ParameterName, Array] = {}
    for target in targets:
        if isinstance(target, str):
            outputs[target] = _handed_out(found.get(target), trace.steps[target].output)
        else:
            name, parameter = target
            parameters[target] = _handed_out(found.get(target), trace.steps[name].node.parameters[parameter])
    return NetworkGradients(MappingProxyType(outputs), MappingProxyType(parameters))


def _handed_out(gradient: Array | None, owner: Array) -> Array:
    """A read-only view: the array may be a seed of the caller's, or serve two readers."""
    fixed = np.zeros_like(owner) if gradient is None else gradient.view()
    fixed.flags.writeable = False
    return fixed

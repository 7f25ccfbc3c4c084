"""Which units a unit reads, and how strongly: the connections that are drawn while the pointer is on it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from explorer.document.view import Unit
from explorer.engine.layer import Shape
from explorer.engine.network import Network, Node

MOST = 24  # connections of one unit; the strongest ones


class Edge(NamedTuple):
    """A unit that is read; `weight` from -1 to 1 relative to the strongest, None where there is none to tell."""

    source: Unit
    weight: float | None = None


def edges_of(network: Network, unit: Unit, shapes: dict[str, Shape]) -> list[Edge]:
    """What a unit reads, the strongest first; a whole node reads whole nodes."""
    node = network[unit.node]
    if unit.channel is None:
        return [Edge(Unit(name)) for name in dict.fromkeys(node.inputs)]
    if not node.inputs:
        return []
    if "kernel" in node.parameters and not node.bypassed:
        return _weighted(node, unit.channel, shapes)
    return _one_to_one(node, unit.channel, shapes)


def _weighted(node: Node, channel: int, shapes: dict[str, Shape]) -> list[Edge]:
    kernel = node.parameters["kernel"]
    source = node.inputs[0]
    read = shapes.get(source, (0,))[0]
    if channel >= len(kernel):
        return []
    weights = kernel[channel]
    axes = tuple(range(1, weights.ndim))
    sizes = np.abs(weights).sum(axis=axes)
    signs = np.sign(weights.sum(axis=axes))
    per_group = len(weights)
    first = per_group * (channel * max(1, read // max(1, per_group)) // len(kernel)) if read else 0
    largest = float(sizes.max(initial=0)) or 1.0
    strongest = np.argsort(-sizes, kind="stable")[:MOST]
    return [
        Edge(Unit(source, int(first + i)), float(sizes[i] / largest * (signs[i] or 1)))
        for i in strongest
        if first + i < read and sizes[i] > 0
    ]


def _one_to_one(node: Node, channel: int, shapes: dict[str, Shape]) -> list[Edge]:
    """Layers that keep channels apart; flattening spreads them, concatenation puts them behind each other."""
    if node.layer.kind == "concatenate":
        first = 0
        for name in node.inputs:
            count = shapes.get(name, (0,))[0]
            if first <= channel < first + count:
                return [Edge(Unit(name, channel - first))]
            first += count
        return []
    found = []
    for name in dict.fromkeys(node.inputs):
        shape, own = shapes.get(name, (0,)), shapes.get(node.name, (0,))
        if node.layer.kind == "flatten" and len(shape) == 3:
            found.append(Edge(Unit(name, channel // (shape[1] * shape[2]))))
        elif node.layer.kind == "softmax" or shape[0] != own[0]:
            found.append(Edge(Unit(name)))
        else:
            found.append(Edge(Unit(name, channel)))
    return found

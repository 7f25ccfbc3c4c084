"""Batch normalisation folded into the convolution before it: what comes out stays the same, with a layer less."""

from __future__ import annotations

import numpy as np

from explorer.engine.layers.convolution import Convolution
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.network import Network, Node


def folded(network: Network) -> Network:
    """The network as it is used, without those normalisations that alone read a convolution.

    scale * (kernel * x + bias - mean) / spread + shift is a convolution itself, with the kernel times
    scale / spread (Jacob et al. 2017, equation 14). A training can go on from it, but without normalising.
    """
    merged: dict[str, Node] = {}
    instead: dict[str, str] = {}
    for node in network.nodes:
        before = network[node.inputs[0]] if node.inputs else node
        if isinstance(node.layer, BatchNormalization) and _can_take(before, network) and not node.bypassed:
            merged[before.name] = _merged(before, node)
            instead[node.name] = before.name
    nodes = [merged.get(node.name, node) for node in network.nodes if node.name not in instead]
    return network.with_nodes(
        node.changed(inputs=tuple(instead.get(name, name) for name in node.inputs)) for node in nodes
    )


def _can_take(node: Node, network: Network) -> bool:
    return isinstance(node.layer, Convolution) and not node.bypassed and len(network.readers[node.name]) == 1


def _merged(node: Node, norm: Node) -> Node:
    """The convolution that does what it and the normalisation did."""
    assert isinstance(norm.layer, BatchNormalization)
    mean, variance, scale, shift = (
        norm.parameters[name].astype(np.float64) for name in ("mean", "variance", "scale", "shift")
    )
    factor = scale / np.sqrt(variance + norm.layer.epsilon)
    kernel = node.parameters["kernel"]
    bias = node.parameters.get("bias", np.zeros(len(kernel)))
    parameters = {
        "kernel": (kernel * factor.reshape(-1, *[1] * (kernel.ndim - 1))).astype(np.float32),
        "bias": ((bias - mean) * factor + shift).astype(np.float32),
    }
    return node.changed(layer=node.layer.with_settings(bias=True), parameters=parameters)

"""One of our networks in PyTorch: the same layers, and the same parameters to start from."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from explorer.engine.network import Network, Node


def torch_network(network: Network, layout: torch.memory_format = torch.contiguous_format) -> nn.Sequential:
    """A chain of layers up to the scores; the softmax is part of the loss. Raises ValueError for other layers."""
    modules = [
        module
        for node in network.nodes[1:]
        if node.layer.kind != "softmax"
        for module in [_module(network, node)]
    ]
    return nn.Sequential(*modules).to(memory_format=layout)


def _module(network: Network, node: Node) -> nn.Module:
    layer, shape = node.layer, network.reports[node.name].input_shapes[0]
    match layer.kind:
        case "conv2d":
            sides = [side // 2 if layer.padding == "same" else 0 for side in layer.kernel]
            conv = nn.Conv2d(shape[0], layer.filters, layer.kernel, padding=sides, bias=layer.bias)
            return _filled(conv, node, weight="kernel", bias="bias")
        case "batch_norm":
            norm = nn.BatchNorm2d(shape[0], eps=layer.epsilon, momentum=layer.momentum)
            return _filled(
                norm, node, weight="scale", bias="shift", running_mean="mean", running_var="variance"
            )
        case "dense":
            return _filled(nn.Linear(shape[0], layer.units), node, weight="kernel", bias="bias")
        case "relu":
            return nn.ReLU()
        case "max_pool":
            return nn.MaxPool2d(layer.window)
        case "global_average_pool":
            return nn.AdaptiveAvgPool2d(1)
        case "flatten":
            return nn.Flatten()
    raise ValueError(f"{layer.title} has no twin in PyTorch here. Add it to torch_network.py.")


def _filled(module: nn.Module, node: Node, **names: str) -> nn.Module:
    """The module with the node's parameters; `names` says what PyTorch calls each of them."""
    with torch.no_grad():
        for theirs, ours in names.items():
            if ours in node.parameters:
                getattr(module, theirs).copy_(torch.from_numpy(np.array(node.parameters[ours])))
    return module

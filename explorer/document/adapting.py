"""The verb that fits a network to a data set: input, number of classes, and an end that answers with classes.

Layers before the end keep their weights. A first kernel that reads grey instead of colour (or colour instead of
grey) goes on to answer grey images as it did.
"""

from __future__ import annotations

import math

import numpy as np

from explorer.document.document import Change, EditError
from explorer.document.edits import stem_of
from explorer.document.limits import fitted
from explorer.engine.layer import Layer, Shape, shape_text
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.dropout import Dropout
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.global_pooling import GlobalAveragePool, GlobalPool
from explorer.engine.layers.input import Input
from explorer.engine.layers.sigmoids import Sigmoid
from explorer.engine.layers.softmax import Distribution, Softmax
from explorer.engine.network import Network, Node

MOST_FEATURES = 20_000  # that a dense layer is put behind; more are averaged over each map first
HANDED_ON = (
    Distribution,
    Sigmoid,
    Dropout,
    GlobalPool,
    Flatten,
)  # behind the layer that decides how many classes


def adapt(shape: tuple[int, int, int], classes: tuple[str, ...]) -> Change:
    """Fit the network to images of this shape (channels, height, width) and to so many classes.

    It has their names once it has learned them; those of others it has no more.
    """

    def change(network: Network) -> Network:
        if len(network.input_shape) != 3:
            raise EditError(
                f"The network reads {shape_text(network.input_shape)} numbers, not images. "
                "Choose a network that reads images."
            )
        resized = _reading(network, shape)
        ended = _answering(resized, len(classes))
        if ended is network and network.classes in (classes, ()):
            return network
        made = fitted(ended, network)
        known = {id(node.parameters) for node in network.nodes}
        is_learned = all(id(node.parameters) in known for node in made.nodes if node.parameters)
        return made.with_classes(classes if is_learned and network.classes == classes else ())

    return change


def _reading(network: Network, shape: tuple[int, int, int]) -> Network:
    """The network with an input for these images; of its own size where it would shrink them to nothing."""
    _, height, width = network.input_shape
    for size in (shape[1:], (height, width)):
        layer = Input(channels=shape[0], height=size[0], width=size[1])
        if layer == network.input.layer:
            return network
        changed = network.replacing(network.input.changed(layer=layer))
        for name in network.readers[network.input.name]:
            changed = changed.replacing(_recoloured(network[name], network.input_shape[0], shape[0]))
        if not changed.problems or network.problems:
            return changed
    name, problem = next(iter(changed.problems.items()))
    raise EditError(f"Images of {shape_text(shape)} do not suit the network: {problem} Change {name} first.")


def _recoloured(node: Node, before: int, after: int) -> Node:
    """A convolution that answers grey images as before, whether they come in one channel or in several."""
    layer = node.layer
    if (
        before == after
        or not isinstance(layer, Conv2d)
        or layer.groups > 1
        or "kernel" not in node.parameters
    ):
        return node
    kernel = node.parameters["kernel"]
    if after == 1:
        recoloured = kernel.sum(1, keepdims=True, dtype=np.float32)
    elif before == 1:
        recoloured = np.repeat(kernel / np.float32(after), after, axis=1)
    else:
        return node
    return node.changed(parameters={**node.parameters, "kernel": recoloured})


def _answering(network: Network, classes: int) -> Network:
    last = network.outputs[-1]
    report = network.reports[last.name]
    if report.problem and not _head(network):
        raise EditError(f"The network cannot run: {report.problem} Repair it before it is adapted.")
    head = _head(network)
    if head is None:
        return _ended(network, last, report.shape or (), classes)
    size = "units" if isinstance(head.layer, Dense) else "filters"
    if getattr(head.layer, size) != classes:
        fresh = head.changed(layer=head.layer.with_settings(**{size: classes}), parameters={})
        network = network.replacing(fresh)
    if last.name != head.name and (report.shape is None or len(report.shape) == 1):
        return network
    if last.name != head.name:
        return _with(network, last.name, Flatten(), Softmax())
    return _with(network, last.name, Softmax())


def _head(network: Network) -> Node | None:
    """The layer whose units or filters are the classes, if the network ends in one."""
    node = network.outputs[-1]
    is_pooled = False
    while len(node.inputs) == 1 and (node.bypassed or isinstance(node.layer, HANDED_ON)):
        is_pooled |= isinstance(node.layer, GlobalPool)
        node = network[node.inputs[0]]
    if node.bypassed:
        return None
    if isinstance(node.layer, Dense):
        return node
    return node if isinstance(node.layer, Conv2d) and is_pooled else None


def _ended(network: Network, last: Node, shape: Shape, classes: int) -> Network:
    """The network with layers behind it that answer with classes."""
    layers: list[Layer] = [Dense(units=classes), Softmax()]
    if len(shape) > 1:
        layers.insert(0, Flatten())
    if math.prod(shape) > MOST_FEATURES:
        layers.insert(0, GlobalAveragePool())
    return _with(network, last.name, *layers)


def _with(network: Network, name: str, *layers: Layer) -> Network:
    for layer in layers:
        stem = stem_of(layer)
        fresh = Node(stem if stem not in network else network.free_name(stem), layer, (name,))
        network = network.with_nodes((*network.nodes, fresh))
        name = fresh.name
    return network

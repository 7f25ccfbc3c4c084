"""Building small networks for tests in one line."""

from explorer.engine.layer import Layer, Shape
from explorer.engine.layers.input import Input, ListInput, SignalInput, VolumeInput
from explorer.engine.network import Network, Node


def chain(channels: int, height: int, width: int, *layers: Layer) -> Network:
    """An image of this shape through the layers one after another, named kind1, kind2, ... by their place."""
    nodes = [Node("image", Input(channels=channels, height=height, width=width))]
    for number, layer in enumerate(layers, start=1):
        nodes.append(Node(f"{layer.kind}{number}", layer, (nodes[-1].name,)))
    return Network(tuple(nodes)).fitted()


def input_of(shape: Shape) -> Layer:
    """The input layer for samples of this shape."""
    layer_class = (ListInput, SignalInput, Input, VolumeInput)[len(shape) - 1]
    return layer_class(**dict(zip((one.name for one in layer_class.settings()), shape, strict=True)))

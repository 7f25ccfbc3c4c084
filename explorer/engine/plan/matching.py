"""Which nodes a plan computes together: the blocks of a network, in an order in which they can run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from explorer.engine.layer import Shape
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.dropout import Dropout
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.network import Network, Node
from explorer.engine.plan.block import Block
from explorer.engine.plan.convolution import ConvolutionBlock
from explorer.engine.plan.dense import DenseBlock, DropoutBlock, FlattenBlock
from explorer.engine.plan.entry import EntryBlock
from explorer.engine.plan.normalization import NormalizationBlock
from explorer.engine.plan.plain import PlainBlock
from explorer.engine.plan.pool_block import PoolBlock
from explorer.engine.plan.wide_dense import LEAST, WideDenseBlock


def blocks_of(network: Network, measured: str) -> list[Block] | None:
    """The blocks that compute `measured`, or None where a layer needs a whole batch in a way that no block knows."""
    return _Matching(network, measured).blocks()


class _Matching:
    def __init__(self, network: Network, measured: str) -> None:
        self.network, self.measured = network, measured
        names = {*network.ancestors(measured), measured}
        self.nodes = [
            node for node in network.nodes if node.name in names and node.inputs and not node.bypassed
        ]
        self.sources = {node.name: tuple(self._source(name) for name in node.inputs) for node in self.nodes}
        self.readers: dict[str, list[str]] = {name: [] for name in names}
        for name, sources in self.sources.items():
            for source in sources:
                self.readers[source].append(name)

    def blocks(self) -> list[Block] | None:
        found: list[Block] = []
        taken: set[str] = set()
        learning: set[str] = set()  # nodes whose output depends on something learned
        for node in self.nodes:
            if node.name in taken:
                continue
            block = self._block(node, hands_back=bool(learning.intersection(self.sources[node.name])))
            if block is None:
                return None
            found.append(block)
            taken.update(one.name for one in block.nodes)
            if block.is_learning or learning.intersection(block.inputs):
                learning.add(block.name)
        return found

    def _source(self, name: str) -> str:
        """The node whose output a reader of `name` gets: a bypassed one hands on what it reads."""
        while self.network[name].bypassed:
            name = self.network[name].inputs[0]
        return name

    def _shape(self, node: Node) -> Shape:
        """The shape of what a node reads first."""
        return self.network.reports[node.name].input_shapes[0]

    def _followed(self, node: Node, kinds: Sequence[type]) -> list[Node]:
        """The node with those behind it that nobody else reads, each of one of the kinds, in their order."""
        found, place = [node], 0
        while True:
            readers = self.readers[found[-1].name]
            if len(readers) != 1 or found[-1].name == self.measured:
                return found
            reader = self.network[readers[0]]
            while place < len(kinds) and type(reader.layer) is not kinds[place]:
                place += 1
            if place == len(kinds) or (isinstance(reader.layer, MaxPool) and not self._is_quartering(reader)):
                return found
            found.append(reader)
            place += 1

    def _is_quartering(self, node: Node) -> bool:
        """Whether it is max pooling of windows of 2 x 2 side by side."""
        windows = node.layer.windows([self._shape(node)]) or ()
        sides = [(one.size, one.stride, one.before, one.after, one.dilation, one.ceil) for one in windows]
        return sides == [(2, 2, 0, 0, 1, False)] * 2

    def _block(self, node: Node, hands_back: bool) -> Block | None:
        layer, inputs = node.layer, self.sources[node.name]
        if type(layer) is Conv2d:
            nodes, shape = self._followed(node, (ReLU, MaxPool, ReLU)), self._shape(node)
            if not hands_back and EntryBlock.suits(layer, node.parameters["kernel"]):
                return EntryBlock(nodes, inputs, shape)
            if ConvolutionBlock.suits(layer, shape):
                return ConvolutionBlock(nodes, inputs, shape)
        if type(layer) is Dense:
            nodes = self._followed(node, (ReLU,))
            if node.parameters["kernel"].size >= LEAST:
                return WideDenseBlock(nodes, inputs, hands_back)
            return DenseBlock(nodes, inputs)
        if type(layer) is Flatten and len(self._shape(node)) == 3:
            return FlattenBlock([node], inputs)
        if type(layer) is Dropout and layer.rate:
            return DropoutBlock([node], inputs)
        if type(layer) is MaxPool and self._is_quartering(node):
            return PoolBlock([node], inputs)
        if layer.mixes_images:
            if type(layer) is BatchNormalization and len(self._shape(node)) == 3:
                return NormalizationBlock(self._followed(node, (ReLU,)), inputs)
            return None
        return PlainBlock([node], inputs)


def extents_needed(blocks: Sequence[Block], shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    """Of every node's output the shape of the part that is read, from the first pixel on; `shapes` are whole."""
    needed: dict[str, Shape] = {blocks[-1].name: shapes[blocks[-1].name]}
    for block in reversed(blocks):
        if not block.is_partial:
            needed[block.name] = shapes[block.name]
        for place, source in enumerate(block.inputs):
            channels, *whole = shapes[source]
            read = block.extents_read(place, needed[block.name][1:], tuple(whole))
            known = needed.get(source, (channels, *(0 for _ in read)))
            needed[source] = channels, *(max(pair) for pair in zip(read, known[1:], strict=True))
    return needed

"""Where every node's tiles stand: columns by depth, grids that use the height there is. No Qt, only numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from explorer.engine.layer import Shape
from explorer.engine.network import Network, Node

BlockKind = Literal["image", "maps", "strip", "bars"]

TITLE = 34.0  # above every block, for two lines of text
MARGIN = 18.0
GAP_WITHIN, GAP_BETWEEN, GAP_STACKED = 14.0, 40.0, 14.0
NARROWEST = 54.0  # of a column, so that its title can be read
MOST_GAPS = 0.2  # of the width
BARS_WIDTH, BAR_HEIGHT = 128.0, 15.0
MOST_BARS = 40
ASPECTS = 1 / 8, 8.0  # a map of 1 x 640 is drawn wider than it is thin, or it could not be seen
SMALLEST_TILE, LARGEST_TILE = 6.0, 400.0
BEGINNING = ("Convolution", "Dense", "Merge")  # groups of layers with which a block of the network begins


@dataclass(frozen=True)
class Block:
    """The tiles of one node: `count` of them in `columns`, from (x, y), each `pitch_x` by `pitch_y` apart.

    `only` is the one channel that is shown, where it is one. `shape` is the node's output, as far as known.
    """

    node: str
    kind: BlockKind
    shape: Shape
    columns: int
    count: int
    pitch_x: float
    pitch_y: float
    x: float = 0.0
    y: float = 0.0
    only: int | None = None

    @property
    def rows(self) -> int:
        """Rows of the grid."""
        return -(-self.count // self.columns)

    @property
    def width(self) -> float:
        """Of the whole grid."""
        return self.columns * self.pitch_x

    @property
    def height(self) -> float:
        """Of the whole grid."""
        return self.rows * self.pitch_y

    def moved(self, x: float, y: float) -> Block:
        """The same block somewhere else."""
        return replace(self, x=x, y=y)


@dataclass(frozen=True)
class FlowLayout:
    """All blocks, the size of the whole, and the connections that are not between neighbours."""

    blocks: tuple[Block, ...] = ()
    width: float = 1.0
    height: float = 1.0
    skips: tuple[tuple[str, str], ...] = ()
    depths: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, node: str) -> Block:
        """The block with the node's tiles (of an input its picture); KeyError if it is not there."""
        for block in self.blocks:
            if block.node == node:
                return block
        raise KeyError(node)

    def of(self, node: str) -> Iterator[Block]:
        """All blocks of a node."""
        return (block for block in self.blocks if block.node == node)


def lay_out(network: Network, shapes: Mapping[str, Shape], width: float, height: float) -> FlowLayout:
    """The whole network for a view of this size. `shapes` has the last known shape of every node that has one."""
    depths = depths_of(network)
    lanes: list[list[Node]] = [[] for _ in range(max(depths.values()) + 1)]
    for node in network.nodes:
        lanes[depths[node.name]].append(node)
    gaps = [_gap_before(lane) for lane in lanes[1:]]
    tight = min(1.0, MOST_GAPS * width / max(1.0, sum(gaps)))
    gaps = [gap * tight for gap in gaps]
    room = max(200.0, width - 2 * MARGIN - sum(gaps)), max(120.0, height - 2 * MARGIN)
    grids = _grids(lanes, {name: shapes.get(name, (1, 1, 1)) for name in depths}, *room)
    blocks: list[Block] = []
    x, tallest = MARGIN, max(_lane_height([grids[node.name] for node in lane]) for lane in lanes)
    for index, lane in enumerate(lanes):
        if index:
            x += gaps[index - 1]
        stacks = [grids[node.name] for node in lane]
        lane_width = max(NARROWEST, max(block.width for stack in stacks for block in stack))
        y = MARGIN + (tallest - _lane_height(stacks)) / 2
        for stack in stacks:
            y += TITLE
            for block in stack:
                blocks.append(block.moved(x + (lane_width - block.width) / 2, y))
                y += block.height + (GAP_STACKED / 2 if block is not stack[-1] else GAP_STACKED)
        x += lane_width
    return FlowLayout(tuple(blocks), x + MARGIN, tallest + 2 * MARGIN, _skips(network, depths, lanes), depths)


def lay_out_layer(node: str, shape: Shape, width: float, height: float, is_bars: bool = False) -> FlowLayout:
    """One layer filling the view: as many columns as give the largest tiles."""
    room_x, room_y = max(60.0, width - 2 * MARGIN), max(60.0, height - 2 * MARGIN - TITLE)
    if len(shape) != 3:
        block = _list_block(node, shape, room_x, room_y, spread=True)
    else:
        count, aspect = shape[0], aspect_of(shape)
        columns = max(range(1, count + 1), key=lambda c: min(room_x / c, room_y / -(-count // c) * aspect))
        pitch = min(room_x / columns, room_y / -(-count // columns) * aspect)
        block = Block(node, "maps", shape, columns, count, pitch, pitch / aspect)
    return _alone(block, width, height)


def lay_out_unit(node: str, channel: int, shape: Shape, width: float, height: float) -> FlowLayout:
    """One map filling the view."""
    room_x, room_y = max(60.0, width - 2 * MARGIN), max(60.0, height - 2 * MARGIN - TITLE)
    aspect = aspect_of(shape)
    pitch = min(room_x, room_y * aspect)
    return _alone(Block(node, "maps", shape, 1, 1, pitch, pitch / aspect, only=channel), width, height)


def depths_of(network: Network) -> dict[str, int]:
    """The length of the longest way from the input to every node."""
    depths: dict[str, int] = {}
    for node in network.nodes:
        depths[node.name] = 1 + max((depths[name] for name in node.inputs), default=-1)
    return depths


def aspect_of(shape: Shape) -> float:
    """Width by height of a tile."""
    return min(max(shape[2] / shape[1], ASPECTS[0]), ASPECTS[1]) if len(shape) == 3 else 1.0


def _alone(block: Block, width: float, height: float) -> FlowLayout:
    x, y = (width - block.width) / 2, TITLE + (height - TITLE - block.height) / 2
    return FlowLayout((block.moved(x, y),), width, height)


def _gap_before(lane: Sequence[Node]) -> float:
    begins = any(node.layer.group in BEGINNING for node in lane)
    return GAP_BETWEEN if begins else GAP_WITHIN


def _lane_height(stacks: Sequence[Sequence[Block]]) -> float:
    return sum(_stack_height(stack) for stack in stacks) + GAP_STACKED * (len(stacks) - 1)


def _stack_height(stack: Sequence[Block]) -> float:
    return TITLE + sum(block.height for block in stack) + GAP_STACKED / 2 * (len(stack) - 1)


# ---- how large the tiles are --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Group:
    """Neighbouring nodes with as many maps each: the same columns, so that a unit keeps its place."""

    nodes: tuple[str, ...]
    shapes: tuple[Shape, ...]
    height: float  # that each has

    def width(self, quality: float, narrowest: float) -> float:
        """Of one column of the flow, for tiles of this quality: larger maps need larger tiles."""
        need = math.sqrt(min(max(self.shapes[0][1], 4), 160))
        high = min(max(quality * need, SMALLEST_TILE), LARGEST_TILE, self.height)
        columns = math.ceil(self.shapes[0][0] / max(1, math.floor(self.height / high)))
        return max(narrowest, columns * high * aspect_of(self.shapes[0]))

    def total(self, quality: float, narrowest: float) -> float:
        """Of all columns of the flow that the group takes."""
        return len(self.nodes) * self.width(quality, narrowest)

    def blocks(self, width: float) -> Iterator[Block]:
        """The largest tiles that fit this width, for every node."""
        count, aspect = self.shapes[0][0], aspect_of(self.shapes[0])

        def high(columns: int) -> float:
            return min(self.height / -(-count // columns), width / columns / aspect, LARGEST_TILE)

        columns = max(range(1, count + 1), key=lambda one: (high(one), -one))
        for name, shape in zip(self.nodes, self.shapes, strict=True):
            pitch = min(self.height / -(-count // columns), width / columns / aspect_of(shape), LARGEST_TILE)
            yield Block(name, "maps", shape, columns, count, pitch * aspect_of(shape), pitch)


def _grids(
    lanes: Sequence[Sequence[Node]], shapes: Mapping[str, Shape], width: float, height: float
) -> dict[str, tuple[Block, ...]]:
    """The blocks of every node, not yet in their places."""
    found: dict[str, tuple[Block, ...]] = {}
    groups: list[_Group] = []
    taken = 0.0
    for index, lane in enumerate(lanes):
        share = (height - GAP_STACKED * (len(lane) - 1)) / len(lane) - TITLE
        lists = 0.0
        for node in lane:
            shape = shapes[node.name]
            if index == 0:
                found[node.name] = _input_blocks(node.name, shape, width, share)
                lists = max(block.width for block in found[node.name])
            elif len(shape) != 3:
                found[node.name] = (_list_block(node.name, shape, BARS_WIDTH, share),)
                lists = max(lists, NARROWEST, found[node.name][0].width)
            else:
                _join(groups, node.name, shape, share)
        taken += lists
    narrowest = min(NARROWEST, max(24.0, (width - taken) / max(1, sum(len(group.nodes) for group in groups))))
    quality = _best_quality(groups, width - taken, narrowest)
    for group in groups:
        for block in group.blocks(group.width(quality, narrowest)):
            found[block.node] = (block,)
    return found


def _join(groups: list[_Group], name: str, shape: Shape, height: float) -> None:
    last = groups[-1] if groups else None
    if last and last.shapes[0][0] == shape[0] and last.height == height:
        groups[-1] = _Group((*last.nodes, name), (*last.shapes, shape), height)
    else:
        groups.append(_Group((name,), (shape,), height))


def _best_quality(groups: Sequence[_Group], width: float, narrowest: float) -> float:
    """The largest tiles with which all groups fit the width, if they can."""
    low, high = 0.0, 64.0
    for _ in range(24):
        middle = (low + high) / 2
        if sum(group.total(middle, narrowest) for group in groups) <= width:
            low = middle
        else:
            high = middle
    return low


def _input_blocks(node: str, shape: Shape, width: float, height: float) -> tuple[Block, ...]:
    """The image in its own colours, and beneath it its channels where there are three."""
    channels, aspect = shape[0], aspect_of(shape)
    if channels not in (1, 3):
        high = min(height / -(-channels // math.ceil(math.sqrt(channels))), 120.0)
        columns = math.ceil(math.sqrt(channels))
        return (Block(node, "maps", shape, columns, channels, high * aspect, high),)
    wide = min(max(120.0, 0.21 * width), 320.0, 0.72 * height * aspect)
    image = Block(node, "image", shape, 1, 1, wide, wide / aspect)
    if channels == 1:
        return (image,)
    return image, Block(node, "maps", shape, 3, 3, wide / 3, wide / aspect / 3)


def _list_block(node: str, shape: Shape, width: float, height: float, spread: bool = False) -> Block:
    """A list of features: bars with numbers where there is room, else a strip of cells."""
    count = math.prod(shape)
    if count <= MOST_BARS and count * 10.0 <= height:
        wide = min(width, 420.0) if spread else BARS_WIDTH
        return Block(node, "bars", shape, 1, count, wide, min(height / count, 28.0 if spread else BAR_HEIGHT))
    if spread:
        side = math.sqrt(width * height / count)
        columns = max(1, min(count, round(width / side)))
        side = min(width / columns, height / -(-count // columns), 64.0)
        return Block(node, "strip", shape, columns, count, side, side)
    side = min(14.0, math.sqrt(height * 40.0 / count))
    columns = max(1, math.ceil(count * side / height))
    side = min(side, height / -(-count // columns))
    return Block(node, "strip", shape, columns, count, side, side)


def _skips(
    network: Network, depths: Mapping[str, int], lanes: Sequence[Sequence[Node]]
) -> tuple[tuple[str, str], ...]:
    """Connections that one does not see from the order of the columns alone."""
    found = []
    for node in network.nodes:
        for source in node.inputs:
            neighbours = depths[node.name] - depths[source] == 1
            alone = len(lanes[depths[node.name]]) == len(lanes[depths[source]]) == 1
            if not (neighbours and alone):
                found.append((source, node.name))
    return tuple(dict.fromkeys(found))

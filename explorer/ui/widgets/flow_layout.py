"""Where every node stands: columns by depth from left to right, in as many lines as make the largest tiles.

No Qt, only numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from explorer.engine.layer import Shape
from explorer.engine.network import Network, Node
from explorer.ui.widgets.flow_block import TITLE, Block, aspect_of
from explorer.ui.widgets.flow_grids import GAP_STACKED, Stack, good_columns, grids, list_block

MARGIN = 18.0
GAP_WITHIN, GAP_BETWEEN, GAP_LINES = 14.0, 36.0, 26.0
MOST_GAPS = 0.2  # of the width
MOST_LINES = 6
READABLE = 54.0  # pixels of a title
WORTH = 1.3  # how much larger the tiles must become before the flow is broken into one more line
BEGINNING = ("Convolution", "Dense", "Merge")  # groups of layers with which a block of the network begins

Lane = list[Node]  # nodes of one depth, one above the other


@dataclass(frozen=True)
class FlowLayout:
    """All blocks, the size of the whole, and the connections that are not between neighbours.

    `lines` has the line of every node, and `floors` the lower edge of every line.
    """

    blocks: tuple[Block, ...] = ()
    width: float = 1.0
    height: float = 1.0
    skips: tuple[tuple[str, str], ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    floors: tuple[float, ...] = ()

    def of(self, node: str) -> Iterator[Block]:
        """All blocks of a node."""
        return (block for block in self.blocks if block.node == node)


def lay_out(network: Network, shapes: Mapping[str, Shape], width: float, height: float) -> FlowLayout:
    """The whole network for a view of this size. `shapes` has the last known shape of every node that has one."""
    depths = depths_of(network)
    lanes: list[Lane] = [[] for _ in range(max(depths.values()) + 1)]
    for node in network.nodes:
        lanes[depths[node.name]].append(node)
    known = {name: shapes.get(name, (1, 1, 1)) for name in depths}
    best = _in_lines(network, [lanes], known, width, height)
    for count in range(2, min(MOST_LINES, len(lanes) // 4) + 1):
        other = _in_lines(network, _broken(lanes, count), known, width, height)
        if _legibility(other, width, height) > WORTH * _legibility(best, width, height):
            best = other
    return best


def lay_out_layer(node: str, shape: Shape, width: float, height: float) -> FlowLayout:
    """One layer filling the view: as many columns as give the largest tiles."""
    room_x, room_y = max(60.0, width - 2 * MARGIN), max(60.0, height - 2 * MARGIN - TITLE)
    if len(shape) != 3:
        block = list_block(node, shape, room_x, room_y, spread=True)
    else:
        count, aspect = shape[0], aspect_of(shape)
        columns = max(good_columns(count), key=lambda c: min(room_x / c, room_y / -(-count // c) * aspect))
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


def _alone(block: Block, width: float, height: float) -> FlowLayout:
    x, y = (width - block.width) / 2, TITLE + (height - TITLE - block.height) / 2
    return FlowLayout((block.moved(x, y, max(block.width, width / 2)),), width, height)


# ---- lines --------------------------------------------------------------------------------------------------------


def _in_lines(
    network: Network,
    lines: Sequence[Sequence[Lane]],
    shapes: Mapping[str, Shape],
    width: float,
    height: float,
) -> FlowLayout:
    blocks: list[Block] = []
    floors: list[float] = []
    room = (height - 2 * MARGIN - GAP_LINES * (len(lines) - 1)) / len(lines)
    top, right = MARGIN, 0.0
    for lanes in lines:
        placed, line_right, bottom = _line(lanes, shapes, width, max(90.0, room), top)
        blocks += placed
        right = max(right, line_right)
        floors.append(bottom)
        top = bottom + GAP_LINES
    numbers = {node.name: i for i, lanes in enumerate(lines) for lane in lanes for node in lane}
    skips = _skips(network, lines, numbers)
    return FlowLayout(tuple(blocks), right + MARGIN, floors[-1] + MARGIN, skips, numbers, tuple(floors))


def _line(
    lanes: Sequence[Lane], shapes: Mapping[str, Shape], width: float, height: float, top: float
) -> tuple[list[Block], float, float]:
    """The blocks of one line in their places, its right and its lower edge."""
    gaps = [_gap_before(lane) for lane in lanes[1:]]
    tight = min(1.0, MOST_GAPS * width / max(1.0, sum(gaps)))
    gaps = [gap * tight for gap in gaps]
    stacks_of, narrowest = grids(lanes, shapes, max(200.0, width - 2 * MARGIN - sum(gaps)), height)
    stacks = [[stacks_of[node.name] for node in lane] for lane in lanes]
    tallest = max(_lane_height(lane) for lane in stacks)
    blocks: list[Block] = []
    x = MARGIN
    for index, lane in enumerate(stacks):
        before = gaps[index - 1] if index else MARGIN
        after = gaps[index] if index < len(gaps) else MARGIN
        x += gaps[index - 1] if index else 0.0
        wide = max(narrowest, *(block.width for stack in lane for block in stack))
        room = wide + min(before, after) - 4
        y = top + (tallest - _lane_height(lane)) / 2
        for stack in lane:
            y += TITLE
            for block in stack:
                blocks.append(block.moved(x + (wide - block.width) / 2, y, room))
                y += block.height + (GAP_STACKED / 2 if block is not stack[-1] else GAP_STACKED)
        x += wide
    return blocks, x, top + tallest


def _broken(lanes: Sequence[Lane], count: int) -> list[list[Lane]]:
    """The lanes in `count` lines of about the same length, broken before a block of the network if possible."""
    lines: list[list[Lane]] = []
    start = 0
    for line in range(1, count):
        ideal = round(len(lanes) * line / count)
        near = range(max(start + 1, ideal - 2), min(len(lanes) - 1, ideal + 2) + 1)
        end = min(near, key=lambda i: (_gap_before(lanes[i]) == GAP_WITHIN, abs(i - ideal)), default=ideal)
        lines.append(list(lanes[start:end]))
        start = end
    lines.append(list(lanes[start:]))
    return [line for line in lines if line]


def _legibility(layout: FlowLayout, width: float, height: float) -> float:
    """The geometric mean of the tiles' heights when all is in view, less where titles have no room."""
    scale = min(1.0, width / layout.width, height / layout.height)
    heights = [
        block.pitch_y * scale * min(1.0, block.room * scale / READABLE)
        for block in layout.blocks
        if block.kind == "maps"
    ] or [1.0]
    return math.exp(sum(math.log(high) for high in heights) / len(heights))


def _gap_before(lane: Lane) -> float:
    begins = any(node.layer.group in BEGINNING for node in lane)
    return GAP_BETWEEN if begins else GAP_WITHIN


def _lane_height(stacks: Sequence[Stack]) -> float:
    return sum(_stack_height(stack) for stack in stacks) + GAP_STACKED * (len(stacks) - 1)


def _stack_height(stack: Stack) -> float:
    return TITLE + sum(block.height for block in stack) + GAP_STACKED / 2 * (len(stack) - 1)


def _skips(
    network: Network, lines: Sequence[Sequence[Lane]], numbers: Mapping[str, int]
) -> tuple[tuple[str, str], ...]:
    """Connections that one does not see from the order of the columns alone."""
    places = {node.name: (i, lane) for line in lines for i, lane in enumerate(line) for node in lane}
    found = []
    for node in network.nodes:
        place, lane = places[node.name]
        for source in node.inputs:
            before, other = places[source]
            neighbours = place - before == 1 and numbers[node.name] == numbers[source]
            if not (neighbours and len(lane) == len(other) == 1):
                found.append((source, node.name))
    return tuple(dict.fromkeys(found))

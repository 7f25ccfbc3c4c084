"""How large the tiles of every layer are: the largest with which all columns of a line fit its width."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from explorer.engine.layer import Shape
from explorer.engine.network import Node
from explorer.ui.widgets.flow_block import TITLE, Block, aspect_of

GAP_STACKED = 14.0
NARROWEST, TIGHTEST = 54.0, 18.0  # of a column: so that its title can be read, and when there are too many
BAR_WIDTHS, BAR_HEIGHT = (92.0, 128.0), 15.0
MOST_BARS = 40
SMALLEST_TILE, LARGEST_TILE = 6.0, 480.0

Stack = tuple[Block, ...]  # the blocks of one node, one above the other


def grids(
    lanes: Sequence[Sequence[Node]], shapes: Mapping[str, Shape], width: float, height: float
) -> dict[str, Stack]:
    """The blocks of every node, not yet in their places, for a line of `width` without its gaps."""
    found: dict[str, Stack] = {}
    groups: list[_Group] = []
    taken = 0.0
    for lane in lanes:
        share = (height - GAP_STACKED * (len(lane) - 1)) / len(lane) - TITLE
        widest = 0.0
        for node in lane:
            shape = shapes[node.name]
            if not node.inputs:
                found[node.name] = _input_blocks(node.name, shape, width, share, len(lanes))
            elif len(shape) != 3:
                bars = min(max(width / len(lanes), BAR_WIDTHS[0]), BAR_WIDTHS[1])
                found[node.name] = (list_block(node.name, shape, bars, share),)
            else:
                _join(groups, node.name, shape, share)
                continue
            widest = max(widest, min(NARROWEST, width / len(lanes)), *(b.width for b in found[node.name]))
        taken += widest
    count = sum(len(group.nodes) for group in groups)
    narrowest = min(NARROWEST, max(TIGHTEST, (width - taken) / max(1, count)))
    quality = _best_quality(groups, width - taken, narrowest)
    for group in groups:
        for block in group.blocks(group.width(quality, narrowest)):
            found[block.node] = (block,)
    return found


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


def _input_blocks(node: str, shape: Shape, width: float, height: float, lanes: int) -> Stack:
    """The image in its own colours, and beneath it its channels where there are three."""
    channels, aspect = shape[0], aspect_of(shape)
    if channels not in (1, 3):
        columns = math.ceil(math.sqrt(channels))
        high = min(height / -(-channels // columns), 120.0)
        return (Block(node, "maps", shape, columns, channels, high * aspect, high),)
    share = 0.44 if lanes <= 2 else 0.3 if lanes <= 4 else 0.19
    wide = min(max(96.0, share * width), 480.0 if lanes <= 4 else 280.0, 0.72 * height * aspect)
    image = Block(node, "image", shape, 1, 1, wide, wide / aspect)
    if channels == 1:
        return (image,)
    return image, Block(node, "maps", shape, 3, 3, wide / 3, wide / aspect / 3)


def list_block(node: str, shape: Shape, width: float, height: float, spread: bool = False) -> Block:
    """A list of features: bars with numbers where there is room, else a strip of cells.

    `spread` fills a view with it, else it stands as a narrow column.
    """
    count = math.prod(shape)
    if count <= MOST_BARS and count * 10.0 <= height:
        wide = min(width, 420.0) if spread else width
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

"""How large the tiles of every layer are: the largest with which all columns of a line fit its width."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from explorer.engine.layer import Shape
from explorer.engine.network import Node
from explorer.ui.widgets.flow_block import TITLE, Block, aspect_of

GAP_STACKED = 14.0
NARROWEST, TIGHTEST = 54.0, 18.0  # of a column: so that its title can be read, and when there are too many
BAR_WIDTHS, BAR_HEIGHT = (108.0, 136.0), 15.0
MOST_BARS = 40
LOWEST = 24.0  # of one of many branches above each other: then the flow is higher than the view
LARGEST_TILE, WIDEST, STEP = 480.0, 1600.0, 1.06

Stack = tuple[Block, ...]  # the blocks of one node, one above the other


def grids(
    lanes: Sequence[Sequence[Node]], shapes: Mapping[str, Shape], width: float, height: float
) -> tuple[dict[str, Stack], float]:
    """The blocks of every node, not yet in their places, for a line of `width` without its gaps.

    With them how wide the narrowest column is.
    """
    found: dict[str, Stack] = {}
    groups: list[_Group] = []
    taken = 0.0
    for lane in lanes:
        share = max(LOWEST, (height - GAP_STACKED * (len(lane) - 1)) / len(lane) - TITLE)
        widest = 0.0
        for node in lane:
            shape = shapes[node.name]
            if not node.inputs and len(shape) == 3:
                found[node.name] = _input_blocks(node.name, shape, width, share, len(lanes))
            elif len(shape) != 3:
                bars = min(max(width / len(lanes), BAR_WIDTHS[0]), BAR_WIDTHS[1])
                found[node.name] = (list_block(node.name, shape, bars, share),)
            else:
                _join(groups, node.name, shape, share, 1 / len(lane))
                continue
            widest = max(widest, min(NARROWEST, width / len(lanes)), *(b.width for b in found[node.name]))
        taken += widest
    count = sum(group.columns for group in groups)
    narrowest = min(NARROWEST, max(TIGHTEST, (width - taken) / max(1, count)))
    for group, wide in zip(groups, _widths(groups, width - taken, narrowest)):
        for block in group.blocks(wide):
            found[block.node] = (block,)
    return found, narrowest


@dataclass(frozen=True)
class _Group:
    """Neighbouring nodes with as many maps each: the same columns, so that a unit keeps its place."""

    nodes: tuple[str, ...]
    shapes: tuple[Shape, ...]
    height: float  # that each has
    columns: float  # of the flow that they take together; nodes above each other share one

    def steps(self, narrowest: float) -> Sequence[tuple[float, float]]:
        """(width, height of a tile) from the narrowest column up, as far as more width gives larger tiles.

        Only the points on the upper hull of width against the logarithm of the height: between them a little
        more width wins less than elsewhere.
        """
        return _steps(self.shapes[0][0], self.height, aspect_of(self.shapes[0]), narrowest)

    def tile(self, width: float) -> float:
        """The largest height of a tile in a column of this width."""
        return _tile(self.shapes[0][0], self.height, aspect_of(self.shapes[0]), width)

    def _high(self, columns: int, width: float) -> float:
        rows = -(-self.shapes[0][0] // columns)
        return min(self.height / rows, width / columns / aspect_of(self.shapes[0]), LARGEST_TILE)

    def blocks(self, width: float) -> Iterator[Block]:
        """The largest tiles that fit this width, for every node."""
        count, high = self.shapes[0][0], self.tile(width) * (1 - 1e-9)
        columns = next(one for one in good_columns(count) if self._high(one, width) >= high)
        for name, shape in zip(self.nodes, self.shapes, strict=True):
            pitch = min(self.height / -(-count // columns), width / columns / aspect_of(shape), LARGEST_TILE)
            yield Block(name, "maps", shape, columns, count, pitch * aspect_of(shape), pitch)


@lru_cache(maxsize=512)  # a layout tries several numbers of lines, and is made anew with every size
def _steps(count: int, height: float, aspect: float, narrowest: float) -> Sequence[tuple[float, float]]:
    points = [(narrowest, _tile(count, height, aspect, narrowest))]
    wide = narrowest
    while wide < WIDEST:
        wide *= STEP
        high = _tile(count, height, aspect, wide)
        if high > points[-1][1] * 1.001:
            while len(points) > 1 and _slope(points[-2], points[-1]) <= _slope(points[-1], (wide, high)):
                points.pop()
            points.append((wide, high))
    return tuple(points)


def _tile(count: int, height: float, aspect: float, width: float) -> float:
    return min(
        LARGEST_TILE, max(min(height / rows, width / columns / aspect) for rows, columns in _grids_of(count))
    )


@lru_cache(maxsize=512)
def _grids_of(count: int) -> tuple[tuple[int, int], ...]:
    """Rows and columns: of the good ones with as many rows only that with the widest tiles."""
    narrowest = {-(-count // columns): columns for columns in reversed(good_columns(count))}
    return tuple(narrowest.items())


@lru_cache(maxsize=512)
def good_columns(count: int) -> tuple[int, ...]:
    """Numbers of columns whose last row is at least half full."""
    return tuple(one for one in range(1, count + 1) if count % one == 0 or 2 * (count % one) >= one)


def _join(groups: list[_Group], name: str, shape: Shape, height: float, columns: float) -> None:
    last = groups[-1] if groups else None
    if last and last.shapes[0][0] == shape[0] and last.height == height:
        groups[-1] = _Group((*last.nodes, name), (*last.shapes, shape), height, last.columns + columns)
    else:
        groups.append(_Group((name,), (shape,), height, columns))


def _widths(groups: Sequence[_Group], width: float, narrowest: float) -> list[float]:
    """Widths of the groups' columns with the largest tiles in the geometric mean.

    All begin as narrow as they may be; then whoever wins most per pixel gets its next step, as long as
    there is room (the greedy way is the best one, since every step of a hull wins less than the one before).
    """
    ways = [group.steps(narrowest) for group in groups]
    steps = sorted(
        (
            (_slope(before, after), g, k)
            for g, way in enumerate(ways)
            for k, (before, after) in enumerate(pairwise(way))
        ),
        key=lambda step: (-step[0], step[1], step[2]),
    )
    widths = [narrowest] * len(groups)
    left = width - sum(narrowest * group.columns for group in groups)
    for _, g, k in steps:
        (before, _), (after, _) = ways[g][k], ways[g][k + 1]
        if widths[g] >= before - 1e-6:
            widths[g] += min(after - before, max(0.0, left) / groups[g].columns)
            left -= (widths[g] - before) * groups[g].columns
    return widths


def _slope(before: tuple[float, float], after: tuple[float, float]) -> float:
    """How much larger tiles become per pixel of width, on a logarithmic scale."""
    return math.log(after[1] / before[1]) / (after[0] - before[0])


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

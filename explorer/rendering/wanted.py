"""What is wanted on screen: which tiles of which nodes, how large, and in which colours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from explorer.rendering.look import Look

Kind = Literal["maps", "image"]
EVERYTHING = 1 << 30  # further than any grid reaches


@dataclass(frozen=True)
class Tiles:
    """The visible part of a node's grid of tiles.

    kind      maps: one tile per channel (of a list: one pixel per feature);
              image: all channels in one tile in their own colours
    columns   of the whole grid
    width, height  of one tile in device pixels, without the gap
    top, bottom, left, right  the visible cells of the grid, half open
    only      the one channel that is shown, instead of all
    """

    node: str
    columns: int
    width: int
    height: int
    kind: Kind = "maps"
    top: int = 0
    bottom: int = EVERYTHING
    left: int = 0
    right: int = EVERYTHING
    only: int | None = None

    @property
    def key(self) -> str:
        """Under which name the picture is found."""
        if self.kind == "image":
            return f"{self.node}:image"
        return self.node if self.only is None else f"{self.node}:{self.only}:large"


@dataclass(frozen=True)
class Wanted:
    """Everything that somebody can see now. `Wanted()` is nothing.

    tiles   grids of tiles
    units   (node, channel) for single maps in their own size with statistics; a channel of None is the
            whole node, without a map
    """

    tiles: tuple[Tiles, ...] = ()
    units: tuple[tuple[str, int | None], ...] = ()
    look: Look = field(default_factory=Look)
    dark: bool = True

    @property
    def nodes(self) -> frozenset[str]:
        """The names of all nodes of which something is wanted."""
        return frozenset([one.node for one in self.tiles] + [node for node, _ in self.units])


def unit_key(node: str, channel: int | None) -> str:
    """Under which name the picture of a unit is found: 'conv1:3'; of a whole node 'conv1:all'."""
    return f"{node}:{'all' if channel is None else channel}"

"""A block: the tiles of one node in the flow, with the sizes that all blocks share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from explorer.engine.layer import Shape

BlockKind = Literal["image", "maps", "strip", "bars"]

TITLE = 34.0  # above every block, for two lines of text
ASPECTS = 1 / 8, 8.0  # a map of 1 x 640 is drawn wider than it is thin, or it could not be seen


@dataclass(frozen=True)
class Block:
    """The tiles of one node: `count` of them in `columns`, from (x, y), each `pitch_x` by `pitch_y` apart.

    `only` is the one channel that is shown, where it is one. `shape` is the node's output, as far as known.
    `room` is how wide its title may be.
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
    room: float = 0.0

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

    def moved(self, x: float, y: float, room: float = 0.0) -> Block:
        """The same block somewhere else."""
        return replace(self, x=x, y=y, room=room or self.width)


def aspect_of(shape: Shape) -> float:
    """Width by height of a tile."""
    return min(max(shape[2] / shape[1], ASPECTS[0]), ASPECTS[1]) if len(shape) == 3 else 1.0

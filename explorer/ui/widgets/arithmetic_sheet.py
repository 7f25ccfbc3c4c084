"""What of an explanation stands on screen: cells, words, pictures of large grids, sums that open, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QRectF

from explorer.engine.arithmetic.explanation import Cell
from explorer.engine.arithmetic.linking import ChannelGroup

CAPTION = 15.0  # height of the names above the numbers

Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Box:
    """A number of a part on screen."""

    part: str
    cell: Cell
    rect: QRectF


@dataclass(frozen=True)
class Text:
    """A word on screen; `role` is a colour of the theme."""

    text: str
    rect: QRectF
    role: str = "quiet"
    align: Align = "left"


@dataclass(frozen=True)
class Grid:
    """A grid that is too large for numbers: one channel of a part as a picture."""

    part: str
    channel: int | None
    rect: QRectF
    rows: int
    columns: int


@dataclass(frozen=True)
class Group:
    """The sum of several channels, which a click opens; `group` is None for the way back."""

    group: ChannelGroup | None
    rect: QRectF
    number: QRectF


@dataclass
class Sheet:
    """Everything that is drawn, and how large it is."""

    boxes: list[Box] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    curve: QRectF | None = None
    width: float = 0.0
    height: float = 0.0

    def reach(self, x: float, y: float) -> None:
        """Be at least so large."""
        self.width, self.height = max(self.width, x), max(self.height, y)


@dataclass(frozen=True)
class Room:
    """How much there is, and what of the channels is open: the first that is shown, and the group of sums."""

    width: float
    height: float
    channel: int = 0
    opened: tuple[int, int] | None = None
    channel_names: Sequence[str] = ()

    def name(self, channel: int) -> str:
        """R, G, B of a coloured image, else the number."""
        return self.channel_names[channel] if channel < len(self.channel_names) else str(channel)

"""Where the pictures of a strip stand: in the columns and rows in which they are largest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF

GAP = 8.0
LOWEST = 8.0  # pixels of height that a picture has at least


@dataclass(frozen=True)
class StripPlace:
    """A column with its texts, and the picture in it."""

    column: QRectF
    picture: QRectF


@dataclass(frozen=True)
class StripRoom:
    """The size of a strip, the least width of a column, and the heights of a title and of all texts of a picture."""

    width: float
    height: float
    narrowest: float
    title: float
    texts: float

    def cell(self, count: int, columns: int) -> tuple[float, float]:
        """How wide and high a picture can be in so many columns."""
        rows = math.ceil(count / columns)
        wide = (self.width - GAP * (columns + 1)) / columns
        return wide, (self.height - GAP * (rows - 1)) / rows - self.texts


def strip_places(aspects: Sequence[float], room: StripRoom) -> list[StripPlace]:
    """A place for every picture of these aspects (width by height)."""
    if not aspects:
        return []
    columns = _columns(aspects, room)
    wide, high = room.cell(len(aspects), columns)
    high = max(LOWEST, high)
    widest = max(min(wide, high * aspect) for aspect in aspects)
    pitch = max(min(wide, widest), min(wide, room.narrowest))
    left = (room.width - columns * pitch - (columns - 1) * GAP) / 2
    places = []
    for index, aspect in enumerate(aspects):
        row, column = divmod(index, columns)
        top = row * (high + room.texts + GAP)
        area = QRectF(left + column * (pitch + GAP), top, pitch, high + room.texts)
        w = min(pitch, high * aspect)
        picture = QRectF(area.left() + (pitch - w) / 2, area.top() + room.title + 2, w, w / aspect)
        places.append(StripPlace(area, picture))
    return places


def _columns(aspects: Sequence[float], room: StripRoom) -> int:
    """How many columns show most of the pictures, with every text to be read."""
    best = (-1.0, 1)
    for columns in range(1, len(aspects) + 1):
        wide, high = room.cell(len(aspects), columns)
        if wide < room.narrowest and columns > 1:
            break
        seen = sum(min(wide, high * aspect) * min(high, wide / aspect) for aspect in aspects if high > 0)
        best = max(best, (seen, columns))
    return best[1]

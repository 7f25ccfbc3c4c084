"""A canvas to draw on: strokes of a pen and an eraser, and the picture they make, as a source."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from explorer.sources.given import GivenSource
from explorer.sources.source import Pixels

SIDE = 280  # pixels: ten for each one of MNIST's
FIXED = 4  # bits behind the point, for OpenCV
Place = tuple[float, float]


@dataclass(frozen=True)
class Pen:
    """What a stroke is drawn with; `width` is a share of the canvas."""

    width: float = 0.08
    erases: bool = False


@dataclass(eq=False)
class Stroke:
    """Where a pen went; places (x, y) are shares of the canvas."""

    pen: Pen
    places: list[Place] = field(default_factory=list)


class Canvas:
    """Strokes on a ground, white on black or black on white; `pixels` (side, side, 1) of uint8 is the picture.

    Belongs to one thread. What is drawn later lies on top; `undo` takes away the last stroke or brings back what
    was cleared.
    """

    def __init__(self, side: int = SIDE) -> None:
        self.side = side
        self.is_white_on_black = True
        self._strokes: list[Stroke] = []
        self._cleared: list[list[Stroke]] = []
        self._ink = np.zeros((side, side), np.uint8)  # 255 where it is drawn

    @property
    def pixels(self) -> Pixels:
        """The picture as it is now, a copy."""
        ink = self._ink if self.is_white_on_black else 255 - self._ink
        return ink[:, :, None].copy()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is drawn."""
        return not self._strokes

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._strokes or self._cleared)

    def begin(self, place: Place, pen: Pen) -> None:
        """Put the pen down: a dot."""
        self._strokes.append(Stroke(pen, [place]))
        self._draw(pen, place, place)

    def extend(self, place: Place) -> None:
        """Move the pen that is down."""
        stroke = self._strokes[-1]
        self._draw(stroke.pen, stroke.places[-1], place)
        stroke.places.append(place)

    def undo(self) -> None:
        """Take away the last stroke, or what was cleared comes back."""
        if self._strokes:
            self._strokes.pop()
        elif self._cleared:
            self._strokes = self._cleared.pop()
        self._draw_all()

    def clear(self) -> None:
        """Take everything away."""
        if self._strokes:
            self._cleared.append(self._strokes)
            self._strokes = []
            self._draw_all()

    def _draw_all(self) -> None:
        self._ink[:] = 0
        for stroke in self._strokes:
            for before, after in zip([stroke.places[0], *stroke.places], stroke.places):
                self._draw(stroke.pen, before, after)

    def _draw(self, pen: Pen, before: Place, after: Place) -> None:
        ends = [
            tuple(round((share * self.side - 0.5) * (1 << FIXED)) for share in place)
            for place in (before, after)
        ]
        width = max(1, round(pen.width * self.side))
        cv2.line(self._ink, ends[0], ends[1], 0 if pen.erases else 255, width, cv2.LINE_AA, FIXED)


class CanvasSource(GivenSource):
    """The picture of a canvas; `show` is called for every change of it."""

    kind = "canvas"
    title = "Drawing"
    help = "What you draw yourself: the maps follow the stroke."

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas.pixels, self.title)

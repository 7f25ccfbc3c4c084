"""Samples: pictures that need no set-up, drawn by this program or found in scikit-image if installed."""

from __future__ import annotations

import difflib
import re

from explorer.sources import digits, face, landscape, patterns, ship  # noqa: F401  (they register their drawings)
from explorer.sources.image_file import read_image
from explorer.sources.photographs import photograph_path, photographs
from explorer.sources.pixels import as_frame_pixels
from explorer.sources.sample import Drawing, Sample, drawings
from explorer.sources.source import Frame, Pace, Pixels, Source, SourceError, Wait

ADDRESS = re.compile(r"sample:(?P<name>[\w-]+)(@(?P<width>\d+)x(?P<height>\d+))?")
LONGEST_SIDE = 4096


def samples() -> list[Sample]:
    """All samples there are: the drawn ones first, then the photographs that are installed."""
    return [sample for sample, _ in drawings.values()] + photographs()


class SampleSource(Source):
    """A sample by its name; drawn ones in any size, animated ones at 30 frames a second."""

    kind = "sample"
    title = "Sample"
    help = "Drawn scenes, test patterns and photographs that come with the program."

    def __init__(self, name: str, width: int = 640, height: int = 480) -> None:
        super().__init__()
        known = {sample.name: sample for sample in samples()}
        if name not in known:
            raise SourceError(_unknown(name, list(known)))
        if not (1 <= width <= LONGEST_SIDE and 1 <= height <= LONGEST_SIDE):
            raise SourceError(
                f"A sample can be drawn from 1 x 1 to {LONGEST_SIDE} x {LONGEST_SIDE}, "
                f"got {width} x {height}."
            )
        self.sample = known[name]
        self.width, self.height = width, height
        self.is_live = self.can_change_speed = self.sample.animated
        self.interval_ms = 1000 / 30 if self.sample.animated else 0.0
        self._drawing: Drawing | None = drawings[name][1] if name in drawings else None
        self._pace = Pace()
        self._seconds = 0.0
        self._delivered = False

    @classmethod
    def recognised(cls, text: str) -> SampleSource | None:
        """ "sample:zone-plate" or "sample:zone-plate@320x240"."""
        if not text.startswith("sample:"):
            return None
        match = ADDRESS.fullmatch(text)
        if match is None:
            raise SourceError(f"A sample is written sample:name or sample:name@320x240, got {text}.")
        if match["width"]:
            return cls(match["name"], int(match["width"]), int(match["height"]))
        return cls(match["name"])

    @property
    def address(self) -> str:
        size = "" if (self.width, self.height) == (640, 480) else f"@{self.width}x{self.height}"
        return f"sample:{self.sample.name}{size}"

    def open(self) -> None:
        self._seconds = 0.0
        self._delivered = False
        self._pace.restart()

    def read(self, wait: Wait) -> Frame | None:
        if self.is_live:
            interval = self.interval_ms / 1000
            if not self._pace.keep(interval / self.speed, wait):
                return None
            self._seconds += interval
        elif self._delivered:
            return None
        self._delivered = True
        return self._frame(self._draw(), self.sample.title)

    def describe(self) -> str:
        if self._drawing is None:
            return self.sample.title
        return f"{self.sample.title}, {self.width} x {self.height}"

    def _draw(self) -> Pixels:
        if self._drawing is None:
            return read_image(photograph_path(self.sample.name)).pixels
        return as_frame_pixels(self._drawing(self.width, self.height, self._seconds))


def _unknown(name: str, names: list[str]) -> str:
    near = difflib.get_close_matches(name, names, 1)
    hint = f"Did you mean sample:{near[0]}?" if near else f"There are {', '.join(names)}."
    return f"There is no sample called {name}. {hint}"

"""Pixels given by somebody else: the clipboard, a drawing, the screen."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from explorer.sources.pixels import as_frame_pixels
from explorer.sources.source import Frame, Pixels, Source, Wait


class GivenSource(Source):
    """Shows the pixels it was given last; `show` may be called from any thread."""

    kind = "given"
    title = "Given image"
    help = "A picture that was pasted, drawn or computed."

    def __init__(self, pixels: npt.NDArray[Any], name: str = "Pasted image") -> None:
        super().__init__()
        self.name = name
        self.length = 1
        self._pixels = as_frame_pixels(pixels)
        self._shown: Pixels | None = None

    def show(self, pixels: npt.NDArray[Any]) -> None:
        """Show other pixels, of any size (RGB order, any depth; alpha is laid over white)."""
        self._pixels = as_frame_pixels(pixels)
        self.wake()

    def open(self) -> None:
        self._shown = None

    def read(self, wait: Wait) -> Frame | None:
        pixels = self._pixels
        if pixels is self._shown:
            return None
        self._shown = pixels
        # a copy, because whoever gave the pixels may go on drawing into them
        return self._frame(pixels.copy(), self.name)

    def describe(self) -> str:
        height, width, _ = self._pixels.shape
        return f"{self.name}, {width} x {height}"

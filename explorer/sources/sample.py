"""What a bundled sample is: a drawing of any size that registers itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explorer.sources.source import Pixels

Drawing = Callable[[int, int, float], Pixels]
"""(width, height, seconds since the start) -> (H, W) or (H, W, 3) uint8."""


@dataclass(frozen=True)
class Sample:
    """One sample: its name in addresses ("sample:zone-plate"), and what a person reads about it."""

    name: str
    title: str
    help: str
    animated: bool = False


drawings: dict[str, tuple[Sample, Drawing]] = {}


def drawn(name: str, title: str, help: str, *, animated: bool = False) -> Callable[[Drawing], Drawing]:
    """Make a drawing function a sample."""

    def register(drawing: Drawing) -> Drawing:
        drawings[name] = (Sample(name, title, help, animated), drawing)
        return drawing

    return register

"""Circles, squares, triangles and stars, of any colour, in any place."""

from __future__ import annotations

import numpy as np

from explorer.datasets.kinds.drawn import DrawnSet, Points, outline_filled, turned
from explorer.engine.setting import setting
from explorer.sources.source import Pixels

GREY = np.array([0.299, 0.587, 0.114])
CONTRAST = 70  # grey levels between shape and ground, at least


def _corners(count: int, inner: float = 1.0) -> Points:
    """A regular outline with every second corner drawn in; the first points up."""
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    radii = np.where(np.arange(count) % 2, inner, 1.0)
    return np.stack([np.sin(angles), -np.cos(angles)], axis=1) * radii[:, None]


OUTLINES = {
    "circle": _corners(40),
    "square": turned(_corners(4), 45),
    "triangle": _corners(3),
    "star": _corners(10, inner=0.45),
}


class ShapeSet(DrawnSet):
    """Filled shapes; only the shape tells the class."""

    kind = "shapes"
    title = "Shapes"
    help = "Circles, squares, triangles and stars: colour, size and place do not matter, only the shape."

    colour: bool = setting(default=True, help="Off: white on black.")
    rotation: float = setting(
        default=20.0, low=0, high=180, step=5, help="Turned by up to so many degrees either way."
    )

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(OUTLINES)

    def drawn(self, label: int, rng: np.random.Generator) -> Pixels:
        radius = rng.uniform(0.18, 0.42)
        middle = rng.uniform(radius, 1 - radius, 2)
        outline = turned(list(OUTLINES.values())[label], rng.uniform(-self.rotation, self.rotation), radius)
        area = outline_filled(self.size, outline + middle)[..., None]
        if not self.colour:
            return area
        ground, shape = _two_colours(rng)
        share = area.astype(np.float64) / 255  # (h, w, 1)
        return np.asarray(np.rint(ground + share * (shape - ground)), np.uint8)


def _two_colours(rng: np.random.Generator) -> tuple[Points, Points]:
    """Two colours that differ in brightness too: a network that sees grey can learn the shapes as well."""
    while True:
        ground, shape = rng.uniform(0, 255, (2, 3))
        if abs(GREY @ (ground - shape)) >= CONTRAST:
            return ground, shape

""" "X or not X": crosses as a hasty hand writes them, among other letters."""

from __future__ import annotations

import numpy as np

from explorer.datasets.kinds.drawn import DrawnSet, Points, strokes_drawn, turned
from explorer.engine.setting import setting
from explorer.sources.source import Pixels

SLOPPY = 0.05  # standard deviation of where a stroke begins and ends, as a share of the letter
RING = [(np.cos(angle), np.sin(angle)) for angle in np.linspace(0, 2 * np.pi, 24)]
CROSS = [[(-1, -1), (1, 1)], [(-1, 1), (1, -1)]]
OTHERS = {  # strokes as points (x, y) from -1 to 1
    "O": [RING],
    "T": [[(-1, -1), (1, -1)], [(0, -1), (0, 1)]],
    "L": [[(-0.8, -1), (-0.8, 1), (0.8, 1)]],
    "V": [[(-1, -1), (0, 1), (1, -1)]],
    "H": [[(-0.8, -1), (-0.8, 1)], [(0.8, -1), (0.8, 1)], [(-0.8, 0), (0.8, 0)]],
    "N": [[(-0.8, 1), (-0.8, -1), (0.8, 1), (0.8, -1)]],
    "Z": [[(-1, -1), (1, -1), (-1, 1), (1, 1)]],
    "K": [[(-0.7, -1), (-0.7, 1)], [(0.8, -1), (-0.7, 0), (0.8, 1)]],
    "Y": [[(-1, -1), (0, 0), (1, -1)], [(0, 0), (0, 1)]],
    "+": [[(-1, 0), (1, 0)], [(0, -1), (0, 1)]],
    "/": [[(-1, 1), (1, -1)]],
    "\\": [[(-1, -1), (1, 1)]],
}


class LetterSet(DrawnSet):
    """Letters shifted, turned, with pieces of strokes missing and strokes too many."""

    kind = "x-or-not"
    title = "X or not X"
    help = "Crosses and other letters: the example by which convolution is often explained."

    rotation: float = setting(
        default=15.0, low=0, high=40, step=1, help="Turned by up to so many degrees; at 45 a plus would be an X."
    )  # fmt: skip
    damage: float = setting(
        default=0.3, low=0, high=1, step=0.05, label="Damaged",
        help="Share of the letters with a piece of a stroke missing, and share with a stroke too many.",
    )  # fmt: skip

    @property
    def classes(self) -> tuple[str, ...]:
        return "X", "not X"

    def drawn(self, label: int, rng: np.random.Generator) -> Pixels:
        shape = CROSS if label == 0 else list(OTHERS.values())[rng.integers(len(OTHERS))]
        strokes = [np.array(stroke) + rng.normal(0, SLOPPY, (len(stroke), 2)) for stroke in shape]
        is_cut, is_extended = rng.random(2) < self.damage
        if is_cut:
            at = int(rng.integers(len(strokes)))
            strokes[at] = _cut(strokes[at], rng)
        scale = rng.uniform(0.26, 0.4)
        room = 0.46 - scale
        degrees, middle = rng.uniform(-self.rotation, self.rotation), 0.5 + rng.uniform(-room, room, 2)
        placed = [turned(stroke, degrees, scale) + middle for stroke in strokes]
        if is_extended:
            placed.append(_scratch(rng))
        return strokes_drawn(self.size, placed, rng.uniform(0.05, 0.1))[..., None]


def _cut(stroke: Points, rng: np.random.Generator) -> Points:
    """The stroke without up to two fifths of its first or last line."""
    share = rng.uniform(0.2, 0.4)
    if rng.random() < 0.5:
        stroke = stroke[::-1]
    cut = stroke.copy()
    cut[0] += (stroke[1] - stroke[0]) * share
    return cut


def _scratch(rng: np.random.Generator) -> Points:
    """A short stroke anywhere."""
    start, angle = rng.uniform(0.1, 0.9, 2), rng.uniform(0, 2 * np.pi)
    length = rng.uniform(0.1, 0.2)
    return np.stack([start, start + length * np.array([np.cos(angle), np.sin(angle)])])

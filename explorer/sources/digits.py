"""Digits as a hand writes them, white on black, one after the other."""

from __future__ import annotations

import math

import cv2
import numpy as np

from explorer.sources.sample import drawn
from explorer.sources.source import Pixels

STROKES: tuple[tuple[tuple[float, ...], ...], ...] = (  # for every digit its strokes: x, y, x, y, ... from 0 to 1
    ((0.5, 0.0, 0.12, 0.2, 0.05, 0.6, 0.3, 0.98, 0.72, 0.9, 0.95, 0.5, 0.85, 0.12, 0.5, 0.0),),
    ((0.6, 0.0, 0.52, 0.5, 0.42, 1.0),),
    ((0.1, 0.22, 0.35, 0.0, 0.75, 0.08, 0.78, 0.38, 0.4, 0.75, 0.08, 0.98, 0.5, 0.93, 0.95, 0.95),),
    ((0.12, 0.1, 0.5, 0.0, 0.82, 0.16, 0.68, 0.4, 0.4, 0.47, 0.78, 0.56, 0.86, 0.8, 0.5, 1.0, 0.1, 0.9),),
    ((0.22, 0.0, 0.12, 0.3, 0.1, 0.55, 0.5, 0.56, 0.95, 0.5), (0.8, 0.05, 0.72, 0.5, 0.64, 1.0)),
    ((0.88, 0.02, 0.55, 0.03, 0.25, 0.05, 0.2, 0.25, 0.18, 0.44, 0.5, 0.4, 0.85, 0.55, 0.8, 0.85, 0.45, 1.0,
      0.1, 0.9),),
    ((0.68, 0.0, 0.35, 0.25, 0.12, 0.65, 0.25, 0.96, 0.6, 0.98, 0.82, 0.78, 0.6, 0.58, 0.3, 0.64, 0.14, 0.78),),
    ((0.08, 0.06, 0.5, 0.05, 0.92, 0.04, 0.7, 0.4, 0.5, 0.7, 0.4, 1.0),),
    ((0.75, 0.1, 0.4, 0.0, 0.15, 0.18, 0.45, 0.44, 0.8, 0.68, 0.72, 0.95, 0.35, 1.0, 0.18, 0.8, 0.45, 0.5, 0.8, 0.28,
      0.75, 0.1),),
    ((0.85, 0.14, 0.55, 0.0, 0.2, 0.12, 0.22, 0.42, 0.55, 0.48, 0.85, 0.2, 0.82, 0.55, 0.72, 1.0),),
)  # fmt: skip
FIRST = 3
SIZE, WIDE, THICK = 0.7, 0.46, 0.075  # of the image's shorter side, as in MNIST


@drawn(
    "digits", "Digit", "A three as a hand writes it, white on black: the trained network of digits reads it."
)
def digit(width: int, height: int, seconds: float) -> Pixels:
    return written(FIRST, width, height)


@drawn(
    "counting",
    "Digits, counting",
    "Handwritten digits, a new one every second, never quite alike.",
    animated=True,
)
def counting(width: int, height: int, seconds: float) -> Pixels:
    number = int(seconds)
    rng = np.random.default_rng(number)
    slant, turn = rng.uniform(-0.12, 0.12), math.sin(seconds * 2) * 0.08
    return written(number % 10, width, height, float(slant), turn)


def written(number: int, width: int, height: int, slant: float = 0.0, turn: float = 0.0) -> Pixels:
    """One digit, (height, width) of uint8; `slant` as a share of its height, `turn` in radians."""
    canvas = np.zeros((height, width), np.uint8)
    unit = min(width, height)
    cosine, sine = math.cos(turn), math.sin(turn)
    for stroke in STROKES[number]:
        points = _smooth(np.array(stroke).reshape(-1, 2)) - 0.5  # (points, xy)
        x, y = points[:, 0] * WIDE - points[:, 1] * SIZE * slant, points[:, 1] * SIZE
        place = np.stack([x * cosine - y * sine, x * sine + y * cosine], axis=1) * unit + [
            width / 2,
            height / 2,
        ]
        corners = np.rint(place * 16).astype(np.int32)
        cv2.polylines(canvas, [corners], False, 255, max(1, round(THICK * unit)), cv2.LINE_AA, 4)
    return canvas


def _smooth(points: np.ndarray, pieces: int = 12) -> np.ndarray:
    """A curve through all points (Catmull & Rom 1974), with so many pieces between two of them."""
    around = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = np.linspace(0, 1, pieces, endpoint=False)[:, None]
    curves = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(around, around[1:], around[2:], around[3:])
    ]
    return np.concatenate([*curves, points[-1:]])

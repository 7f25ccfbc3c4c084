"""A drawn ship at sea, which can pitch on the waves."""

from __future__ import annotations

import math

import numpy as np

from explorer.sources.patterns import Point, disc, fill
from explorer.sources.sample import drawn
from explorer.sources.source import Pixels

HORIZON = 0.6  # of the height


@drawn("ship", "Ship", "A drawn ship at sea: the trained network of ten things knows it.")
def ship(width: int, height: int, seconds: float) -> Pixels:
    return _scene(width, height, 0.0)


@drawn("sailing-ship", "Ship, sailing", "The same ship; it pitches and drifts on the waves.", animated=True)
def sailing_ship(width: int, height: int, seconds: float) -> Pixels:
    return _scene(width, height, seconds)


def _scene(width: int, height: int, seconds: float) -> Pixels:
    canvas = _sky_and_sea(width, height, seconds)
    unit = min(width, height) / 2
    middle = (width / 2 + 0.16 * unit * math.sin(seconds * 0.5), height * (HORIZON + 0.11))
    _ship(canvas, middle, unit, 0.05 * math.sin(seconds * 1.1), seconds)
    return canvas


def _sky_and_sea(width: int, height: int, seconds: float) -> Pixels:
    share = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    sky = np.array([118, 170, 222]) + (np.array([222, 232, 240]) - [118, 170, 222]) * (share / HORIZON)
    depth = ((share - HORIZON) / (1 - HORIZON)).clip(0, 1)
    sea = np.array([92, 138, 172]) + (np.array([20, 58, 104]) - [92, 138, 172]) * np.sqrt(depth)
    canvas = np.repeat(np.where(share < HORIZON, sky, sea)[:, None].astype(np.uint8), width, axis=1)
    unit = min(width, height) / 2
    for x, y, size in ((0.16, 0.16, 1.0), (0.72, 0.11, 0.8), (0.95, 0.3, 0.7)):
        for shift, radius in ((-1.3, 0.6), (-0.4, 0.9), (0.6, 0.8), (1.4, 0.5)):
            place = width * x + 0.13 * unit * size * shift, height * y - 0.05 * unit * radius
            disc(canvas, place, 0.11 * unit * size * radius, (242, 246, 250))
    for row in range(9):  # crests, wider and further apart towards the viewer
        far = (row + 0.6) / 9
        y = height * (HORIZON + (1 - HORIZON) * far**1.5)
        for crest in range(5):
            x = (crest * 0.23 + row * 0.37 + seconds * 0.02 * (1 + far)) % 1.1 - 0.05
            half, thick = unit * (0.05 + 0.14 * far), unit * (0.004 + 0.013 * far)
            fill(canvas, [(width * x - half, y), (width * x, y - thick), (width * x + half, y), (width * x, y + thick)],
                 (146, 184, 208))  # fmt: skip
    return canvas


def _ship(canvas: Pixels, middle: Point, unit: float, tilt: float, seconds: float) -> None:
    """Hull, house, bridge, two funnels and a mast; (0, 0) is the middle of the water line."""
    cosine, sine = math.cos(tilt), math.sin(tilt)

    def at(x: float, y: float) -> Point:
        return middle[0] + (x * cosine - y * sine) * unit, middle[1] + (x * sine + y * cosine) * unit

    def block(colour: tuple[int, int, int], *corners: Point) -> None:
        fill(canvas, [at(x, y) for x, y in corners], colour)

    for puff in range(4):  # smoke
        age = (puff + seconds * 0.6) % 4
        disc(canvas, at(-0.1 - 0.13 * age, -0.78 - 0.05 * age), unit * (0.05 + 0.025 * age), (196, 204, 212))
    block((70, 62, 60), (0.3, -0.34), (0.32, -0.86), (0.335, -0.86), (0.355, -0.34))
    for x in (-0.3, -0.06):
        block((196, 52, 44), (x, -0.4), (x + 0.01, -0.7), (x + 0.15, -0.7), (x + 0.16, -0.4))
        block((34, 34, 40), (x + 0.007, -0.62), (x + 0.01, -0.7), (x + 0.15, -0.7), (x + 0.153, -0.62))
    block((238, 240, 242), (-0.56, -0.2), (-0.56, -0.36), (0.5, -0.36), (0.56, -0.2))
    block((250, 250, 250), (-0.42, -0.35), (-0.42, -0.48), (0.36, -0.48), (0.42, -0.35))
    block((250, 250, 250), (0.14, -0.47), (0.14, -0.58), (0.32, -0.58), (0.36, -0.47))
    for x in np.arange(-0.36, 0.36, 0.09):
        block((70, 96, 128), (x, -0.44), (x, -0.39), (x + 0.05, -0.39), (x + 0.05, -0.44))
    hull = (-0.84, -0.2), (0.94, -0.26), (0.8, 0.08), (-0.74, 0.08)
    block((30, 36, 52), *hull)
    block((168, 44, 40), (-0.76, 0.02), (0.84, 0.02), (0.8, 0.1), (-0.74, 0.1))
    block((232, 236, 240), (-0.84, -0.2), (0.94, -0.26), (0.93, -0.22), (-0.83, -0.165))
    for x in np.arange(-0.66, 0.7, 0.15):
        disc(canvas, at(x, -0.07), 0.022 * unit, (214, 222, 228))
    block(
        (206, 224, 234),
        (-0.8, 0.1),
        (-0.4, 0.075),
        (0.4, 0.09),
        (0.9, 0.06),
        (0.86, 0.12),
        (0.2, 0.15),
        (-0.6, 0.14),
    )

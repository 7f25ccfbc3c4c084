"""A drawn landscape: a house, a tree, a fence, the sun and clouds."""

from __future__ import annotations

import math
from itertools import pairwise

import cv2
import numpy as np

from explorer.sources.patterns import Colour, Point, disc, fill
from explorer.sources.sample import drawn
from explorer.sources.source import Pixels

HORIZON = 0.58


@drawn(
    "house", "House and tree", "A drawn landscape: large plain areas, fine leaves, edges in every direction."
)
def house(width: int, height: int, seconds: float) -> Pixels:
    return _landscape(width, height, seconds=3.0)


@drawn(
    "day",
    "House, a day",
    "The same landscape while the sun crosses the sky and the clouds drift.",
    animated=True,
)
def day(width: int, height: int, seconds: float) -> Pixels:
    return _landscape(width, height, seconds)


def _landscape(width: int, height: int, seconds: float) -> Pixels:
    canvas = _sky(width, height, seconds)
    unit = min(width / 4, height / 3)
    for depth, colour in enumerate(((148, 176, 190), (112, 150, 138), (96, 142, 92))):
        _hill(canvas, depth, colour)
    _meadow(canvas)
    _path(canvas, width * 0.44, unit)
    _fence(canvas, unit)
    _house(canvas, (width * 0.36, height * 0.8), unit)
    _tree(canvas, (width * 0.78, height * 0.86), unit * 1.1)
    return canvas


def _sky(width: int, height: int, seconds: float) -> Pixels:
    share = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    top, bottom = np.array([86, 142, 205], np.float32), np.array([222, 232, 236], np.float32)
    rows = top + (bottom - top) * np.minimum(share / HORIZON, 1)  # (h, 3)
    canvas = np.repeat(rows[:, None].astype(np.uint8), width, axis=1)
    across = seconds / 20 % 1.0
    sun = (width * (0.05 + 0.9 * across), height * (0.34 - 0.24 * math.sin(math.pi * across)))
    radius = min(width, height) * 0.06
    for size, colour in ((1.9, (205, 216, 205)), (1.4, (236, 226, 176)), (1.0, (255, 221, 102))):
        disc(canvas, sun, radius * size, colour)
    for place, (x, y, size) in enumerate(((0.15, 0.13, 1.0), (0.62, 0.22, 0.7), (0.9, 0.1, 0.85))):
        drift = (x + seconds * 0.008 * (1 + place / 2)) % 1.3 - 0.15
        _cloud(canvas, (width * drift, height * y), radius * size)
    return canvas


def _cloud(canvas: Pixels, centre: Point, size: float) -> None:
    for shift, colour in ((0.25, (206, 214, 222)), (0.0, (246, 248, 250))):
        for x, y, radius in ((-1.6, 0.1, 0.7), (-0.6, -0.3, 1.0), (0.6, -0.1, 0.9), (1.6, 0.2, 0.6)):
            disc(canvas, (centre[0] + x * size, centre[1] + (y + shift) * size), radius * size, colour)


def _hill(canvas: Pixels, depth: int, colour: Colour) -> None:
    height, width = canvas.shape[:2]
    x = np.linspace(0, 1, 64)
    ridge = HORIZON - 0.12 + 0.06 * depth + 0.05 * np.sin(x * (5 + 2 * depth) + 2.1 * depth + 0.6)
    fill(
        canvas, [*zip(x * width, ridge * height), (float(width), float(height)), (0.0, float(height))], colour
    )


def _meadow(canvas: Pixels) -> None:
    """Grass: noise that gets coarser towards the viewer."""
    height, width = canvas.shape[:2]
    top = round(height * (HORIZON + 0.08))
    rows = height - top
    if rows < 1:
        return
    share = np.linspace(0, 1, rows, dtype=np.float32)[:, None, None]
    ground = (
        np.array([128, 170, 96], np.float32) * (1 - share) + np.array([70, 122, 56], np.float32) * share
    )  # (rows, 1, 3)
    random = np.random.default_rng(11)
    blades = np.zeros((rows, width), np.float32)
    for scale, reach in ((1, 0.0), (2, 0.3), (4, 0.6)):
        fine = random.normal(0, 1, (rows // (2 * scale) + 1, width // scale + 1)).astype(np.float32)
        layer = cv2.resize(fine, (width, rows), interpolation=cv2.INTER_LINEAR)
        blades += layer * ((share[:, :, 0] - reach) * 3).clip(0, 1)
    canvas[top:] = (ground + 9 * blades[:, :, None]).clip(0, 255).astype(np.uint8)


def _path(canvas: Pixels, door: float, unit: float) -> None:
    height, width = canvas.shape[:2]
    start, end = height * 0.79, float(height)
    fill(
        canvas,
        [(door - 0.1 * unit, start), (door + 0.1 * unit, start), (width * 0.66, end), (width * 0.4, end)],
        (198, 176, 138),
    )
    for stone in range(1, 6):
        share = (stone / 6) ** 1.6
        x = door + (width * 0.53 - door) * share
        place = (round(x), round(start + (end - start) * share))
        axes = (max(1, round(unit * (0.05 + 0.16 * share))), max(1, round(unit * (0.012 + 0.05 * share))))
        cv2.ellipse(canvas, place, axes, 0, 0, 360, (160, 140, 112), -1, cv2.LINE_AA)


def _fence(canvas: Pixels, unit: float) -> None:
    """Posts that get smaller and closer towards the horizon."""
    height, width = canvas.shape[:2]
    posts = []
    for k in range(14):
        near = 0.82**k
        posts.append(
            (width * (1.02 - 0.42 * (1 - near)), height * (HORIZON + 0.1 + 0.27 * near), unit * 0.55 * near)
        )
    for rail in (0.35, 0.75):
        for (x, y, size), (next_x, next_y, next_size) in pairwise(posts):
            a, b = y - rail * size, next_y - rail * next_size
            fill(
                canvas,
                [(x, a), (next_x, b), (next_x, b + 0.09 * next_size), (x, a + 0.09 * size)],
                (206, 196, 178),
            )
    for x, y, size in reversed(posts):
        half = size * 0.06
        fill(
            canvas,
            [(x - half, y), (x - half, y - size), (x, y - 1.1 * size), (x + half, y - size), (x + half, y)],
            (232, 224, 208),
        )


def _house(canvas: Pixels, corner: Point, unit: float) -> None:
    """A gabled house seen from its corner: a light front, a side in shadow, a roof with tiles."""
    x, y = corner
    side, wall, gable = 0.62 * unit, 0.78 * unit, 0.5 * unit
    left, right, back = x - 0.2 * unit, x + 0.75 * unit, x - 0.2 * unit - side
    ridge = ((left + right) / 2, y - wall - gable)
    far = (ridge[0] - side, ridge[1] - 0.02 * unit)
    low = y - 0.1 * unit
    fill(canvas, [(back, low), (left, y), (left, y - wall), (back, low - wall * 0.94)], (176, 150, 122))
    fill(canvas, [(left, y), (right, y), (right, y - wall), ridge, (left, y - wall)], (236, 216, 184))
    eaves = 0.06 * unit
    near_edge = (left - eaves, y - wall + 0.05 * unit)
    far_edge = (back - eaves, low - wall * 0.94 + 0.05 * unit)
    fill(canvas, [near_edge, ridge, far, far_edge], (158, 66, 52))
    for k in range(1, 8):
        t = k / 8
        a = (near_edge[0] + (ridge[0] - near_edge[0]) * t, near_edge[1] + (ridge[1] - near_edge[1]) * t)
        b = (far_edge[0] + (far[0] - far_edge[0]) * t, far_edge[1] + (far[1] - far_edge[1]) * t)
        fill(canvas, [a, b, (b[0], b[1] + 0.014 * unit), (a[0], a[1] + 0.014 * unit)], (122, 46, 38))
    fill(canvas, [ridge, (right + eaves, y - wall + 0.05 * unit), (right + eaves, y - wall - 0.03 * unit),
                  (ridge[0], ridge[1] - 0.08 * unit)], (136, 52, 42))  # fmt: skip
    fill(
        canvas,
        [ridge, near_edge, (near_edge[0], near_edge[1] - 0.08 * unit), (ridge[0], ridge[1] - 0.08 * unit)],
        (136, 52, 42),
    )
    _box(canvas, (x + 0.16 * unit, y), (0.24 * unit, 0.46 * unit), (104, 68, 46))
    disc(canvas, (x + 0.35 * unit, y - 0.22 * unit), 0.016 * unit, (232, 200, 96))
    for place in (
        (x - 0.1 * unit, y - 0.3 * unit),
        (x + 0.48 * unit, y - 0.3 * unit),
        (x + 0.18 * unit, y - 0.78 * unit),
    ):
        _window(canvas, place, 0.19 * unit)
    _chimney(canvas, (ridge[0] - side * 0.55, ridge[1] + 0.06 * unit), unit)


def _box(canvas: Pixels, lower_left: Point, size: Point, colour: Colour) -> None:
    (x, y), (w, h) = lower_left, size
    fill(canvas, [(x, y), (x + w, y), (x + w, y - h), (x, y - h)], colour)


def _window(canvas: Pixels, lower_left: Point, size: float) -> None:
    x, y = lower_left
    frame = size * 0.08
    _box(canvas, (x - frame, y + frame), (size + 2 * frame, size + 2 * frame), (250, 248, 242))
    for column in (0, 1):
        for row in (0, 1):
            pane = (x + column * (size + frame) / 2, y - row * (size + frame) / 2)
            _box(
                canvas,
                pane,
                ((size - frame) / 2, (size - frame) / 2),
                (88, 120, 152) if row else (70, 98, 128),
            )


def _chimney(canvas: Pixels, foot: Point, unit: float) -> None:
    _box(canvas, foot, (0.1 * unit, 0.3 * unit), (142, 84, 66))
    _box(canvas, (foot[0] - 0.02 * unit, foot[1] - 0.28 * unit), (0.14 * unit, 0.05 * unit), (112, 66, 54))


def _tree(canvas: Pixels, foot: Point, unit: float) -> None:
    """A trunk with two boughs, and some hundred leaves lit from the upper left."""
    x, y = foot
    bark = (92, 68, 48)
    fill(
        canvas,
        [
            (x - 0.1 * unit, y),
            (x - 0.05 * unit, y - 0.7 * unit),
            (x + 0.05 * unit, y - 0.7 * unit),
            (x + 0.11 * unit, y),
        ],
        bark,
    )
    for end in (-0.32, 0.3):
        fill(
            canvas,
            [
                (x - 0.04 * unit, y - 0.5 * unit),
                (x + end * unit, y - unit),
                (x + 0.04 * unit, y - 0.6 * unit),
            ],
            bark,
        )
    random = np.random.default_rng(5)
    centre = (x, y - 1.25 * unit)
    angles, distances = random.uniform(0, 2 * math.pi, 420), np.sqrt(random.uniform(0, 1, 420))
    for k, (angle, distance) in enumerate(zip(angles, distances)):
        across, up = math.cos(angle) * distance, math.sin(angle) * distance
        light = 0.55 + 0.25 * (-across - up) / 1.4 + 0.35 * k / 420 + random.uniform(-0.1, 0.1)
        colour = tuple(int(channel) for channel in np.clip(np.array([96, 164, 72]) * light, 0, 255))
        place = (centre[0] + across * 0.62 * unit, centre[1] + up * 0.56 * unit)
        disc(canvas, place, unit * random.uniform(0.03, 0.07), (colour[0], colour[1], colour[2]))

"""Test patterns: drawings whose answer to a filter one can predict."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from explorer.sources.sample import drawn
from explorer.sources.source import Pixels

Field = npt.NDArray[np.float32]
WAVE = np.rint(127.5 + 127.5 * np.cos(np.arange(256) * (2 * math.pi / 256))).astype(np.uint8)
"""One period of a cosine in 256 steps."""
COLOURS = ((214, 69, 65), (58, 123, 213), (244, 179, 80), (72, 161, 111), (142, 95, 178))


@drawn(
    "zone-plate",
    "Zone plate",
    "Rings that get finer outwards: every orientation and every frequency at once.",
)
def zone_plate(width: int, height: int, seconds: float) -> Pixels:
    return _wave(_chirp(width, height))


@drawn(
    "breathing-zone-plate",
    "Zone plate, moving",
    "Rings that run inwards: watch a stride alias.",
    animated=True,
)
def breathing_zone_plate(width: int, height: int, seconds: float) -> Pixels:
    return _wave(_chirp(width, height) + np.float32(seconds * 128 % 256))


@drawn("checkerboard", "Checkerboard", "Corners and edges, horizontal and vertical, and nothing else.")
def checkerboard(width: int, height: int, seconds: float) -> Pixels:
    cell = max(1, min(width, height) // 8)
    rows, columns = np.indices((height, width), sparse=True)
    return np.where((rows // cell + columns // cell) % 2 == 0, 235, 20).astype(np.uint8)


@drawn(
    "star",
    "Siemens star",
    "Spokes of every direction: shows which direction a filter prefers, and what gets lost.",
)
def star(width: int, height: int, seconds: float) -> Pixels:
    x, y = _centred(width, height)
    spokes = np.sin(18 * np.arctan2(y, x)) * (np.hypot(x, y) / 4).clip(
        0, 1
    )  # sharp, but smooth by a pixel or two
    edge = (min(width, height) * 0.47 - np.hypot(x, y)).clip(0, 1)
    return np.asarray(127.5 + 107.5 * (spokes * 6).clip(-1, 1) * edge, np.uint8)


@drawn("moving-bars", "Bars, moving", "Vertical bars that run to the right, of two widths.", animated=True)
def moving_bars(width: int, height: int, seconds: float) -> Pixels:
    columns = np.arange(width) - seconds * width / 6
    wide, fine = max(2, width // 8), max(2, width // 32)
    upper = np.where(columns // (wide / 2) % 2 == 0, 230, 25).astype(np.uint8)
    lower = np.where(columns // (fine / 2) % 2 == 0, 230, 25).astype(np.uint8)
    return np.concatenate((np.tile(upper, (height - height // 2, 1)), np.tile(lower, (height // 2, 1))))


@drawn(
    "turning-bar",
    "Bar, turning",
    "One bright bar through all directions: a filter's favourite lights up.",
    animated=True,
)
def turning_bar(width: int, height: int, seconds: float) -> Pixels:
    x, y = _centred(width, height)
    angle = seconds * math.pi / 6  # half a turn in six seconds
    side = min(width, height)
    across = np.abs(x * math.sin(angle) - y * math.cos(angle))
    along = np.abs(x * math.cos(angle) + y * math.sin(angle))
    inside = np.minimum(side * 0.05 - across, side * 0.38 - along)
    return (25 + 205 * (inside + 0.5).clip(0, 1)).astype(np.uint8)


@drawn(
    "step-edges",
    "Steps and ramps",
    "Sharp edges, a soft one, a ramp and a thin line: what a derivative answers to each.",
)
def step_edges(width: int, height: int, seconds: float) -> Pixels:
    at = np.linspace(0, 1, width, dtype=np.float32)
    row = np.full(width, 40.0, np.float32)
    row += 170 * ((at > 0.12) & (at < 0.26))
    row += 170 / (1 + np.exp(-(at - 0.42) * 60)) - 170 * ((at - 0.52) / 0.2).clip(0, 1)
    row[int(width * 0.85) : int(width * 0.85) + max(1, width // 160)] = 230
    return np.tile(row.clip(0, 255).astype(np.uint8), (height, 1))


@drawn("text", "Text", "Letters and digits in several sizes: strokes, corners, loops.")
def text(width: int, height: int, seconds: float) -> Pixels:
    page = np.full((height, width), 245, np.uint8)
    lines = (
        ("Feature", 0.2),
        ("maps 0123", 0.16),
        ("What does a filter see?", 0.085),
        ("abcdefghijklmnopqrstuvwxyz 456789", 0.06),
    )
    top = 0.06
    for line, share in lines:
        top += share
        _write(page, line, round(height * top), share * height)
        top += 0.06
    return page


@drawn("shapes", "Shapes", "Circle, square, triangle, cross and ring in plain colours.")
def shapes(width: int, height: int, seconds: float) -> Pixels:
    canvas = np.full((height, width, 3), 238, np.uint8)
    radius = min(width / 3, height / 2) * 0.34
    for place, (shape, colour) in enumerate(
        zip((_disc, _square, _triangle, _cross, _ring, _star), COLOURS + ((60, 66, 82),))
    ):
        centre = (width * (place % 3 + 0.5) / 3, height * (place // 3 + 0.5) / 2)
        shape(canvas, centre, radius, colour)
    return canvas


@drawn(
    "bouncing-shapes",
    "Shapes, moving",
    "Coloured shapes that bounce off the walls, for looking at invariance.",
    animated=True,
)
def bouncing_shapes(width: int, height: int, seconds: float) -> Pixels:
    canvas = np.full((height, width, 3), 32, np.uint8)
    radius = min(width, height) * 0.12
    for place, (shape, colour) in enumerate(zip((_disc, _square, _triangle, _cross, _ring), COLOURS)):
        x = _to_and_fro(seconds * (0.17 + 0.05 * place) + 0.31 * place) * (width - 2 * radius) + radius
        y = _to_and_fro(seconds * (0.23 - 0.03 * place) + 0.17 * place) * (height - 2 * radius) + radius
        shape(canvas, (x, y), radius, colour)
    return canvas


@drawn(
    "dot",
    "One white pixel",
    "A single pixel in the dark: the map shows the kernel itself, turned by 180 degrees.",
)
def dot(width: int, height: int, seconds: float) -> Pixels:
    canvas = np.zeros((height, width), np.uint8)
    canvas[height // 2, width // 2] = 255
    return canvas


@drawn("noise", "Noise", "Every pixel by itself at random: all frequencies, no structure.")
def noise(width: int, height: int, seconds: float) -> Pixels:
    return np.random.default_rng(7).integers(0, 256, (height, width), np.uint8)


def _wave(phase: Field) -> Pixels:
    """Grey values of phases in 1/256 periods."""
    return np.asarray(WAVE[(phase % 256).astype(np.uint8)], np.uint8)


@lru_cache(maxsize=4)
def _chirp(width: int, height: int) -> Field:
    """Phase of the zone plate in 1/256 periods; just below half a period per pixel at the further border."""
    x, y = _centred(width, height)
    return (x * x + y * y) * np.float32(256 * 0.9 / (2 * max(width, height)))


@lru_cache(maxsize=4)
def _centred(width: int, height: int) -> tuple[Field, Field]:
    """Columns (1, W) and rows (H, 1) counted from the middle."""
    x = np.arange(width, dtype=np.float32)[None] - np.float32((width - 1) / 2)
    y = np.arange(height, dtype=np.float32)[:, None] - np.float32((height - 1) / 2)
    return x, y


def _to_and_fro(turns: float) -> float:
    """0 to 1 and back, once in every whole turn."""
    return 1 - abs(turns % 1 * 2 - 1)


def _write(page: Pixels, line: str, baseline: int, size: float) -> None:
    scale = size / 30  # Hershey capitals are 21 high at scale 1; the rest is air
    (length, _), _ = cv2.getTextSize(line, cv2.FONT_HERSHEY_DUPLEX, scale, 1)
    scale *= min(1.0, page.shape[1] * 0.9 / max(1, length))
    start = (round(page.shape[1] * 0.05), baseline)
    cv2.putText(
        page, line, start, cv2.FONT_HERSHEY_DUPLEX, scale, 25, max(1, round(scale * 1.4)), cv2.LINE_AA
    )


Point = tuple[float, float]
Colour = tuple[int, int, int]


def fill(canvas: Pixels, corners: list[Point], colour: Colour) -> None:
    """A filled polygon with smooth edges, to a sixteenth of a pixel."""
    points = np.rint(np.array([corners]) * 16).astype(np.int32)
    cv2.fillPoly(canvas, [points[0]], colour, cv2.LINE_AA, 4)


def disc(canvas: Pixels, centre: Point, radius: float, colour: Colour, thickness: int = -1) -> None:
    """A filled circle with a smooth edge, to a sixteenth of a pixel; or a ring."""
    place = (round(centre[0] * 16), round(centre[1] * 16))
    cv2.circle(canvas, place, max(1, round(radius * 16)), colour, thickness, cv2.LINE_AA, 4)


def _disc(canvas: Pixels, centre: Point, radius: float, colour: Colour) -> None:
    disc(canvas, centre, radius, colour)


def _ring(canvas: Pixels, centre: Point, radius: float, colour: Colour) -> None:
    disc(canvas, centre, radius * 0.8, colour, max(1, round(radius * 0.36)))


def _square(canvas: Pixels, centre: Point, radius: float, colour: Colour) -> None:
    (x, y), r = centre, radius * 0.86
    fill(canvas, [(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)], colour)


def _triangle(canvas: Pixels, centre: Point, radius: float, colour: Colour) -> None:
    fill(canvas, _corners(centre, (radius,) * 3), colour)


def _star(canvas: Pixels, centre: Point, radius: float, colour: Colour) -> None:
    fill(canvas, _corners(centre, (radius, radius * 0.42) * 5), colour)


def _corners(centre: Point, radii: tuple[float, ...]) -> list[Point]:
    angles = [2 * math.pi * k / len(radii) - math.pi / 2 for k in range(len(radii))]
    return [(centre[0] + r * math.cos(a), centre[1] + r * math.sin(a)) for r, a in zip(radii, angles)]


def _cross(canvas: Pixels, centre: Point, radius: float, colour: Colour) -> None:
    (x, y), r, t = centre, radius * 0.9, radius * 0.3
    fill(canvas, [(x - r, y - t), (x + r, y - t), (x + r, y + t), (x - r, y + t)], colour)
    fill(canvas, [(x - t, y - r), (x + t, y - r), (x + t, y + r), (x - t, y + r)], colour)

"""A drawn face that can look around and blink."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from explorer.sources.patterns import Colour, Point, disc, fill
from explorer.sources.sample import drawn
from explorer.sources.source import Pixels


@drawn("face", "Face", "A drawn face: eyes, nose, mouth, and soft shading.")
def face(width: int, height: int, seconds: float) -> Pixels:
    return _portrait(width, height, 0.0, 1.0)


@drawn("looking-face", "Face, moving", "The same face; it looks around and blinks.", animated=True)
def looking_face(width: int, height: int, seconds: float) -> Pixels:
    lids = abs(seconds % 3.0 - 2.8) / 0.12  # closes for a moment, once in three seconds
    return _portrait(width, height, math.sin(seconds * 1.3), min(1.0, lids))


def _portrait(width: int, height: int, gaze: float, lids: float) -> Pixels:
    """A face in the middle; `gaze` from -1 (left) to 1 (right), `lids` from 0 (closed) to 1 (open)."""
    canvas = np.empty((height, width, 3), np.uint8)
    canvas[:] = np.linspace(150, 96, height)[:, None, None] * np.array([0.86, 1.0, 1.12], np.float32)
    unit = min(width, height) / 2
    x, y = width / 2, height * 0.5
    skin, shade, hair = (226, 178, 148), (198, 142, 114), (66, 46, 38)
    _oval(canvas, (x, y + 1.06 * unit), (0.78 * unit, 0.42 * unit), (58, 82, 116))
    fill(
        canvas,
        [
            (x - 0.2 * unit, y + 0.4 * unit),
            (x + 0.2 * unit, y + 0.4 * unit),
            (x + 0.24 * unit, y + 0.86 * unit),
            (x - 0.24 * unit, y + 0.86 * unit),
        ],
        shade,
    )
    _oval(canvas, (x, y - 0.16 * unit), (0.6 * unit, 0.66 * unit), hair)
    for ear in (-1, 1):
        _oval(canvas, (x + ear * 0.52 * unit, y + 0.02 * unit), (0.09 * unit, 0.15 * unit), shade)
    _oval(canvas, (x, y), (0.5 * unit, 0.64 * unit), skin)
    fringe = [
        (x + math.cos(a) * 0.52 * unit, y - 0.26 * unit - math.sin(a) * 0.42 * unit)
        for a in np.linspace(0, math.pi, 24)
    ]
    fill(canvas, [*fringe, (x - 0.3 * unit, y - 0.42 * unit), (x + 0.12 * unit, y - 0.36 * unit)], hair)
    _soften(canvas, (x, y), unit)
    for eye in (-1, 1):
        _eye(canvas, (x + eye * 0.21 * unit, y - 0.08 * unit), unit, gaze, lids)
    shift = 0.02 * gaze * unit
    fill(
        canvas,
        [
            (x - 0.02 * unit, y - 0.04 * unit),
            (x - 0.09 * unit + shift, y + 0.2 * unit),
            (x + 0.07 * unit + shift, y + 0.21 * unit),
        ],
        shade,
    )
    _oval(canvas, (x, y + 0.38 * unit), (0.19 * unit, 0.065 * unit), (168, 78, 76))
    _oval(canvas, (x, y + 0.35 * unit), (0.19 * unit, 0.045 * unit), (192, 104, 98))
    fill(
        canvas,
        [
            (x - 0.18 * unit, y + 0.355 * unit),
            (x, y + 0.375 * unit),
            (x + 0.18 * unit, y + 0.355 * unit),
            (x, y + 0.392 * unit),
        ],
        (120, 48, 50),
    )
    return canvas


def _soften(canvas: Pixels, centre: Point, unit: float) -> None:
    """Light from the left: the right half of the head lies in a soft shadow."""
    columns = np.arange(canvas.shape[1], dtype=np.float32)
    light: npt.NDArray[np.float32] = 1.06 - 0.22 / (
        1 + np.exp(-(columns - centre[0] - 0.12 * unit) / (0.12 * unit + 1e-6))
    )
    np.copyto(canvas, (canvas * light[None, :, None]).clip(0, 255), casting="unsafe")


def _eye(canvas: Pixels, centre: Point, unit: float, gaze: float, lids: float) -> None:
    x, y = centre
    opening = 0.062 * unit * lids
    _oval(canvas, centre, (0.115 * unit, 0.075 * unit), (206, 156, 130))
    if opening > 0.01 * unit:
        _oval(canvas, centre, (0.1 * unit, opening), (246, 244, 240))
        pupil = (x + 0.04 * gaze * unit, y)
        for radius, colour in ((0.055, (70, 102, 88)), (0.028, (18, 18, 20))):
            _oval(canvas, pupil, (radius * unit, min(radius * unit, opening)), colour)
        disc(canvas, (pupil[0] - 0.018 * unit, y - 0.018 * unit), 0.011 * unit, (255, 255, 255))
    brow = [
        (x - 0.14 * unit, y - 0.14 * unit),
        (x, y - 0.19 * unit),
        (x + 0.14 * unit, y - 0.15 * unit),
        (x, y - 0.15 * unit),
    ]
    fill(canvas, brow, (66, 46, 38))


def _oval(canvas: Pixels, centre: Point, axes: Point, colour: Colour) -> None:
    place = (round(centre[0] * 16), round(centre[1] * 16))
    size = (max(1, round(axes[0] * 16)), max(1, round(axes[1] * 16)))
    cv2.ellipse(canvas, place, size, 0, 0, 360, colour, -1, cv2.LINE_AA, 4)

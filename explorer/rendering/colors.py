"""Colour tables: perceptually even ramps in Oklab from a neutral zero to the two ends of a range."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.uint32]
Color = tuple[int, int, int]
Lab = tuple[float, float, float]  # Oklab lightness 0..1, chroma, hue in degrees

LEVELS = 256
GROUND_DARK: Color = (23, 26, 32)  # what zero looks like
GROUND_LIGHT: Color = (255, 255, 255)
NOT_A_NUMBER: Color = (255, 0, 220)


@dataclass(frozen=True)
class Scheme:
    """Control points of a diverging ramp on one ground, from zero outwards: (lightness, chroma, hue)."""

    negative: tuple[Lab, ...]
    positive: tuple[Lab, ...]
    zero: Color


# Lightness runs evenly away from the ground on both sides, so equal size looks equally strong.
_DARK = {
    "red-blue": Scheme(
        ((0.48, 0.13, 45), (0.72, 0.165, 52)), ((0.48, 0.10, 245), (0.74, 0.13, 242)), GROUND_DARK
    ),
    "blue-orange": Scheme(
        ((0.48, 0.10, 250), (0.75, 0.12, 240)), ((0.50, 0.11, 65), (0.80, 0.15, 75)), GROUND_DARK
    ),
    "purple-green": Scheme(
        ((0.47, 0.14, 310), (0.73, 0.16, 315)), ((0.48, 0.10, 155), (0.78, 0.15, 150)), GROUND_DARK
    ),
    "grey": Scheme(((0.20, 0.0, 0), (0.0, 0.0, 0)), ((0.75, 0.0, 0), (1.0, 0.0, 0)), (99, 99, 99)),
    "lagoon": Scheme(
        ((0.45, 0.0, 0), (0.80, 0.0, 0)),
        ((0.36, 0.13, 285), (0.50, 0.10, 245), (0.65, 0.11, 185), (0.78, 0.16, 140), (0.92, 0.17, 105)),
        GROUND_DARK,
    ),
}
_LIGHT = {
    "red-blue": Scheme(
        ((0.78, 0.11, 35), (0.47, 0.18, 25)), ((0.78, 0.09, 245), (0.45, 0.14, 253)), GROUND_LIGHT
    ),
    "blue-orange": Scheme(
        ((0.78, 0.09, 245), (0.46, 0.14, 253)), ((0.80, 0.12, 65), (0.56, 0.14, 50)), GROUND_LIGHT
    ),
    "purple-green": Scheme(
        ((0.76, 0.11, 310), (0.43, 0.17, 308)), ((0.80, 0.12, 150), (0.46, 0.12, 150)), GROUND_LIGHT
    ),
    "grey": Scheme(((0.30, 0.0, 0), (0.0, 0.0, 0)), ((0.80, 0.0, 0), (1.0, 0.0, 0)), (128, 128, 128)),
    "lagoon": Scheme(
        ((0.75, 0.0, 0), (0.35, 0.0, 0)),
        ((0.88, 0.14, 110), (0.74, 0.14, 145), (0.60, 0.10, 190), (0.45, 0.11, 250), (0.28, 0.13, 290)),
        GROUND_LIGHT,
    ),
}
COLOURS: dict[str, str] = {
    "red-blue": "Red and blue",
    "blue-orange": "Blue and orange",
    "purple-green": "Purple and green",
    "grey": "Grey",
    "lagoon": "Lagoon (one-sided)",
}  # name in the look: what a person reads

_WEIGHTS_DARK = Scheme(((0.70, 0.13, 68),), ((0.68, 0.11, 185),), (45, 49, 56))
_WEIGHTS_LIGHT = Scheme(((0.48, 0.10, 65),), ((0.48, 0.09, 187),), (246, 247, 248))


def table(name: str, dark: bool) -> Table:
    """256 colours 0xffRRGGBB: 0 is not a number, 1 the negative end, 128 exactly zero, 255 the positive end."""
    return fine_table(name, dark, 1.0, LEVELS)


@lru_cache(maxsize=32)
def fine_table(name: str, dark: bool, gamma: float, levels: int) -> Table:
    """As `table`, with any even number of levels, and with `gamma` as the exponent on the size of a value.

    Index 0 is not a number, levels // 2 is zero; the ends stand at 1 and levels - 1. Unknown names give
    'red-blue'.
    """
    schemes = _DARK if dark else _LIGHT
    scheme = schemes.get(name, schemes["red-blue"])
    half = levels // 2
    t = (np.arange(levels) - half) / (half - 1)
    colors = ramp(scheme, np.sign(t) * np.abs(t) ** gamma)
    colors[0] = NOT_A_NUMBER
    return _packed(colors)


@lru_cache(maxsize=8)
def grey_table(levels: int) -> Table:
    """Black to white for an input's own values: index 0 is not a number, 1 black, levels - 1 white."""
    grey = np.clip(np.rint((np.arange(levels) - 1) * 255 / (levels - 2)), 0, 255)
    colors = np.repeat(grey[:, None], 3, axis=1)
    colors[0] = NOT_A_NUMBER
    return _packed(colors)


@lru_cache(maxsize=4096)
def weights_color(t: float, dark: bool) -> Color:
    """The colour of a weight, t = (v + m) / 2m: brown below 0.5, teal above, paler than any activation."""
    if not np.isfinite(t):
        return NOT_A_NUMBER
    signed = (min(max(t, 0.0), 1.0) - 0.5) * 2
    red, green, blue = ramp(_WEIGHTS_DARK if dark else _WEIGHTS_LIGHT, np.array([signed * 0.75]))[0]
    return int(red), int(green), int(blue)


def color_at(name: str, t: float, dark: bool) -> Color:
    """The colour of an activation, t = (v + m) / 2m; t = 0.5 is exactly the neutral colour."""
    if not np.isfinite(t):
        return NOT_A_NUMBER
    index = round((min(max(t, 0.0), 1.0) - 0.5) * 2 * (LEVELS // 2 - 1)) + LEVELS // 2
    packed = int(table(name, dark)[index])
    return packed >> 16 & 255, packed >> 8 & 255, packed & 255


def ground(dark: bool) -> int:
    """The colour between the tiles, 0xffRRGGBB: a little apart from zero, so that an empty map is seen."""
    return 0xFF2A3038 if dark else 0xFFDDE1E7


def ramp(scheme: Scheme, t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Colours (n, 3), 0..255, for signed positions t in -1..1."""
    zero = _oklab(np.array([scheme.zero], np.float64))[0]
    colors = np.empty((t.size, 3))
    for side, points in ((t < 0, scheme.negative), (t >= 0, scheme.positive)):
        stops = np.array([zero, *(_polar(*point) for point in points)])
        places = np.linspace(0, 1, len(stops))
        lab = np.stack([np.interp(np.abs(t[side]), places, stops[:, axis]) for axis in range(3)], axis=1)
        colors[side] = np.clip(np.rint(_srgb(lab)), 0, 255)
    colors[t == 0] = scheme.zero
    return colors


def _packed(colors: NDArray[np.float64]) -> Table:
    red, green, blue = colors.astype(np.uint32).T
    packed: Table = np.uint32(0xFF000000) | red << np.uint32(16) | green << np.uint32(8) | blue
    packed.flags.writeable = False
    return packed


def _polar(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    angle = np.deg2rad(hue)
    return lightness, chroma * float(np.cos(angle)), chroma * float(np.sin(angle))


# Oklab (Ottosson 2020, "A perceptual color space for image processing").
_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_LAB = np.linalg.inv(_TO_LAB)
_FROM_LMS = np.linalg.inv(_TO_LMS)


def _oklab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    scaled = rgb / 255
    linear = np.where(scaled <= 0.04045, scaled / 12.92, ((scaled + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T)


def _srgb(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = np.clip((lab @ _FROM_LAB.T) ** 3 @ _FROM_LMS.T, 0, 1)
    return np.asarray(
        255 * np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    )

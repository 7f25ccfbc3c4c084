"""What happens to a frame before the network: fitted to the input size, coloured, and transformed on purpose."""

from __future__ import annotations

import dataclasses
import math
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from explorer.engine.layer import Setting, setting
from explorer.sources.source import Pixels

Image = npt.NDArray[np.float32]
Affine = npt.NDArray[np.float64]
Region = tuple[float, float, float, float]
"""x, y, width, height as shares of the frame."""

GREY = (0.299, 0.587, 0.114)  # ITU-R BT.601, as cv2.cvtColor
LONG_NOISE = 1 << 20
SHARP_ENOUGH = 1.5
"""Shrinking by more than this averages areas first, since bilinear sampling would skip pixels and alias."""


@dataclasses.dataclass(frozen=True)
class Preparation:
    """How a frame becomes an image. The defaults only fit it to the input size; all settings can change live.

    Order: region of interest, mirror, fit, flip, zoom, rotation, shift (one sampling for all of them), colour, blur,
    contrast, brightness, noise, clip to 0..1. What the frame does not cover is black.
    """

    fit: str = setting(
        "fit", choices=("fit", "crop", "stretch"), label="Fit",
        help="fit: all of it, with black bars. crop: fills the input, the rest is cut. stretch: fills, out of shape.",
    )  # fmt: skip
    colour: str = setting(
        "auto", choices=("auto", "grey", "rgb", "red", "green", "blue"), label="Colour",
        help="What the network gets to see; auto is grey for one input channel and RGB for three.",
    )  # fmt: skip
    mirror: bool = setting(
        False, label="Mirror", help="Left and right swapped, as one expects from a camera."
    )
    shift_x: float = setting(
        0.0,
        low=-1,
        high=1,
        step=0.005,
        label="Shift right",
        help="Moves the picture, as a share of the width.",
    )
    shift_y: float = setting(
        0.0,
        low=-1,
        high=1,
        step=0.005,
        label="Shift down",
        help="Moves the picture, as a share of the height.",
    )
    rotation: float = setting(
        0.0,
        low=-180,
        high=180,
        step=1,
        label="Rotation",
        help="Turns it around its middle; degrees, anticlockwise.",
    )
    zoom: float = setting(
        1.0, low=0.1, high=10, step=0.05, label="Zoom", help="Larger or smaller, about the middle."
    )
    flip_h: bool = setting(False, label="Flip horizontally", help="Left and right swapped, within the input.")
    flip_v: bool = setting(False, label="Flip vertically", help="Top and bottom swapped, within the input.")
    blur: float = setting(
        0.0,
        low=0,
        high=20,
        step=0.1,
        label="Blur",
        help="Standard deviation of a Gaussian, in pixels of the input.",
    )
    contrast: float = setting(
        1.0, low=0, high=4, step=0.05, label="Contrast", help="Multiplies the distance from middle grey."
    )
    brightness: float = setting(
        0.0, low=-1, high=1, step=0.01, label="Brightness", help="Added to every value; the range is 0 to 1."
    )
    noise: float = setting(
        0.0,
        low=0,
        high=1,
        step=0.01,
        label="Noise",
        help="Standard deviation of random values that are added.",
    )
    noise_moves: bool = setting(
        True, label="New noise in every frame", help="Off: the same noise stays on the picture.",
        when=lambda preparation: preparation.noise > 0,
    )  # fmt: skip
    region: Region | None = None
    """The part of the frame that is used: x, y, width, height as shares of 0..1; None is all of it."""

    def __post_init__(self) -> None:
        for declared in self.settings():
            object.__setattr__(self, declared.name, declared.checked(getattr(self, declared.name)))
        if self.region is not None:
            object.__setattr__(self, "region", _inside(self.region))

    @classmethod
    def settings(cls) -> tuple[Setting, ...]:
        """The declarations from which a form is built; `region` is not among them, it is drawn with the mouse."""
        return tuple(
            Setting(field.name, field.default, **field.metadata["setting"])
            for field in dataclasses.fields(cls)
            if "setting" in field.metadata
        )

    def with_settings(self, **changes: Any) -> Preparation:
        """The same preparation with other settings (or region); raises SettingError with what was expected."""
        return dataclasses.replace(self, **changes)

    @property
    def is_random(self) -> bool:
        """Does the same frame give another image each time?"""
        return self.noise > 0 and self.noise_moves


def prepare(
    pixels: Pixels, preparation: Preparation, channels: int, height: int, width: int, tick: int = 0
) -> Image:
    """A frame's pixels (H, W, 1 or 3) as an image (1, channels, height, width), float32 in 0..1, C-contiguous.

    Grey fills every channel; three colours go round if the network wants more than three channels. `tick` (the
    frame's index) seeds the noise that moves.
    """
    planes = _coloured(pixels, preparation.colour, channels)
    sampled = _sampled(planes, preparation, height, width)
    image = np.empty((1, channels, height, width), np.float32)
    for channel in range(channels):
        np.divide(sampled[:, :, channel % sampled.shape[2]], np.float32(255), out=image[0, channel])
    _retouch(image[0], preparation, tick)
    return image


def geometry(frame_size: tuple[int, int], preparation: Preparation, height: int, width: int) -> Affine:
    """The (2, 3) matrix from image coordinates (x, y, 1) to frame coordinates (x, y); `frame_size` is (height, width).

    Pixel centres have whole coordinates, as in OpenCV.
    """
    left, top, region_width, region_height = _region(frame_size, preparation)
    place, _ = _placement(preparation, region_height, region_width, height, width)
    into_region = _to_3x3(place)
    into_frame = np.array([[1, 0, left], [0, 1, top], [0, 0, 1]], np.float64)
    return np.asarray((into_frame @ into_region)[:2])


def _coloured(pixels: Pixels, colour: str, channels: int) -> Pixels:
    """The planes that are needed, still as bytes: (h, w, 1 or 3)."""
    if pixels.shape[2] == 1:
        return pixels
    if colour in ("red", "green", "blue"):
        return pixels[:, :, ("red", "green", "blue").index(colour)][:, :, None]
    if colour == "grey" or channels == 1:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)[:, :, None]
    return pixels


def _region(frame_size: tuple[int, int], preparation: Preparation) -> tuple[int, int, int, int]:
    """left, top, width, height in whole pixels of the frame, at least one pixel."""
    height, width = frame_size
    x, y, w, h = preparation.region or (0.0, 0.0, 1.0, 1.0)
    left, top = min(width - 1, round(x * width)), min(height - 1, round(y * height))
    right, bottom = max(left + 1, round((x + w) * width)), max(top + 1, round((y + h) * height))
    return left, top, min(right, width) - left, min(bottom, height) - top


def _placement(
    preparation: Preparation, from_height: int, from_width: int, height: int, width: int
) -> tuple[Affine, tuple[float, float]]:
    """The matrix from image coordinates to those of the region, and how much it shrinks in x and y."""
    scale_x, scale_y = width / from_width, height / from_height
    if preparation.fit != "stretch":
        scale_x = scale_y = (min if preparation.fit == "fit" else max)(scale_x, scale_y)
    if preparation.fit == "fit":  # whole pixels, so that the picture begins and ends with one
        scale_x = max(1, round(from_width * scale_x)) / from_width
        scale_y = max(1, round(from_height * scale_y)) / from_height
    angle = math.radians(preparation.rotation)
    cosine, sine = math.cos(angle), math.sin(angle)
    middle = _matrix(1, 0, 0, 1, -(width - 1) / 2, -(height - 1) / 2)
    unshifted = _matrix(1, 0, 0, 1, -preparation.shift_x * width, -preparation.shift_y * height)
    unturned = _matrix(cosine, -sine, sine, cosine, 0, 0)
    across = -1 if preparation.flip_h != preparation.mirror else 1
    down = -1 if preparation.flip_v else 1
    factor_x, factor_y = across / (preparation.zoom * scale_x), down / (preparation.zoom * scale_y)
    unscaled = _matrix(factor_x, 0, 0, factor_y, 0, 0)
    offset = _whole_pixel_offset(preparation, (from_width * scale_x, from_height * scale_y), width, height)
    ahead = _matrix(1, 0, 0, 1, *offset)
    back = _matrix(1, 0, 0, 1, (from_width - 1) / 2, (from_height - 1) / 2)
    return (back @ unscaled @ ahead @ unturned @ unshifted @ middle)[:2], (
        1 / (preparation.zoom * scale_x),
        1 / (preparation.zoom * scale_y),
    )


def _whole_pixel_offset(
    preparation: Preparation, content: tuple[float, float], width: int, height: int
) -> tuple[float, float]:
    """Half a pixel, where the bars left and right (above and below) would differ by one: else all would be blurred."""
    if preparation.fit == "stretch":
        return 0.0, 0.0
    return tuple((round(size) - extent) % 2 / 2 for size, extent in zip(content, (width, height)))  # type: ignore


def _sampled(planes: Pixels, preparation: Preparation, height: int, width: int) -> Pixels:
    """Region, mirror, fit, flip, zoom, rotation and shift in one sampling: (height, width, channels)."""
    left, top, region_width, region_height = _region(planes.shape[:2], preparation)
    planes = planes[top : top + region_height, left : left + region_width]
    matrix, (shrink_x, shrink_y) = _placement(preparation, region_height, region_width, height, width)
    planes, matrix = _reduced(planes, matrix, shrink_x, shrink_y)
    if planes.shape[:2] == (height, width) and np.allclose(matrix, [[1, 0, 0], [0, 1, 0]], atol=1e-9):
        return planes
    is_enlarged = min(shrink_x, shrink_y) < 1
    sampled = cv2.warpAffine(
        planes, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE if is_enlarged else cv2.BORDER_CONSTANT,
    )  # fmt: skip
    image = np.asarray(sampled, np.uint8).reshape(height, width, planes.shape[2])
    if is_enlarged:  # else the black around would creep into the outer half of the outermost pixels
        _blacken_outside(image, matrix, planes.shape[:2])
    return image


def _blacken_outside(image: Pixels, matrix: Affine, size: tuple[int, int]) -> None:
    """Make black what no pixel of a frame of this size (height, width) covers, in place."""
    height, width = image.shape[:2]
    x, y = np.arange(width, dtype=np.float32)[None], np.arange(height, dtype=np.float32)[:, None]
    for (a, b, c), extent in zip(matrix.astype(np.float32), (size[1], size[0])):
        corners = [a * i + b * j + c for i in (0, width - 1) for j in (0, height - 1)]
        if min(corners) < -0.5 or max(corners) > extent - 0.5:
            inside = np.abs(a * x + b * y + (c - (extent - 1) / 2)) <= extent / 2 + 1e-4
            image *= inside[:, :, None]


def _reduced(planes: Pixels, matrix: Affine, shrink_x: float, shrink_y: float) -> tuple[Pixels, Affine]:
    """Averaged down to about the size at which it is sampled, and the matrix for that."""
    rows, columns, channels = planes.shape
    new_columns = max(1, round(columns / shrink_x)) if shrink_x > SHARP_ENOUGH else columns
    new_rows = max(1, round(rows / shrink_y)) if shrink_y > SHARP_ENOUGH else rows
    if (new_rows, new_columns) == (rows, columns):
        return planes, matrix
    small = cv2.resize(planes, (new_columns, new_rows), interpolation=cv2.INTER_AREA)
    ratio_x, ratio_y = new_columns / columns, new_rows / rows
    # The middle of pixel x lies at x + 0.5: (x + 0.5) * ratio - 0.5
    into_small = _matrix(ratio_x, 0, 0, ratio_y, ratio_x / 2 - 0.5, ratio_y / 2 - 0.5)
    return np.asarray(small, np.uint8).reshape(new_rows, new_columns, channels), (
        into_small @ _to_3x3(matrix)
    )[:2]


def _retouch(planes: Image, preparation: Preparation, tick: int) -> None:
    """Blur, contrast, brightness and noise, in place: (channels, height, width)."""
    if preparation.blur > 0:
        for plane in planes:
            cv2.GaussianBlur(plane, (0, 0), preparation.blur, dst=plane, borderType=cv2.BORDER_REPLICATE)
    if preparation.contrast != 1 or preparation.brightness != 0:
        planes *= np.float32(preparation.contrast)
        planes += np.float32(0.5 - 0.5 * preparation.contrast + preparation.brightness)
    if preparation.noise > 0:
        _add_noise(planes, preparation.noise, tick if preparation.noise_moves else 0)
    if preparation.contrast != 1 or preparation.brightness != 0 or preparation.noise > 0:
        np.clip(planes, 0, 1, out=planes)


def _add_noise(planes: Image, sigma: float, seed: int) -> None:
    """Stretches of one long noise from random places: drawing new values would take ten times as long."""
    noise = _long_noise() * np.float32(sigma)
    random = np.random.default_rng(seed)
    for plane in planes:
        values = plane.reshape(-1)
        for start in range(0, values.size, LONG_NOISE // 2):
            stretch = values[start : start + LONG_NOISE // 2]
            place = int(random.integers(LONG_NOISE - stretch.size))
            stretch += noise[place : place + stretch.size]


@lru_cache(maxsize=1)
def _long_noise() -> Image:
    return np.random.default_rng(2015).standard_normal(LONG_NOISE, np.float32)


def _inside(region: Region) -> Region | None:
    """The region cut to the frame; None if that leaves all of it."""
    x, y = min(max(region[0], 0.0), 1.0), min(max(region[1], 0.0), 1.0)
    w, h = min(max(region[2], 0.0), 1.0 - x), min(max(region[3], 0.0), 1.0 - y)
    return None if (x, y, w, h) == (0.0, 0.0, 1.0, 1.0) else (x, y, w, h)


def _matrix(a: float, b: float, c: float, d: float, x: float, y: float) -> Affine:
    return np.array([[a, b, x], [c, d, y], [0, 0, 1]], np.float64)


def _to_3x3(matrix: Affine) -> Affine:
    return np.vstack((matrix, (0.0, 0.0, 1.0)))

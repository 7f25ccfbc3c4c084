"""Where the pixels of a frame come to lie in an image: region, fit, mirror, zoom, rotation and shift at once."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from explorer.sources.preparation import Preparation
from explorer.sources.source import Pixels

Affine = npt.NDArray[np.float64]

SHARP_ENOUGH = 1.5
"""Shrinking by more than this averages areas first, since bilinear sampling would skip pixels and alias."""


def sampled(planes: Pixels, preparation: Preparation, height: int, width: int) -> Pixels:
    """Region, mirror, fit, flip, zoom, rotation and shift in one sampling: (height, width, channels)."""
    left, top, region_width, region_height = _region(planes.shape[:2], preparation)
    planes = planes[top : top + region_height, left : left + region_width]
    matrix, (shrink_x, shrink_y) = placement(preparation, region_height, region_width, height, width)
    planes, matrix = _reduced(planes, matrix, shrink_x, shrink_y)
    if planes.shape[:2] == (height, width) and np.allclose(matrix, [[1, 0, 0], [0, 1, 0]], atol=1e-9):
        return planes
    is_enlarged = min(shrink_x, shrink_y) < 1
    warped = cv2.warpAffine(
        planes, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE if is_enlarged else cv2.BORDER_CONSTANT,
    )  # fmt: skip
    image = np.asarray(warped, np.uint8).reshape(height, width, planes.shape[2])
    if is_enlarged:  # else the black around would creep into the outer half of the outermost pixels
        _blacken_outside(image, matrix, planes.shape[:2])
    return image


def _region(frame_size: tuple[int, int], preparation: Preparation) -> tuple[int, int, int, int]:
    """left, top, width, height in whole pixels of the frame, at least one pixel."""
    height, width = frame_size
    x, y, w, h = preparation.region or (0.0, 0.0, 1.0, 1.0)
    left, top = min(width - 1, round(x * width)), min(height - 1, round(y * height))
    right, bottom = max(left + 1, round((x + w) * width)), max(top + 1, round((y + h) * height))
    return left, top, min(right, width) - left, min(bottom, height) - top


def placement(
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


def _matrix(a: float, b: float, c: float, d: float, x: float, y: float) -> Affine:
    return np.array([[a, b, x], [c, d, y], [0, 0, 1]], np.float64)


def _to_3x3(matrix: Affine) -> Affine:
    return np.vstack((matrix, (0.0, 0.0, 1.0)))

"""Any picture an array can hold becomes the pixels of a frame."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from explorer.sources.source import Pixels, SourceError

DEPTHS = (8, 12, 16)
"""Bits a 16-bit file may really use: many cameras and scanners keep 8 or 12 bits in 16-bit words."""


def as_frame_pixels(array: npt.NDArray[Any], *, is_bgr: bool = False) -> Pixels:
    """(H, W), (H, W, 1), (H, W, 2), (H, W, 3) or (H, W, 4) of any number type to (H, W, 1 or 3) uint8.

    Alpha is laid over white. 16-bit values are divided by the largest value of the depth they use (8, 12 or
    16 bits), other integers by the largest value of their type; floating point numbers within 0..1 are taken
    as they are, others stretched from their smallest to their largest.
    """
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in (1, 2, 3, 4) or 0 in array.shape:
        raise SourceError(
            f"An image is height x width, with 1 to 4 channels; this has the shape {array.shape}. "
            "Give it as grey, RGB or RGBA."
        )
    pixels = as_bytes(array)
    if is_bgr and pixels.shape[2] >= 3:
        code = cv2.COLOR_BGR2RGB if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
        pixels = np.asarray(cv2.cvtColor(pixels, code), np.uint8)
    if pixels.shape[2] in (2, 4):
        pixels = over_white(pixels)
    return np.ascontiguousarray(pixels)


def over_white(pixels: Pixels) -> Pixels:
    """Lay grey + alpha or RGB + alpha over white; the alpha channel goes."""
    alpha = pixels[:, :, -1:]
    if alpha.min() == 255:
        return np.ascontiguousarray(pixels[:, :, :-1])
    share = alpha.astype(np.uint16)
    mixed = pixels[:, :, :-1] * share + 255 * (255 - share)  # at most 65025: fits 16 bits
    return ((mixed + 127) // 255).astype(np.uint8)


def as_bytes(array: npt.NDArray[Any]) -> Pixels:
    """Any number type to 0..255, as `as_frame_pixels` says."""
    if array.dtype == np.uint8:
        return np.asarray(array, np.uint8)
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    if np.issubdtype(array.dtype, np.floating):
        return _floats_as_bytes(array)
    if not np.issubdtype(array.dtype, np.integer):
        raise SourceError(
            f"An image is made of numbers; this holds {array.dtype}. Give 8 or 16 bit integers."
        )
    if array.dtype == np.uint16:
        return _scaled(array, 0.0, float((1 << used_depth(array)) - 1))
    limits = np.iinfo(array.dtype)
    return _scaled(array, 0.0, float(limits.max))


def used_depth(array: npt.NDArray[Any]) -> int:
    """How many bits 16-bit values really use: 8, 12 or 16."""
    brightest = int(array.max())
    return next(depth for depth in DEPTHS if brightest < 1 << depth)


def _floats_as_bytes(array: npt.NDArray[Any]) -> Pixels:
    finite = np.nan_to_num(array, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    if low >= 0.0 and high <= 1.0:
        low, high = 0.0, 1.0
    return _scaled(finite, low, high)


def _scaled(array: npt.NDArray[Any], low: float, high: float) -> Pixels:
    span = (high - low) or 1.0
    scaled = (array.astype(np.float32) - np.float32(low)) * np.float32(255.0 / span)
    return np.asarray(np.rint(scaled).clip(0, 255), np.uint8)

"""Mosaics: averaged or native maps become coloured tiles side by side in one image."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.engine.arena import arena
from explorer.engine.layer import Array
from explorer.rendering.colors import fine_table, grey_table, ground

Pixels = NDArray[np.uint32]
LEVELS = 1 << 16
ZERO = LEVELS // 2
REACH = 4096  # levels from zero to the limit; the rest is room for values beyond it
FURTHEST = ZERO - 1  # levels from zero that an index can hold
LARGEST = np.finfo(np.float32).max


@lru_cache(maxsize=32)
def table_for(name: str, dark: bool, gamma: float) -> NDArray[np.int32]:
    """65,536 colours: index 0 is not a number, ZERO zero, ZERO +- REACH the limits, the same beyond."""
    inner = fine_table(name, dark, gamma, 2 * REACH + 2)
    index = np.clip(np.arange(LEVELS) - ZERO + REACH + 1, 1, 2 * REACH + 1)
    full = inner[index]
    full[0] = inner[0]
    colors: NDArray[np.int32] = full.view(np.int32)
    return colors


def colored(maps: Array, limits: Array, lut: NDArray[np.int32]) -> NDArray[np.int32]:
    """Colours for maps (h, k, w), each with its limit m: t = v / m."""
    if maps.size == 0:
        return _nothing(maps)
    with np.errstate(all="ignore"):
        scale = np.divide(REACH, limits, out=np.zeros_like(limits), where=limits > 0)
        scale = np.minimum(scale, LARGEST)  # of a denormal limit it is infinite, and 0 is no longer 0
        index = np.multiply(maps, scale[:, None], dtype=np.float32)
    flat = index.reshape(1, -1)
    if flat.size and not cv2.norm(flat, cv2.NORM_INF) <= FURTHEST:
        flat = np.where(np.isfinite(flat), np.clip(flat, -FURTHEST, FURTHEST), np.float32(np.nan))
    levels = cv2.addWeighted(flat, 1, flat, 0, ZERO, dtype=cv2.CV_16U)  # rounds; not a number becomes 0
    colors: NDArray[np.int32] = np.asarray(cv2.LUT(levels, lut), np.int32).reshape(index.shape)
    return colors


def _nothing(maps: Array) -> NDArray[np.int32]:
    """Where no map is in view: OpenCV takes no pixels for a mistake."""
    return np.zeros(maps.shape, np.int32)


def lay_tiles(colors: NDArray[np.int32], columns: int, gap: int, out: Pixels) -> None:
    """Put tiles (h, k, w) row by row into `out` (rows * (h + gap), columns * (w + gap))."""
    height, count, width = colors.shape
    pitch_y, pitch_x = height + gap, width + gap
    grid = out.reshape(-1, pitch_y, columns, pitch_x)[:, :height, :, :width]  # (rows, h, columns, w)
    full = count // columns
    tiles = colors.view(np.uint32)
    if full:
        body = tiles[:, : full * columns].reshape(height, full, columns, width)
        grid[:full] = body.transpose(1, 0, 2, 3)
    if count % columns:
        grid[full, :, : count % columns] = tiles[:, full * columns :]


def own_colors(image: Array) -> Pixels:
    """An input (1 or 3, h, w) with values from 0 to 1 in its own colours.

    Of another number of channels the first: that is asked for only until the view knows of the new input.
    """
    if len(image) != 3:
        image = np.repeat(image[:1], 3, axis=0)  # (3, h, w)
    with np.errstate(all="ignore"):
        levels = np.clip(image * 255 + 0.5, 0, 255.9)
    broken = ~np.isfinite(levels)
    if broken.any():
        levels = np.where(broken, 0, levels)
    red, green, blue = levels.astype(np.uint32)
    pixels = np.uint32(0xFF000000) | red << np.uint32(16) | green << np.uint32(8) | blue
    if broken.any():
        pixels[broken.any(axis=0)] = fine_table("red-blue", True, 1.0, 256)[0]
    return np.asarray(pixels, np.uint32)


def grey_colors(maps: Array) -> NDArray[np.int32]:
    """Channels of an input (h, k, w) with values from 0 to 1 as grey."""
    if maps.size == 0:
        return _nothing(maps)
    flat = np.ascontiguousarray(maps).reshape(1, -1)
    with np.errstate(all="ignore"):
        shown = np.clip(flat, 0, 1)
    levels = cv2.addWeighted(shown, 4095, shown, 0, 1, dtype=cv2.CV_16U)
    colors: NDArray[np.int32] = np.asarray(cv2.LUT(levels, _grey_lut()), np.int32).reshape(maps.shape)
    return colors


@lru_cache(maxsize=1)
def _grey_lut() -> NDArray[np.int32]:
    inner = grey_table(4097)
    full = np.full(LEVELS, inner[-1])
    full[:4097] = inner
    return np.asarray(full.view(np.int32))


def empty_mosaic(height: int, width: int, dark: bool) -> Pixels:
    """An image of nothing but ground."""
    pixels = arena.empty(height * width).view(np.uint32).reshape(height, width)
    pixels.fill(ground(dark))
    return pixels

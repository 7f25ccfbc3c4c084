"""How a frame becomes an image: placed, coloured, retouched, and written as the network reads it."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from explorer.engine.arena import arena
from explorer.sources.placement import sampled
from explorer.sources.preparation import Preparation
from explorer.sources.source import Pixels

Image = npt.NDArray[np.float32]
LONG_NOISE = 1 << 20


def prepare(
    pixels: Pixels, preparation: Preparation, channels: int, height: int, width: int, tick: int = 0
) -> Image:
    """A frame's pixels (H, W, 1 or 3) as an image (1, channels, height, width), float32 in 0..1, C-contiguous.

    Grey fills every channel; three colours go round if the network wants more than three channels. `tick` (the
    frame's index) seeds the noise that moves.
    """
    planes = _coloured(pixels, preparation.colour, channels)
    planes = sampled(planes, preparation, height, width)
    image = arena.empty(channels * height * width).reshape(1, channels, height, width)
    for channel in range(channels):
        np.divide(planes[:, :, channel % planes.shape[2]], np.float32(255), out=image[0, channel])
    _retouch(image[0], preparation, tick)
    return image


def _coloured(pixels: Pixels, colour: str, channels: int) -> Pixels:
    """The planes that are needed, still as bytes: (h, w, 1 or 3)."""
    if pixels.shape[2] == 1:
        return pixels
    if colour in ("red", "green", "blue"):
        return pixels[:, :, ("red", "green", "blue").index(colour)][:, :, None]
    if colour == "grey" or channels == 1:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)[:, :, None]
    return pixels


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

"""One map, or one image, as pixels: what panels show that compare single maps."""

from __future__ import annotations

import numpy as np

from explorer.engine.layer import Array
from explorer.rendering import mosaic
from explorer.rendering.look import Look
from explorer.rendering.mosaic import Pixels


def map_pixels(values: Array, limit: float, look: Look, dark: bool) -> Pixels:
    """A map (height, width) in the colours of a look, -limit to limit; NaN has a colour of its own."""
    maps = np.ascontiguousarray(values, np.float32)[:, None]  # (h, 1, w)
    lut = mosaic.table_for(look.colours, dark, look.gamma)
    limits = np.array([limit], np.float32)
    colors = mosaic.colored(maps, limits, lut)
    return np.asarray(colors[:, 0].view(np.uint32))


def own_pixels(values: Array, limit: float, look: Look, dark: bool, is_input: bool) -> Pixels:
    """A map (height, width) as the maps show it: a channel of what enters the network in grey, else in colours."""
    return image_pixels(values[None]) if is_input else map_pixels(values, limit, look, dark)


def image_pixels(image: Array) -> Pixels:
    """An image (channels, height, width) with values from 0 to 1: three channels in colour, else the first in grey."""
    return mosaic.own_colors(np.asarray(image, np.float32))


def largest_size(*maps: Array) -> float:
    """The largest finite size of a value in any of these maps: where their colours end."""
    sizes = [np.abs(one[np.isfinite(one)]).max(initial=0) for one in maps]
    return float(max(sizes, default=0.0))

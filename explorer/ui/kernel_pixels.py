"""A kernel as a picture in the colours of weights, one pixel per number."""

from __future__ import annotations

import numpy as np

from explorer.engine.layer import Array
from explorer.rendering.colors import weights_color
from explorer.rendering.map_pixels import largest_size
from explorer.rendering.mosaic import Pixels


def kernel_pixels(kernel: Array, dark: bool) -> Pixels:
    """The pixels of a kernel (height, width), pale where its numbers are small beside the largest one."""
    largest = largest_size(kernel)
    pixels = np.empty(kernel.shape, np.uint32)
    for index, weight in np.ndenumerate(kernel):
        red, green, blue = weights_color(0.5 + float(weight) / largest / 2 if largest else 0.5, dark)
        pixels[index] = 0xFF000000 | red << 16 | green << 8 | blue
    return pixels

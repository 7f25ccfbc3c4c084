"""Pixels of the rendering room as an image that Qt draws, without copying them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage


def image_of(pixels: NDArray[np.uint32]) -> QImage:
    """An image of pixels (height, width), 0xffRRGGBB. It reads the array's own memory and keeps that alive."""
    height, width = pixels.shape
    whole = np.ascontiguousarray(pixels)
    return QImage(whole.data.cast("B"), width, height, width * 4, QImage.Format.Format_RGB32)

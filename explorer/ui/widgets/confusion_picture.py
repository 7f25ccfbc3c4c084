"""The cells of a confusion matrix as one small picture, a pixel per cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from explorer.datasets.confusion import Confusion
from explorer.ui import theme


def cell_pixels(confusion: Confusion) -> NDArray[np.uint32]:
    """0xffRRGGBB of every cell: from the ground (none) to the full colour (all of the row); small shares are lifted."""
    weights = np.sqrt(confusion.shares)[..., None]
    ground = _rgb("field")
    right = np.eye(len(confusion.classes), dtype=bool)[..., None]
    full = np.where(right, _rgb("positive"), _rgb("negative"))
    mixed = np.rint(ground + (full - ground) * weights).astype(np.uint32)  # (class, guess, rgb)
    return np.asarray(0xFF000000 | mixed[..., 0] << 16 | mixed[..., 1] << 8 | mixed[..., 2], np.uint32)


def readable_on(pixel: int) -> QColor:
    """Dark on light, and light on dark."""
    red, green, blue = pixel >> 16 & 255, pixel >> 8 & 255, pixel & 255
    return QColor("#101216") if 0.299 * red + 0.587 * green + 0.114 * blue > 128 else QColor("#f2f4f8")


def _rgb(name: str) -> NDArray[np.float64]:
    color = theme.color(name)
    return np.array([color.red(), color.green(), color.blue()], np.float64)

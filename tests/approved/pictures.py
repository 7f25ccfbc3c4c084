"""Approved pictures: what the eye has judged once, drawn with a font of boxes, and compared with a little tolerance.

EXPLORER_APPROVE=1 in the environment writes them anew; then look at them before they are committed.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage

FOLDER = Path(__file__).parent
BLOCK = 4  # pixels of a square whose mean colour counts: edges are smoothed a little differently elsewhere
FAR = 30.0  # levels of 255 by which a block may differ
MOST_FAR = 0.005  # share of blocks that may differ by more
MOST_ON_AVERAGE = 1.0  # levels


def problem_with(name: str, image: QImage) -> str:
    """How the picture differs from the approved one of this name, '' where it looks like it."""
    file = FOLDER / f"{name}.png"
    if os.environ.get("EXPLORER_APPROVE"):
        image.save(str(file))
        return ""
    if not file.exists():
        return f"There is no approved picture {file.name}. EXPLORER_APPROVE=1 writes it."
    problem = difference(QImage(str(file)), image)
    return problem and f"{name}: {problem}. EXPLORER_APPROVE=1 writes it anew; look at it first."


def difference(approved: QImage, image: QImage) -> str:
    """What is too different, '' where the two look alike."""
    if approved.size() != image.size():
        return (
            f"{image.width()} x {image.height()} instead of {approved.width()} x {approved.height()} pixels"
        )
    away = np.abs(_blocks(approved) - _blocks(image)).max(-1)
    far, average = float((away > FAR).mean()), float(away.mean())
    if far > MOST_FAR:
        return f"{far:.1%} of it is of another colour"
    return f"on average {average:.1f} levels away" if average > MOST_ON_AVERAGE else ""


def _blocks(image: QImage) -> np.ndarray:
    """The mean colour of every square, (rows, columns, 3)."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB32)
    bits = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.bytesPerLine() // 4, 4)
    high, wide = rgb.height() // BLOCK, rgb.width() // BLOCK
    squares = bits[: high * BLOCK, : wide * BLOCK, :3].reshape(high, BLOCK, wide, BLOCK, 3)
    return np.asarray(squares.mean((1, 3)))

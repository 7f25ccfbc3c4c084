"""A number as short as the cell in which it stands needs it."""

from __future__ import annotations

import math

from explorer.ui.short_number import short_number
from explorer.ui.widgets.kernel_cells import shown_number

NARROW = 36.0  # pixels of a cell in which the 0 before the point goes first
SLIMMEST = 24.0  # pixels of a cell with room for two digits behind a sign and a point
WIDE = 50.0  # pixels of a cell with room for three digits that count


def cell_number(value: float) -> str:
    """A number as short as a cell needs it: '0.12', '-1.7', '13', '·' for too little to be seen."""
    if not math.isfinite(value):
        return short_number(value)
    size = abs(value)
    return shown_number(value, 2 if size < 10 else 1 if size < 100 else 0).replace("-", "−")


def wide_number(value: float) -> str:
    """A number with three digits that count; a whole one, such as a count, as it is."""
    is_whole = math.isfinite(value) and abs(value) < 1e5 and value == round(value)
    return f"{value:.0f}".replace("-", "−") if is_whole and value else short_number(value)


def fitting_number(value: float, width: float) -> str:
    """A number as a cell of so many pixels has room for it."""
    text = wide_number(value) if width >= WIDE else cell_number(value)
    if width < SLIMMEST and "." in text:
        text = shown_number(value, 1).replace("-", "−")
    is_tiny = text == "·" and width >= NARROW
    if is_tiny:
        text = shown_number(value, 3).replace("-", "−")
    is_small = text.lstrip("−").startswith("0.")
    return text.replace("0.", ".", 1) if is_small and (is_tiny or width < NARROW) else text

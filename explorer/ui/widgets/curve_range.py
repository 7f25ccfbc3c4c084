"""From where to where a plot shows x and y while nobody has zoomed, and which of its lines lies above which."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from explorer.ui.widgets.curve import Curve
from explorer.ui.widgets.curve_line import Extent, Line

BELOW, ABOVE = 0.04, 0.07  # of the range that is left free; above, the highest number of the axis needs it
GROWTH = 40  # parts of its width by which a plot grows: whenever it does, axes and grid are drawn anew
Range = tuple[float, float]


def x_range(curves: Sequence[Curve], least: float) -> Range:
    """All of them, from 0 or before, and at least so wide."""
    drawn = [curve.x for curve in curves if len(curve.x)]
    return min([0.0, *(float(x[0]) for x in drawn)]), _rounded_up(
        max([least, *(float(x[-1]) for x in drawn)])
    )


def y_range(extent: Extent, is_log: bool, whole: Range | None, is_part: bool) -> Range:
    """Room for these values; in powers of ten where the axis is logarithmic.

    `whole` is the range of a quantity that has one; `is_part` tells that a part of x is shown, which is then filled.
    """
    low, high = extent.low, extent.high
    if is_log:
        is_known = extent.positive < math.inf
        low, high = (math.log10(extent.positive), math.log10(high)) if is_known else (-1.0, 0.0)
    elif whole is not None and not is_part:
        low, high = whole
    elif high < low:
        low, high = whole or (0.0, 1.0)
    elif not is_part:
        low = min(0.0, low)
    room = (high - low) or abs(high) or 1.0
    return (low if low == 0 and not is_part else low - BELOW * room), high + ABOVE * room


def extent_of(lines: Iterable[Line], seen: Range | None) -> Extent:
    """Of everything, or of what lies between two x."""
    found = Extent()
    for line in lines:
        low, high, positive = line.extent if seen is None else line.extent_within(*seen)
        found = Extent(min(found.low, low), max(found.high, high), min(found.positive, positive))
    return found


def painting_order(lines: Mapping[str, Line]) -> list[Line]:
    """From below to above: what is named first, which is the present run, lies above what it is compared with."""
    groups = [list(group) for _, group in groupby(lines, lambda key: key.partition("/")[0])]
    return [lines[key] for group in reversed(groups) for key in group]


def _rounded_up(end: float) -> float:
    part = 2.0 ** math.floor(math.log2(end / GROWTH))
    return math.ceil(end / part) * part

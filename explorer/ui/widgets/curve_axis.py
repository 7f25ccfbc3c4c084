"""The axes of a plot: of a fixed width, so that nothing moves when the numbers do."""

from __future__ import annotations

import math
from collections.abc import Callable

import pyqtgraph as pg
from PySide6.QtGui import QFont, QFontMetrics

from explorer.ui import theme
from explorer.ui.widgets.curve_numbers import plain

WIDEST = "0.0005"
Levels = list[tuple[float, list[float]]]  # distance from one to the next, and where they are
KEPT = 4  # of them: those of grid and axis
FEW_DECADES = 0.6  # with more, only 1, 2 and 5 have a number


class CurveAxis(pg.AxisItem):
    """An axis whose numbers `text_of` writes."""

    def __init__(self, side: str, text_of: Callable[[float], str] = plain) -> None:
        super().__init__(side, maxTickLength=-4)
        self.text_of = text_of
        self.enableAutoSIPrefix(False)
        self.setStyle(hideOverlappingLabels=True, tickTextOffset=4)
        self._known: dict[object, Levels] = {}

    def tickValues(self, minVal, maxVal, size) -> Levels:
        # Grid and axis ask for every painting, and it is worked out by comparing every tick with every other.
        asked = minVal, maxVal, size, self.logMode
        if asked not in self._known:
            if len(self._known) >= KEPT:
                self._known.clear()
            self._known[asked] = super().tickValues(minVal, maxVal, size)
        return self._known[asked]

    def tickStrings(self, values, scale, spacing) -> list[str]:
        if self.logMode:
            low, high = self.range
            few = high - low < FEW_DECADES
            return [_power(value) if few or _leading(value) in (1, 2, 5) else "" for value in values]
        return [self.text_of(_rounded(value, spacing)) for value in values]

    def places(self, low: float, high: float, size: float) -> list[float]:
        """Where the lines of a grid belong, as the axis counts: in powers of ten if it is logarithmic."""
        levels = self.tickValues(low, high, size) if high > low and size > 0 else []
        return [value for _, values in levels[: 1 if self.logMode else 2] for value in values]

    def dress(self, font: QFont) -> None:
        """Take font and colours of the window, and the room that they need."""
        self.setTickFont(font)
        self.setPen(theme.css("border"))
        self.setTextPen(theme.css("quiet"))
        metrics = QFontMetrics(font)
        if self.orientation == "left":
            self.setWidth(metrics.horizontalAdvance(WIDEST) + 10)
        else:
            self.setHeight(metrics.height() + 5)


def _rounded(value: float, spacing: float) -> float:
    """Without what is left of counting in steps of 0.1."""
    return round(value, max(0, 2 - math.floor(math.log10(spacing)))) if spacing > 0 else value


def _leading(exponent: float) -> int:
    """The first digit of a power of ten."""
    return round(10 ** (exponent - math.floor(exponent + 1e-9)))


def _power(exponent: float) -> str:
    value = 10.0**exponent
    return (
        f"{value:.3g}" if 1e-4 < value < 1e5 else f"1e{exponent:.0f}" if exponent % 1 == 0 else f"{value:.0e}"
    )

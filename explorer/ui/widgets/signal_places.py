"""Where signal, kernel and result stand: on one axis of positions, each in its own part of the height."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from explorer.engine.arithmetic.signal_correlation import SignalCorrelation
from explorer.engine.layer import Array

LEFT, RIGHT = 44.0, 8.0  # pixels beside the plots
KERNEL_SHARE = 0.2  # of the height
ROOM = 0.3  # of the span: above the highest value, and below the lowest where that is negative


@dataclass(frozen=True, eq=False)
class SignalPlaces:
    """The places of a correlation in a plot of this size in pixels."""

    correlation: SignalCorrelation
    width: float
    height: float

    def areas(self) -> tuple[QRectF, QRectF, QRectF]:
        """Where signal, kernel and result are drawn."""
        high = self.height - 8.0
        part = high * (1 - KERNEL_SHARE) / 2
        wide = self.width - LEFT - RIGHT
        signal = QRectF(LEFT, 4, wide, part - 4)
        kernel = QRectF(LEFT, 4 + part, wide, high * KERNEL_SHARE)
        return signal, kernel, QRectF(LEFT, kernel.bottom() + 4, wide, part - 4)

    def x_of(self, position: float) -> float:
        """Where a position of the signal lies, in pixels."""
        first, pitch = self.axis
        return LEFT + (position - first + 0.5) * pitch

    def point_of(self, index: int) -> QPointF:
        """Where an output's dot is."""
        result = self.correlation.result
        area = self.areas()[2]
        x = self.x_of(float(self.correlation.positions[index]))
        return QPointF(x, y_on(area, span_of(result), float(result[index])))

    @cached_property
    def axis(self) -> tuple[float, float]:
        """The first position that is shown, and pixels from one to the next."""
        positions = self.correlation.padded[0]
        outputs = self.correlation.positions
        first = min(int(positions[0]), int(outputs[0]))
        last = max(int(positions[-1]), int(outputs[-1]))
        return first, (self.width - LEFT - RIGHT) / (last - first + 1)

    def position_at(self, x: float) -> int:
        """The position of the signal at a pixel."""
        first, pitch = self.axis
        return int(np.floor((x - LEFT) / pitch + first))

    def output_at(self, x: float) -> int:
        """The output next to a pixel."""
        return int(np.abs(self.correlation.positions - self.position_at(x)).argmin())


def extent_of(values: Array) -> tuple[float, float]:
    """The lowest and the highest value, 0 among them."""
    finite = values[np.isfinite(values)]
    return min(0.0, float(finite.min(initial=0))), max(0.0, float(finite.max(initial=0)))


def span_of(values: Array) -> tuple[float, float]:
    """From the lowest to the highest value, with 0 and room for a number above and below."""
    low, high = extent_of(values)
    if low == high:
        high = 1.0
    room = (high - low) * ROOM
    return low - (room if low < 0 else room / 4), high + room


def y_on(area: QRectF, span: tuple[float, float], value: float) -> float:
    """How high a value stands in an area that shows a span."""
    low, high = span
    share = (value - low) / (high - low) if math.isfinite(value) else 0.0
    return area.bottom() - min(max(share, -0.02), 1.02) * area.height()

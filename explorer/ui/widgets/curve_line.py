"""One curve on its way to the screen: smoothed as far as it has grown, thinned to what can be seen, drawn."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from explorer.rendering.smoothing import Smoothing
from explorer.rendering.thinning import Points, ends, extremes, visible
from explorer.ui.widgets.curve import Curve, Numbers

BOLD, FINE, FAINT = 1.8, 1.2, 80  # pixels, pixels, opacity of 255
MARK = 2.6  # radius in pixels
ROOM_PER_MARK = 9  # pixels; with less the marks would be a band
SHARPEST = 1.5  # lines per pixel column up to which edges are smoothed


class Extent(NamedTuple):
    """From where to where values reach; `positive` is the least one above 0."""

    low: float = np.inf
    high: float = -np.inf
    positive: float = np.inf

    def with_values(self, values: Numbers) -> Extent:
        """The extent that holds these, too."""
        values = values[np.isfinite(values)]
        if not len(values):
            return self
        above = values[values > 0]
        return Extent(
            min(self.low, float(values.min())),
            max(self.high, float(values.max())),
            min(self.positive, float(above.min())) if len(above) else self.positive,
        )


class Line:
    """Holds a curve that may grow, and draws it."""

    def __init__(self, curve: Curve, weight: float) -> None:
        self._smoothing = Smoothing(weight)
        self._begin()
        self.show(curve)

    def _begin(self) -> None:
        self._smoothing.forget()
        self._measured, self._last = 0, np.nan
        self.extent = Extent()

    def show(self, curve: Curve) -> None:
        """The curve as it is now: grown at its end, or another one."""
        done = self._measured
        if len(curve.y) < done or (done and not _is_same(curve.y[done - 1], self._last)):
            self._begin()
        self.curve = curve
        self.extent = self.extent.with_values(np.asarray(curve.y[self._measured :]))
        self._measured = len(curve.y)
        self._last = curve.y[-1] if self._measured else np.nan
        self.smooth: Numbers = self._smoothing.of(curve.y) if curve.is_noisy else curve.y

    def set_weight(self, weight: float) -> None:
        """Smooth it more or less."""
        if weight != self._smoothing.weight:
            self._smoothing = Smoothing(weight)
            self.smooth = self._smoothing.of(self.curve.y) if self.curve.is_noisy else self.curve.y

    def extent_within(self, low: float, high: float) -> Extent:
        """From where to where the values between two x reach."""
        part = visible(self.curve.x, low, high)
        return Extent().with_values(np.asarray(self.curve.y[part]))

    # ---- drawing ----------------------------------------------------------------------------------------------

    def draw(self, painter: QPainter, to_pixels: QTransform, seen: tuple[float, float], is_log: bool) -> None:
        """Draw what lies between two x; the painter counts in pixels."""
        x = self.curve.x
        part = visible(x, *seen)
        columns = max(1, round((seen[1] - seen[0]) * to_pixels.m11()))
        color = QColor(self.curve.color)
        if self.curve.is_noisy and self._smoothing.weight:
            raw = extremes(x, self.curve.y, part, columns)
            faint = QColor(color)
            faint.setAlpha(FAINT)
            # Sharp where lines lie upon each other: smoothing their edges takes twice the time and shows nothing.
            _stroke(painter, raw, QPen(faint, 1), to_pixels, is_log, len(raw.x) < SHARPEST * columns)
        thin = extremes if self.curve.is_noisy and not self._smoothing.weight else ends
        points = thin(x, self.smooth, part, columns)
        wide = FINE if thin is extremes and len(points.x) > SHARPEST * columns else BOLD
        pen = QPen(color, 1 if wide == FINE else wide)
        pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)  # looks like round joins at this width, in half the time
        if self.curve.is_dashed:
            pen.setDashPattern([4, 2.5])
        _stroke(painter, points, pen, to_pixels, is_log, True)
        if (self.curve.has_marks and len(points.x) * ROOM_PER_MARK <= columns) or len(points.x) == 1:
            _mark(painter, points, color, to_pixels, is_log)


def _is_same(one: float, other: float) -> bool:
    return one == other or (one != one and other != other)


def _placed(points: Points, to_pixels: QTransform, is_log: bool) -> Points:
    """In pixels; on a logarithmic axis what is not above 0 has no place."""
    x, y = points
    if is_log:
        has_place = y > 0
        x, y = x[has_place], np.log10(y[has_place])
    return Points(x * to_pixels.m11() + to_pixels.dx(), y * to_pixels.m22() + to_pixels.dy())


def _stroke(
    painter: QPainter, points: Points, pen: QPen, to_pixels: QTransform, is_log: bool, is_soft: bool
) -> None:
    x, y = _placed(points, to_pixels, is_log)
    if len(x) > 1:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, is_soft)
        painter.setPen(pen)
        painter.drawPolyline(arrayToQPolygonF(x, np.clip(y, -1e5, 1e5)))


def _mark(painter: QPainter, points: Points, color: QColor, to_pixels: QTransform, is_log: bool) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    x, y = _placed(points, to_pixels, is_log)
    for place in zip(x, y, strict=True):
        painter.drawEllipse(QPointF(*place), MARK, MARK)

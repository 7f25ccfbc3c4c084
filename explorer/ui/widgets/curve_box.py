"""The inside of a plot: draws all its lines, and turns wheel and drags into zooming and moving."""

from __future__ import annotations

from collections.abc import Iterable

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from explorer.ui.widgets.curve_axis import CurveAxis
from explorer.ui.widgets.curve_line import Line


class CurveBox(pg.ViewBox):
    """Wheel and drag zoom and move along x, Ctrl or the axis at the left along y; Shift and drag into a rectangle.

    As long as nobody has chosen what of y is seen (`is_y_held`), it follows what is seen of x.
    """

    all_asked = Signal()
    changed_by_hand = Signal(bool, bool)  # x, y

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.disableAutoRange()
        self.is_y_held = False

    def wheelEvent(self, ev, axis=None) -> None:
        if axis is None:
            axis = 1 if ev.modifiers() & Qt.KeyboardModifier.ControlModifier else 0
        super().wheelEvent(ev, axis)
        self.changed_by_hand.emit(axis == 0, axis == 1)

    def mouseDragEvent(self, ev, axis=None) -> None:
        draws_rectangle = axis is None and bool(ev.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.state["mouseMode"] = self.RectMode if draws_rectangle else self.PanMode
        if axis is None and not draws_rectangle and not self.is_y_held:
            axis = 0
        super().mouseDragEvent(ev, axis)
        if not draws_rectangle or ev.isFinish():
            self.changed_by_hand.emit(axis != 1, axis != 0)

    def mouseClickEvent(self, ev) -> None:
        if ev.double() and ev.button() == Qt.MouseButton.LeftButton:
            ev.accept()
            self.all_asked.emit()

    def keyPressEvent(self, ev) -> None:
        ev.ignore()  # the plot knows its keys


class CurveLayer(pg.GraphicsObject):
    """The grid, all lines of a plot, and the crosshair. Lies in the box, but draws in pixels."""

    def __init__(self, bottom: CurveAxis, left: CurveAxis) -> None:
        super().__init__()
        self._bottom, self._left = bottom, left
        self.grid_color = QColor()
        self.lines: Iterable[Line] = ()
        self.is_log = False
        self.crosshair: float | None = None
        self.crosshair_color = QColor()
        self.ground = QColor()
        self.dots: list[tuple[float, float, QColor]] = []  # where the crosshair meets a line

    def boundingRect(self) -> QRectF:
        box = self.getViewBox()
        return box.viewRect() if box is not None else QRectF()

    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        box = self.getViewBox()
        if box is None:
            return
        to_pixels = painter.worldTransform()
        seen_x, seen_y = box.viewRange()
        painter.save()
        painter.resetTransform()
        self._draw_grid(painter, to_pixels, seen_x, seen_y)
        for line in self.lines:
            line.draw(painter, to_pixels, (seen_x[0], seen_x[1]), self.is_log)
        if self.crosshair is not None:
            self._draw_crosshair(painter, to_pixels, seen_y)
        painter.restore()

    def _draw_grid(
        self, painter: QPainter, to_pixels: QTransform, seen_x: list[float], seen_y: list[float]
    ) -> None:
        # Not the axes' own grid: through their recorded pictures it takes ten times as long.
        inside = to_pixels.mapRect(
            QRectF(QPointF(seen_x[0], seen_y[0]), QPointF(seen_x[1], seen_y[1]))
        ).toRect()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(self.grid_color, 1))
        for value in self._bottom.places(seen_x[0], seen_x[1], inside.width()):
            x = round(value * to_pixels.m11() + to_pixels.dx())
            painter.drawLine(x, inside.top(), x, inside.bottom())
        for value in self._left.places(seen_y[0], seen_y[1], inside.height()):
            y = round(value * to_pixels.m22() + to_pixels.dy())
            painter.drawLine(inside.left(), y, inside.right(), y)

    def _draw_crosshair(self, painter: QPainter, to_pixels: QTransform, seen_y: list[float]) -> None:
        x = round(self.crosshair * to_pixels.m11() + to_pixels.dx())
        ends = (round(y * to_pixels.m22() + to_pixels.dy()) for y in seen_y)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(self.crosshair_color, 1))
        painter.drawLine(x, next(ends), x, next(ends))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(self.ground, 1.5))
        for at, value, color in self.dots:
            painter.setBrush(color)
            painter.drawEllipse(to_pixels.map(QPointF(at, value)), 4, 4)

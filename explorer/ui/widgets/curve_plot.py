"""A plot of curves that grow: it shows all of them until somebody zooms, and then stays where it is.

This module brings pyqtgraph with it, which takes a third of a second: import it when a plot is first wanted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGraphicsGridLayout, QGraphicsView, QLabel

from explorer.ui import theme
from explorer.ui.short_number import short_number
from explorer.ui.widgets.curve import Curve
from explorer.ui.widgets.curve_axis import CurveAxis
from explorer.ui.widgets.curve_box import CurveBox, CurveLayer
from explorer.ui.widgets.curve_keys import is_own_key, press_key
from explorer.ui.widgets.curve_line import Line
from explorer.ui.widgets.curve_numbers import plain
from explorer.ui.widgets.curve_range import extent_of, painting_order, x_range, y_range
from explorer.ui.widgets.curve_readout import CurveReadout, Reading, place_heading

GRID = 0.5  # opacity
LEAST_STEPS, LEAST_EPOCHS = 10, 0.1  # that the plot is wide


class CurvePlot(pg.GraphicsView):
    """Curves over a common x, with a crosshair that reads all of them."""

    zoomed = Signal(object)  # (from, to) on the x axis, or None for all
    pointed = Signal(object)  # the x under the pointer, or None

    def __init__(
        self,
        name: str,
        write: Callable[[float], str] = short_number,
        write_axis: Callable[[float], str] = plain,
        whole: tuple[float, float] | None = None,
    ) -> None:
        """`write` is how values are read out, `whole` the y range of a quantity that has one."""
        self.bottom, self.left = CurveAxis("bottom"), CurveAxis("left", write_axis)
        self.box, self._layer = CurveBox(), CurveLayer(self.bottom, self.left)
        super().__init__()
        self._write, self._whole = write, whole
        self._lines: dict[str, Line] = {}
        self._weight, self._is_log = 0.0, False
        self._held_x = False
        self._x_name = "step"
        self.at: float | None = None  # where the crosshair stands
        self.readout = CurveReadout(self)
        self.heading = QLabel(name, self)
        self.heading.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.readout.raise_()
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(90, 60)
        self.setCentralItem(self._assembled())
        self.box.addItem(self._layer, ignoreBounds=True)
        self.box.setDefaultPadding(0)
        self.box.changed_by_hand.connect(self._hold)
        self.box.all_asked.connect(self.show_all)
        self._dress()
        self._fit()

    def _assembled(self) -> pg.GraphicsWidget:
        """Box and axes. Not in a PlotItem: that makes a dozen windows for menus which nobody here opens."""
        frame = pg.GraphicsWidget()
        grid = QGraphicsGridLayout()
        grid.setContentsMargins(1, 1, 1, 1)
        grid.setSpacing(0)
        frame.setLayout(grid)
        for item, row, column in ((self.left, 0, 0), (self.box, 0, 1), (self.bottom, 1, 1)):
            grid.addItem(item, row, column)
        for axis in (self.left, self.bottom):
            axis.linkToView(self.box)
            axis.setZValue(0.5)
        return frame

    def close(self) -> bool:
        # Not pyqtgraph's own, which takes the scene apart while Python still holds its items, and crashes.
        return QGraphicsView.close(self)

    # ---- what is shown ----------------------------------------------------------------------------------------

    @property
    def is_zoomed(self) -> bool:
        """Whether somebody has chosen what is seen."""
        return self._held_x or self.box.is_y_held

    @property
    def curves(self) -> list[Curve]:
        """What is shown, in order."""
        return [line.curve for line in self._lines.values()]

    @property
    def seen(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """From where to where it shows x and y, as the axes say."""
        x, y = self.box.viewRange()
        return (x[0], x[1]), ((10 ** y[0], 10 ** y[1]) if self._is_log else (y[0], y[1]))

    def show_curves(self, curves: Sequence[Curve]) -> None:
        """Show these curves; those shown before under the same key go on growing."""
        lines: dict[str, Line] = {}
        for curve in curves:
            line = self._lines.get(curve.key)
            if line is None or line.curve.is_noisy != curve.is_noisy:
                line = Line(curve, self._weight)
            else:
                line.show(curve)
            lines[curve.key] = line
        self._lines = lines
        self._layer.lines = painting_order(lines)
        self._fit()
        self._read()
        self._layer.update()

    def set_smoothing(self, weight: float) -> None:
        """How much noisy curves are smoothed: 0 not at all, 0.999 the most."""
        self._weight = weight
        for line in self._lines.values():
            line.set_weight(weight)
        self._read()
        self._layer.update()

    def set_log(self, is_log: bool) -> None:
        """A logarithmic y axis, or a plain one; either shows all values."""
        if is_log != self._is_log:
            self._is_log = self._layer.is_log = is_log
            self.left.setLogMode(x=False, y=is_log)
            self.box.is_y_held = False
            self._fit()
            self._read()

    def set_x_name(self, name: str) -> None:
        """What x counts: 'step' or 'epoch'. Another one shows all."""
        if name != self._x_name:
            self._x_name = name
            self._held_x = False
            self.point_at(None)
            self._fit()

    def show_all(self) -> None:
        """Everything, and what comes."""
        was_zoomed = self.is_zoomed
        self._held_x = self.box.is_y_held = False
        self._fit()
        if was_zoomed:
            self.zoomed.emit(None)

    def zoom_x(self, part: tuple[float, float] | None) -> None:
        """The part of x that another plot shows, or None for all."""
        self._held_x = part is not None
        if part is None:
            self.box.is_y_held = False
        else:
            self.box.setXRange(*part, padding=0)
        self._fit()

    # ---- the crosshair ----------------------------------------------------------------------------------------

    def readings(self, x: float) -> list[Reading]:
        """What every curve says at a place: its last value at or before it."""
        found = []
        for line in self._lines.values():
            index = line.curve.index_at(x)
            if index is not None:
                curve = line.curve
                found.append(
                    Reading(curve, float(curve.x[index]), float(curve.y[index]), float(line.smooth[index]))
                )
        return found

    def point_at(self, x: float | None) -> None:
        """Put the crosshair at a place, or take it away."""
        self.at = x
        self._read()
        self._layer.update()

    def _read(self) -> None:
        layer, found = self._layer, self.readings(self.at) if self.at is not None else []
        layer.crosshair = self.at if found else None
        layer.dots = [
            (one.x, self._height(one.smooth), QColor(one.curve.color))
            for one in found
            if math.isfinite(one.smooth) and (one.smooth > 0 or not self._is_log)
        ]
        self.readout.setVisible(bool(found))
        if found:
            is_smoothed = self._weight > 0
            self.readout.show_readings(
                found, f"{self._x_name} {plain(round(self.at, 2))}", self._write, is_smoothed
            )
            self._place_labels()

    def _height(self, value: float) -> float:
        return math.log10(value) if self._is_log else value

    def _place_labels(self) -> None:
        inside = self._inside()
        x = self.box.mapViewToScene(QPointF(self.at or 0.0, 0)).x()
        place_heading(self.heading, inside, rises=self._whole is not None)
        self.readout.place(inside, x, rises=self._whole is not None)

    def _inside(self) -> QRectF:
        return self.box.sceneBoundingRect()

    def _snapped(self, x: float) -> float | None:
        """The place nearest to x at which the first curve has a value."""
        return next((curve.nearest_to(x) for curve in self.curves if len(curve.x)), None)

    # ---- pointer and keys -------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        place = self.mapToScene(event.position().toPoint())
        if not event.buttons():
            inside = self._inside().contains(place)
            self._tell(self._snapped(self.box.mapSceneToView(place).x()) if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._tell(None)

    def _tell(self, x: float | None) -> None:
        if x != self.at:
            self.point_at(x)
            self.pointed.emit(x)

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and is_own_key(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not press_key(self, event):
            event.ignore()

    def read_neighbour(self, way: int) -> None:
        """Put the crosshair a place further (1) or back (-1); onto the last one where nothing is read yet."""
        curve = next((curve for curve in self.curves if len(curve.x)), None)
        if curve is None:
            return
        index = len(curve.x) - 1 if self.at is None else (curve.index_at(self.at) or 0) + way
        self._tell(float(curve.x[min(max(index, 0), len(curve.x) - 1)]))

    def move_to(self, low: float, high: float) -> None:
        """Show this part of x, as a person asked for."""
        self.box.setXRange(low, high, padding=0)
        self._hold(True, False)

    def _hold(self, x: bool, y: bool) -> None:
        self._held_x = self._held_x or x
        self.box.is_y_held = self.box.is_y_held or y
        if x:
            self.zoomed.emit(self.seen[0])
        self._fit()
        self._read()

    # ---- range and looks --------------------------------------------------------------------------------------

    def _fit(self) -> None:
        """Show everything on the axes that nobody has taken hold of."""
        if not self._held_x:
            least = LEAST_STEPS if self._x_name == "step" else LEAST_EPOCHS
            self.box.setXRange(*x_range(self.curves, least), padding=0)
        if not self.box.is_y_held:
            seen = self.seen[0] if self._held_x else None
            extent = extent_of(self._lines.values(), seen)
            self.box.setYRange(*y_range(extent, self._is_log, self._whole, seen is not None), padding=0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "heading"):
            self._place_labels()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "heading"):
            self._dress()
            self._place_labels()

    def _dress(self) -> None:
        self.setBackground(theme.css("ground"))
        font = theme.quiet_font(self.font(), 0.9)
        for axis in (self.bottom, self.left):
            axis.dress(font)
        for label in (self.readout, self.heading):
            label.setFont(font)
        self.heading.setStyleSheet(f"color: {theme.css('quiet')}; background: transparent;")
        self.readout.dress()
        grid = theme.color("border")
        grid.setAlphaF(GRID)
        self._layer.grid_color = grid
        self._layer.crosshair_color = theme.color("quiet")
        self._layer.ground = theme.color("ground")

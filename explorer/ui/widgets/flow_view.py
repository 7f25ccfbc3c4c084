"""The flow view: every layer's maps side by side, zoomable and pannable, with three levels of nearness."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)  # fmt: skip
from PySide6.QtWidgets import QApplication, QWidget

from explorer.document.view import Unit
from explorer.engine.evaluate import Trace
from explorer.engine.network import Network
from explorer.rendering.picture import Picture
from explorer.rendering.wanted import Tiles
from explorer.ui.widgets.flow_camera import Camera, Placed, fitting, placed
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.flow_motion import LEVEL_MS, ZOOM_MS, Motion
from explorer.ui.widgets.flow_painter import FlowPainter
from explorer.ui.widgets.flow_scene import NETWORK, FlowScene
from explorer.ui.widgets.flow_walk import step

ASK_AGAIN_MS = 60  # while the camera moves, the right resolution is asked for this often
TITLE_REACH = 26.0  # pixels above a block where its title can be clicked
WHEEL = 1.0018  # zoom per unit of a wheel's angle; a notch is 120
STEP = 1.3  # zoom of a key


class Spot(NamedTuple):
    """What is under the pointer: a node's title (no cell) or a unit, and the pixel of its map."""

    place: Placed
    unit: Unit
    cell: int | None = None
    pixel: tuple[int, int] = (0, 0)


class FlowView(QWidget):
    """Shows a FlowScene. Hover previews, a click pins, a double click opens, Esc goes one level back."""

    pointed = Signal(object)  # Unit or None: under the pointer
    chosen = Signal(object)  # Unit or None: clicked
    wanted_changed = Signal(object)  # tuple of Tiles: what is visible
    level_changed = Signal(object)  # Unit: the level that is shown

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 120)
        self.scene = FlowScene()
        self.selection: Unit | None = None
        self.spot: Spot | None = None
        self.pointer = QPointF()
        self.is_frozen = False
        self.is_stale = False
        self.colours = "red-blue"
        self.query = ""  # marks units: 'dead', 'saturated', or part of a name
        self.paint_seconds = 0.0
        self._layout = FlowLayout()
        self._camera = Camera()
        self._is_fitted = True
        self._goal: Camera | None = None  # of the zoom on its way
        self._zooming = Motion(self)
        self._leveling = Motion(self)
        self._painter = FlowPainter(self)
        self._before: tuple[Unit, FlowLayout, Camera] | None = None  # the level that is being left
        self._share = 1.0  # of the way to the level that is opened
        self._kept: dict[Unit, Camera] = {}  # where one was on the levels above
        self._press: QPointF | None = None
        self._dragged = False
        self._tiles: tuple[Tiles, ...] = ()
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.timeout.connect(self._ask_now)

    # ---- what is shown ----------------------------------------------------------------------------------------

    def set_network(self, network: Network) -> None:
        """Show a network; the zoom stays where it is unless other layers or shapes came."""
        first = self.scene.network is None
        level = self.scene.level
        if self.scene.set_network(network):
            self._lay_out(fit=self._is_fitted or first)
            if self.scene.level != level:
                self.level_changed.emit(self.scene.level)
        if self.spot is not None:
            self._point(self.pointer)
        self.update()

    def show_answer(self, trace: Trace, pictures: Mapping[str, Picture]) -> None:
        """Show the newest maps."""
        self.scene.show(trace, pictures)
        self.update()

    def select(self, unit: Unit | None) -> None:
        """Show another selection, without telling anybody."""
        if unit == self.selection:
            return
        self.selection = unit if self.scene.exists(unit) else None
        self._reveal(self.selection)
        self.update()

    def set_state(self, *, frozen: bool | None = None, stale: bool | None = None) -> None:
        """Show that the source is frozen, or that the maps are older than the network."""
        self.is_frozen = self.is_frozen if frozen is None else frozen
        self.is_stale = self.is_stale if stale is None else stale
        self.update()

    def set_query(self, query: str) -> None:
        """Let units step forward that are dead, saturated, or have this in their name; '' for all."""
        self.query = query.strip().lower()
        self.update()

    # ---- levels -----------------------------------------------------------------------------------------------

    @property
    def level(self) -> Unit:
        """The level that is shown: NETWORK, a layer or a unit."""
        return self.scene.level

    def open(self, unit: Unit) -> None:
        """Show a layer or a unit large (NETWORK: everything)."""
        if unit == self.level or (unit != NETWORK and not self.scene.exists(unit)):
            return
        self._zooming.finish()
        self._leveling.finish()
        self._before = (self.level, self._layout, self._camera)
        self._kept[self.level] = self._camera
        is_back = unit == NETWORK or (self.level.channel is not None and unit.channel is None)
        self.scene.level = unit
        self._lay_out(fit=True)
        if is_back and not self._is_fitted_at(unit):
            self._camera, self._is_fitted = self._kept[unit], False
        self.spot = None
        self._share = 0.0
        self.level_changed.emit(unit)
        self._ask_now()
        self._leveling.start(LEVEL_MS, self._step_level, self._end_level)

    def back(self) -> bool:
        """One level back; False on the last one."""
        if self.level == NETWORK:
            return False
        above = self.scene.above(self.level)
        came_from = [level for level in reversed(list(self._kept)) if level in (above, NETWORK)]
        direct = self.level.channel is not None and (not came_from or came_from[0] == NETWORK)
        self.open(NETWORK if direct and above not in self._kept else above)
        return True

    def open_or_back(self, unit: Unit | None) -> None:
        """Show a unit large, or go back if it is shown large already."""
        if self.level == unit or unit is None:
            self.open(NETWORK)
        else:
            self.open(unit)

    def _is_fitted_at(self, level: Unit) -> bool:
        kept = self._kept.get(level)
        return kept is None or kept == self._camera

    def _step_level(self, share: float) -> None:
        self._share = share
        self.update()

    def _end_level(self) -> None:
        self._share, self._before = 1.0, None
        self._point(self.pointer)
        self.update()

    # ---- camera -----------------------------------------------------------------------------------------------

    @property
    def camera(self) -> Camera:
        """Which part of the scene is on screen."""
        return self._camera

    @property
    def is_still(self) -> bool:
        """Whether nothing is on its way."""
        return not self._zooming.is_running and not self._leveling.is_running

    def finish_motion(self) -> None:
        """Arrive at once wherever the view is going."""
        self._zooming.finish()
        self._leveling.finish()

    def fit(self) -> None:
        """Show everything of the level."""
        self._is_fitted = True
        self._layout = self.scene.laid_out(self.level, self.width(), self.height())
        self._glide(fitting(self._layout, self.width(), self.height()))
        self._is_fitted = True

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Larger or smaller around a place on screen (else around the middle), smoothly."""
        at = at or QPointF(self.width() / 2, self.height() / 2)
        self._glide((self._goal or self._camera).zoomed(factor, at.x(), at.y()), ZOOM_MS)

    def _glide(self, goal: Camera, duration_ms: int = LEVEL_MS) -> None:
        start, self._goal = self._camera, goal
        self._is_fitted = False
        self._zooming.start(
            duration_ms,
            lambda share: self._look(start.between(goal, share)),
            self._arrive,
            soft=duration_ms > ZOOM_MS,
        )

    def _look(self, camera: Camera) -> None:
        self._camera = camera
        self._ask_later()
        self.update()

    def _arrive(self) -> None:
        if self._goal is not None:
            self._camera, self._goal = self._goal, None
        self._point(self.pointer)
        self._ask_now()
        self.update()

    def _lay_out(self, fit: bool) -> None:
        self._layout = self.scene.laid_out(self.level, self.width(), self.height())
        if fit:
            self._zooming.finish()
            self._camera = fitting(self._layout, self.width(), self.height())
            self._is_fitted = True
        self._ask_later()

    def _reveal(self, unit: Unit | None) -> None:
        """Bring a unit into sight if it is not."""
        place, cell = self.find(unit) if unit is not None else (None, None)
        if place is None:
            return
        rect = QRectF(place.x, place.y, place.width, place.height)
        if cell is not None:
            rect = QRectF(*place.corner(cell), place.pitch_x, place.pitch_y)
        dx = max(0.0, 12 - rect.left()) - max(0.0, rect.right() + 12 - self.width())
        dy = max(0.0, 30 - rect.top()) - max(0.0, rect.bottom() + 12 - self.height())
        is_small = rect.width() < self.width() - 24 and rect.height() < self.height() - 42
        if (dx or dy) and is_small:
            self._glide((self._goal or self._camera).moved(dx, dy), ZOOM_MS)

    # ---- where things are -------------------------------------------------------------------------------------

    def places(self) -> list[Placed]:
        """Every block where it is on screen now."""
        ratio, still = self.devicePixelRatioF(), not self._zooming.is_running
        return [placed(block, self._camera, ratio, still) for block in self._layout.blocks]

    def places_of(self, layout: FlowLayout, camera: Camera) -> list[Placed]:
        """Every block of another layout."""
        return [placed(block, camera, self.devicePixelRatioF()) for block in layout.blocks]

    def find(self, unit: Unit) -> tuple[Placed | None, int | None]:
        """The block and the cell of a unit, where they are on this level."""
        nearest: tuple[Placed | None, int | None] = (None, None)
        for place in self.places():
            if place.block.node == unit.node:
                cell = self.scene.cell_of(place.block, unit.channel) if unit.channel is not None else None
                if cell is not None or nearest[0] is None:
                    nearest = (place, cell)
        return nearest

    def spot_at(self, at: QPointF) -> Spot | None:
        """What is under a place on screen."""
        for place in self.places():
            cell = place.cell_at(at.x(), at.y())
            block = place.block
            if cell is None:
                above = QRectF(place.x - 4, place.y - TITLE_REACH, max(place.width + 8, 50), TITLE_REACH)
                if above.contains(at) and self._has_title(place):
                    return Spot(place, Unit(block.node))
                continue
            if block.kind == "image":
                x, y = place.corner(cell)
                return Spot(place, Unit(block.node), cell, self._pixel(place, at, x, y))
            unit = Unit(block.node, self.scene.channel_at(block, cell))
            return Spot(place, unit, cell, self._pixel(place, at, *place.corner(cell)))
        return None

    def _has_title(self, place: Placed) -> bool:
        first = next(self._layout.of(place.block.node))
        return first is place.block

    def _pixel(self, place: Placed, at: QPointF, x: float, y: float) -> tuple[int, int]:
        shape = place.block.shape
        if len(shape) != 3:
            return 0, 0
        column = int((at.x() - x) / place.pitch_x * shape[2])
        row = int((at.y() - y) / place.pitch_y * shape[1])
        return min(max(column, 0), shape[2] - 1), min(max(row, 0), shape[1] - 1)

    # ---- what is wanted ---------------------------------------------------------------------------------------

    def _ask_later(self) -> None:
        if not self._ask.isActive():
            self._ask.start(ASK_AGAIN_MS if self._zooming.is_running else 0)

    def _ask_now(self) -> None:
        self._ask.stop()
        if self.scene.network is None:
            return
        tiles = tuple(self.scene.wanted(self.places(), self.width(), self.height(), self.devicePixelRatioF()))
        if tiles != self._tiles:
            self._tiles = tiles
            self.wanted_changed.emit(tiles)

    # ---- events -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        started = time.perf_counter()
        self._painter.paint(self._layout, self._camera, self._before, self._share)
        self.paint_seconds = time.perf_counter() - started

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self.scene.network is not None:
            self._leveling.finish()
            self._lay_out(fit=self._is_fitted or self.level != NETWORK)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self._glide((self._goal or self._camera).zoomed(1 + event.value(), *_xy(event.position())), 1)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self._painter.forget()
            self.update()
        super().changeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        pixels, held = event.pixelDelta(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if not pixels.isNull() and not held and event.phase() != Qt.ScrollPhase.NoScrollPhase:
            self._zooming.finish()
            self._is_fitted = False
            self._look(self._camera.moved(pixels.x(), pixels.y()))  # two fingers push the scene
        else:
            self.zoom(WHEEL ** (event.angleDelta().y() or event.angleDelta().x()), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._press, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._press is not None and event.buttons() != Qt.MouseButton.NoButton:
            far = (at - self._press).manhattanLength() >= QApplication.startDragDistance()
            if self._dragged or far:
                self._drag(at)
        else:
            self._point(at)

    def _drag(self, at: QPointF) -> None:
        if not self._dragged:
            self._zooming.finish()
            self.pointer = self._press or at
            self._dragged = True
            self._forget_spot()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        by = at - self.pointer
        self.pointer = at
        self._is_fitted = False
        self._look(self._camera.moved(by.x(), by.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_click = self._press is not None and not self._dragged
        self._press, self._dragged = None, False
        self.unsetCursor()
        self._point(event.position())
        if was_click and event.button() == Qt.MouseButton.LeftButton:
            spot = self.spot_at(event.position())
            if spot is not None:
                self.choose(spot.unit)
            elif self.selection is not None:
                self.choose(None)
            else:
                self.back()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._press = None
        spot = self.spot_at(event.position())
        if spot is None:
            self.fit()
        elif self.level == NETWORK and (spot.cell is None or spot.place.block.kind == "image"):
            self.open(Unit(spot.unit.node))
        elif spot.unit == self.level:
            self.back()
        else:
            self.choose(spot.unit)
            self.open(spot.unit)

    def leaveEvent(self, event: QEvent) -> None:
        self._forget_spot()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._press_key(event):
            super().keyPressEvent(event)

    def choose(self, unit: Unit | None) -> None:
        """Pin a unit, and tell."""
        self.selection = unit
        self._reveal(unit)
        self.chosen.emit(unit)
        self.update()

    def _point(self, at: QPointF) -> None:
        self.pointer = at
        spot = self.spot_at(at) if self.rect().contains(at.toPoint()) and self._before is None else None
        old, self.spot = self.spot, spot
        if (old.unit if old else None) != (spot.unit if spot else None):
            self.pointed.emit(spot.unit if spot else None)
        if old != spot or spot is not None:
            self.update()

    def _forget_spot(self) -> None:
        if self.spot is not None:
            self.spot = None
            self.pointed.emit(None)
            self.update()

    # ---- keys -------------------------------------------------------------------------------------------------

    def _press_key(self, event: QKeyEvent) -> bool:
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            return False
        if key == Qt.Key.Key_Escape:
            if not self.back():
                self.choose(None)
            return True
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom(1 / STEP if key == Qt.Key.Key_Minus else STEP)
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selection is not None:
            self.open(self.selection)
            return True
        if key == Qt.Key.Key_Z and self.selection is not None:
            self.open_or_back(self.selection)
            return True
        return self.walk(key, shift)

    def walk(self, key: int, far: bool = False) -> bool:
        """Move the selection by an arrow, Home, End, U or O; False if the key means none of them."""
        unit = step(self.scene, self._layout, self.selection, key, far)
        if unit is None:
            return False
        self.choose(unit)
        if self.level != NETWORK and unit != self.level:
            self._change_level(unit)
        return True

    def _change_level(self, unit: Unit) -> None:
        """Another layer or unit on the same level, at once: a walk does not wait for motion."""
        self.finish_motion()
        level = unit if self.level.channel is not None else Unit(unit.node)
        if level != self.level:
            self.scene.level = level
            self._lay_out(fit=True)
            self.level_changed.emit(level)
            self._ask_now()


def _xy(at: QPointF) -> tuple[float, float]:
    return at.x(), at.y()

"""The flow view: every layer's maps side by side, zoomable and pannable, with three levels of nearness."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication

from explorer.document.view import Unit
from explorer.engine.arithmetic.receptive_field import ReceptiveField
from explorer.engine.network import Network
from explorer.ui.widgets.flow_painter import FlowPainter
from explorer.ui.widgets.flow_scene import NETWORK
from explorer.ui.widgets.flow_stage import FlowStage, pixel_of_spot
from explorer.ui.widgets.flow_walk import step

WHEEL = 1.0018  # zoom per unit of a wheel's angle; a notch is 120
STEP = 1.3  # zoom of a key
Key = Qt.Key


class FlowView(FlowStage):
    """What a person does with the stage: hover previews, a click pins, a double click opens, Esc goes back."""

    pointed = Signal(object)  # Unit or None: under the pointer
    chosen = Signal(object)  # Unit or None: clicked
    pixel_pointed = Signal(object)  # (row, column) of the map under the pointer, or None
    pixel_chosen = Signal(object)  # (row, column) of the map that was clicked, or None
    copied = Signal(object)  # Unit whose name is on the clipboard
    size_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 120)
        self.paint_seconds = 0.0
        self._painter = FlowPainter()
        self._press: QPointF | None = None
        self._dragged = False
        self.first_back: Callable[[], bool] = lambda: (
            False
        )  # what closes before a level does, and whether it did

    def set_network(self, network: Network) -> None:
        super().set_network(network)
        self.settled()

    def set_state(self, *, frozen: bool | None = None, stale: bool | None = None) -> None:
        """Show that the source is frozen, or that the maps are older than the network."""
        before = self.is_frozen, self.is_stale
        self.is_frozen = self.is_frozen if frozen is None else frozen
        self.is_stale = self.is_stale if stale is None else stale
        if (self.is_frozen, self.is_stale) != before:
            self.update()

    def set_query(self, query: str) -> None:
        """Let all units step back but those that are dead, saturated, or have this in their name; '' for none."""
        self.query = query.strip().lower()
        self.update()

    def show_field(self, field: ReceptiveField | None) -> None:
        if field is not self.field:
            super().show_field(field)
            self._prepare()

    def _prepare(self) -> None:
        """Before the next painting, what lasts longer than that."""
        if self.passage is None and self.isVisible():
            self._painter.prepare(self)
        self.update()

    def choose(self, unit: Unit | None) -> None:
        """Pin a unit, and tell."""
        self.selection = unit
        self.reveal(unit)
        self.chosen.emit(unit)
        self.update()

    def walk(self, key: int, far: bool = False) -> bool:
        """Move the selection by an arrow, Home, End, U or O; False if the key means none of them."""
        unit = step(self.scene, self.layout_now, self.selection, key, far)
        if unit is None:
            return False
        if self.level != NETWORK:
            self.exchange(unit)
        else:  # a pointer that rests on another unit does not hide where the keys lead, until it moves
            self.let_go()
        self.choose(unit)
        return True

    def go_back(self) -> None:
        """One level back; on the last one nothing is pinned any more."""
        if not (self.first_back() or self.back()):
            self.choose(None)

    def let_go(self) -> None:
        """Point at nothing until the pointer moves."""
        self.pointer = QPointF(-1, -1)
        self._forget_spot()

    # ---- painting ---------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        started = time.perf_counter()
        self._painter.paint(self)
        self.paint_seconds = time.perf_counter() - started

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.resized()
        self.size_changed.emit()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self._painter.forget()
            self.update()
        super().changeEvent(event)

    # ---- pointer ----------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom(1 + event.value(), event.position(), duration_ms=1)
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        pixels, held = event.pixelDelta(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if not pixels.isNull() and not held and event.phase() != Qt.ScrollPhase.NoScrollPhase:
            self.pan(pixels.x(), pixels.y())  # two fingers push the scene
        else:
            self.zoom(WHEEL ** (event.angleDelta().y() or event.angleDelta().x()), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._press, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._press is None or event.buttons() == Qt.MouseButton.NoButton:
            self._point(at)
            return
        far = (at - self._press).manhattanLength() >= QApplication.startDragDistance()
        if far and not self._dragged:
            self._dragged = True
            self.pointer = self._press
            self._forget_spot()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._dragged:
            by, self.pointer = at - self.pointer, at
            self.pan(by.x(), by.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_click = self._press is not None and not self._dragged
        self._press, self._dragged = None, False
        self.unsetCursor()
        self._point(event.position())
        if was_click and event.button() == Qt.MouseButton.LeftButton:
            spot = self.spot_at(event.position())
            if spot is not None:
                self.choose(spot.unit)
                self.pixel_chosen.emit(pixel_of_spot(spot))
            else:
                self.go_back()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._press = None
        spot = self.spot_at(event.position())
        if spot is None:
            self.fit()
        elif spot.unit == self.level:
            self.back()
        else:
            self.choose(spot.unit)
            self.open(spot.unit)

    def leaveEvent(self, event: QEvent) -> None:
        self.pointer = QPointF(-1, -1)
        self._forget_spot()

    def settled(self) -> None:
        self._point(self.pointer)

    def _point(self, at: QPointF) -> None:
        self.pointer = at
        inside = self.rect().contains(at.toPoint()) and self.passage is None
        old, self.spot = self.spot, self.spot_at(at) if inside else None
        unit = self.spot.unit if self.spot else None
        if (old.unit if old else None) != unit:
            self.pointed.emit(unit)
        if pixel_of_spot(old) != pixel_of_spot(self.spot) or (old and old.unit) != unit:
            self.pixel_pointed.emit(pixel_of_spot(self.spot))
        if old is not None or self.spot is not None:
            self._prepare()

    def _forget_spot(self) -> None:
        if self.spot is not None:
            self.spot = None
            self.pointed.emit(None)
            self.pixel_pointed.emit(None)
            self.update()

    # ---- keys -------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._obey(event):
            super().keyPressEvent(event)

    def _obey(self, event: QKeyEvent) -> bool:
        key, modifiers = event.key(), event.modifiers()
        if (
            modifiers & Qt.KeyboardModifier.ControlModifier
            and key == Key.Key_C
            and self.selection is not None
        ):
            QApplication.clipboard().setText(str(self.selection))
            self.copied.emit(self.selection)
            return True
        if modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            return False
        match key:
            case Key.Key_Escape:
                self.go_back()
            case Key.Key_Plus | Key.Key_Equal:
                self.zoom(STEP)
            case Key.Key_Minus:
                self.zoom(1 / STEP)
            case Key.Key_Return | Key.Key_Enter if self.selection is not None:
                self.open(self.selection)
            case Key.Key_Z if self.selection is not None:
                self.open_or_back(self.selection)
            case _:
                return self.walk(key, bool(modifiers & Qt.KeyboardModifier.ShiftModifier))
        return True

"""The network as a graph: a list of its layers with lanes that show how branches leave and meet."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QToolTip, QWidget

from explorer.ui.widgets.name_editor import NameEditor
from explorer.ui.widgets.network_graph_keys import Deed, deed_of, is_kept, steps_of
from explorer.ui.widgets.network_graph_layout import GraphLayout
from explorer.ui.widgets.network_graph_painter import GraphPainter, GraphState
from explorer.ui.widgets.network_graph_rows import GraphRow, Place


def _nothing_wrong(*_: str) -> str:
    return ""


class NetworkGraph(QAbstractScrollArea):
    """Shows rows, and says what the person wants done with them. It changes nothing by itself.

    `name_problem(name, new)` and `wire_problem(source, reader)` give the sentence against a new name or a new
    connection, so that it can be shown before the hand lets go.
    """

    selected = Signal(str)
    pointed_at = Signal(str)  # empty when the pointer leaves
    rename_asked = Signal(str, str)
    add_asked = Signal(object)  # Place
    move_asked = Signal(str, object)  # name, Place
    step_asked = Signal(str, int)  # move by one: -1 up, 1 down
    connect_asked = Signal(str, str)  # source, reader
    bypass_asked = Signal(str, bool)
    duplicate_asked = Signal(str)
    remove_asked = Signal(str)
    menu_asked = Signal(str, QPoint)  # name, global position

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name_problem: Callable[[str, str], str] = _nothing_wrong
        self.wire_problem: Callable[[str, str], str] = _nothing_wrong
        self._rows: tuple[GraphRow, ...] = ()
        self._state = GraphState()
        self._pressed: tuple[str, QPoint, bool] | None = None  # name, where, whether on its port
        self._moving = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Network")
        self.viewport().setMouseTracking(True)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self._plan = GraphLayout((), 200, self.font())

    # ---- what is shown ----------------------------------------------------------------------------------------

    @property
    def rows(self) -> tuple[GraphRow, ...]:
        """The rows as they are shown."""
        return self._rows

    @property
    def current(self) -> str:
        """Name of the selected row; empty if none is."""
        return self._state.selected

    @property
    def plan(self) -> GraphLayout:
        """Where everything lies, in the coordinates of the content."""
        return self._plan

    def show_rows(self, rows: Sequence[GraphRow]) -> None:
        """Show other rows; the selection stays where its name is still there."""
        self._rows = tuple(rows)
        self._lay_out()

    def set_current(self, name: str) -> None:
        """Mark a row as selected, without telling anybody."""
        if name != self._state.selected:
            self._mark(selected=name)
            self._show_row(name)

    def set_hovered(self, name: str) -> None:
        """Mark a row as pointed at, without telling anybody."""
        before, self._state = self._state, dataclasses.replace(self._state, hovered=name)
        for row in {before.hovered, name} & self._plan.index.keys() if name != before.hovered else ():
            rect = self._plan.row_rect(self._plan.index[row]).adjusted(0, -2, 0, 2)
            self.viewport().update(rect.translated(0, -self._offset()))

    def rename_current(self) -> None:
        """Open the line in which the selected layer is renamed."""
        index = self._plan.index.get(self.current)
        if index is None:
            return
        name = self.current
        rect = self._plan.name_rect(index).translated(0, -self._offset())
        editor = NameEditor(name, rect, lambda new: self.name_problem(name, new), self.viewport())
        editor.entered.connect(lambda new: self.rename_asked.emit(name, new))
        editor.closed.connect(self.setFocus)

    def show_place(self, point: QPoint | None) -> Place | None:
        """Mark where a layer dropped at this point of the viewport would go; None takes the mark away."""
        inside = point is not None and self.viewport().rect().contains(point)
        place = self._plan.place_at(self._content(point)) if inside else None
        if inside:
            self._scroll_at_edge(point)
        self._mark(place=place, plus=None)
        return place

    # ---- painting -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.translate(0, -self._offset())
        state = dataclasses.replace(self._state, focused=self.hasFocus())
        visible = event.rect().translated(0, self._offset())
        GraphPainter(painter, self._plan, state).paint(visible)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
        if event.size().height() < event.oldSize().height():
            self._show_row(self.current)  # the palette opened below it

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._lay_out()

    def _lay_out(self) -> None:
        self._plan = GraphLayout(self._rows, max(80, self.viewport().width()), self.font())
        overflow = max(0, self._plan.height + 8 - self.viewport().height())
        self.verticalScrollBar().setRange(0, overflow)
        self.verticalScrollBar().setPageStep(self.viewport().height())
        self.verticalScrollBar().setSingleStep(self._plan.line)
        self._mark(plus=None, place=None)
        self.viewport().update()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def _mark(self, **changes: object) -> None:
        state = dataclasses.replace(self._state, **changes)  # type: ignore[arg-type]
        if state != self._state:
            self._state = state
            self.viewport().update()

    def _offset(self) -> int:
        return self.verticalScrollBar().value()

    def _content(self, point: QPoint) -> QPoint:
        return point + QPoint(0, self._offset())

    def _show_row(self, name: str) -> None:
        index = self._plan.index.get(name)
        if index is None:
            return
        rect, bar = self._plan.row_rect(index), self.verticalScrollBar()
        bar.setValue(min(bar.value(), rect.top()))
        bar.setValue(max(bar.value(), rect.bottom() - self.viewport().height()))

    def _scroll_at_edge(self, point: QPoint) -> None:
        bar = self.verticalScrollBar()
        if point.y() < self._plan.line // 2:
            bar.setValue(bar.value() - 8)
        elif point.y() > self.viewport().height() - self._plan.line // 2:
            bar.setValue(bar.value() + 8)

    # ---- the mouse ------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = self._content(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton:
            return
        below = self._plan.plus_at(point)
        port = self._plan.port_at(point)
        if below is not None and port is None:
            self.add_asked.emit(Place(self._rows[below].name))
            return
        index = self._plan.row_at(point.y())
        if index is None:
            return
        row = self._rows[index]
        if not row.is_input and self._plan.switch_rect(index).contains(point):
            self.bypass_asked.emit(row.name, not row.bypassed)
            return
        self._pressed = (row.name, point, port is not None)
        self._choose(row.name)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        where = event.position().toPoint()
        point = self._content(where)
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._hover(point)
            return
        name, start, on_port = self._pressed
        far = (point - start).manhattanLength() >= QApplication.startDragDistance()
        if on_port and (far or self._state.wire_source):
            self._draw_wire(name, point)
        elif far or self._moving:
            self._moving = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.show_place(where)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        moving, self._moving = self._moving, False
        state = self._state
        self._mark(wire_source="", wire_end=None, wire_target="", wire_problem="", place=None)
        self.unsetCursor()
        if pressed is None:
            return
        if moving and state.place is not None and not _is_where_it_is(pressed[0], state.place):
            self.move_asked.emit(pressed[0], state.place)
        elif state.wire_source and state.wire_target:
            self.connect_asked.emit(state.wire_source, state.wire_target)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = self._content(event.position().toPoint())
        index = self._plan.row_at(point.y())
        if index is not None and self._plan.name_rect(index).contains(point):
            self._pressed = None
            self._choose(self._rows[index].name)
            self.rename_current()
        else:
            self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._mark(hovered="", plus=None)
        self.pointed_at.emit("")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            index = self._plan.row_at(self._content(event.pos()).y())
            if index is not None:
                self._choose(self._rows[index].name)
            self.menu_asked.emit(self.current, event.globalPos())
            return
        index = self._plan.index.get(self.current)
        corner = self._plan.name_rect(index).bottomLeft() if index is not None else QPoint()
        self.menu_asked.emit(self.current, self.viewport().mapToGlobal(corner - QPoint(0, self._offset())))

    def _hover(self, point: QPoint) -> None:
        index = self._plan.row_at(point.y())
        name = "" if index is None else self._rows[index].name
        on_port = self._plan.port_at(point) is not None
        on_plus = None if on_port else self._plan.plus_at(point)
        self.setCursor(
            Qt.CursorShape.CrossCursor if on_port
            else Qt.CursorShape.PointingHandCursor if on_plus is not None
            else Qt.CursorShape.ArrowCursor
        )  # fmt: skip
        if name != self._state.hovered:
            self.pointed_at.emit(name)
        self._mark(hovered=name, plus=on_plus)

    def _draw_wire(self, source: str, point: QPoint) -> None:
        index = self._plan.row_at(point.y())
        target = "" if index is None else self._rows[index].name
        if target == source:
            target = ""
        problem = self.wire_problem(source, target) if target else ""
        self._mark(wire_source=source, wire_end=QPointF(point), wire_target=target, wire_problem=problem)

    def _choose(self, name: str) -> None:
        self.set_current(name)
        self.selected.emit(name)

    # ---- the keyboard ---------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._act(event):
            super().keyPressEvent(event)

    def _act(self, event: QKeyEvent) -> bool:
        page = max(1, self.viewport().height() // self._plan.line - 1)
        steps = steps_of(event, page, len(self._rows))
        if steps and self._rows:
            index = self._plan.index.get(self.current, -1 if steps > 0 else len(self._rows))
            self._choose(self._rows[min(max(index + steps, 0), len(self._rows) - 1)].name)
            return True
        deed = deed_of(event)
        if deed is None or not self.current:
            return False
        self._ask(deed, self.current)
        return True

    def _ask(self, deed: Deed, name: str) -> None:
        match deed:
            case "rename":
                self.rename_current()
            case "remove":
                self.remove_asked.emit(name)
            case "add":
                self.add_asked.emit(Place(name))
            case "duplicate":
                self.duplicate_asked.emit(name)
            case "bypass":
                self.bypass_asked.emit(name, not self._rows[self._plan.index[name]].bypassed)
            case "up" | "down":
                self.step_asked.emit(name, -1 if deed == "up" else 1)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and is_kept(event):
            event.accept()  # the graph has the focus, so its keys win over the window's shortcuts
            return True
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def tip_at(self, where: QPoint) -> str:
        """What the tool tip says at this point of the viewport."""
        point = self._content(where)
        index = self._plan.row_at(point.y())
        if index is None:
            return ""
        if self._plan.port_at(point) is not None:
            return "Drag to another layer to let that one read this one."
        below = self._plan.plus_at(point)
        if below is not None:
            return f"Add a layer after {self._rows[below].name}"
        if self._plan.switch_rect(index).contains(point) and not self._rows[index].is_input:
            return "Bypass: let the layer hand on its input (Ctrl+B)"
        return self._rows[index].tip


def _is_where_it_is(name: str, place: Place) -> bool:
    return name in (place.after, place.before)

"""Draws the network's graph: lanes with nodes on the left, names, shapes and notes beside them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen

from explorer.ui import icons, theme
from explorer.ui.widgets.network_graph_layout import SWITCH, GraphLayout
from explorer.ui.widgets.network_graph_rows import GraphRow, Place

Align = Qt.AlignmentFlag


@dataclass(frozen=True)
class GraphState:
    """What is marked in the graph at the moment."""

    selected: str = ""
    hovered: str = ""
    focused: bool = False
    plus: int | None = None  # row below which the plus is shown
    place: Place | None = None  # where something would be dropped
    wire_source: str = ""  # a connection being drawn: from this node ...
    wire_end: QPointF | None = None  # ... to here ...
    wire_target: str = ""  # ... onto this node ...
    wire_problem: str = ""  # ... which cannot read it because


class GraphPainter:
    """Paints rows of a layout in a state, with the colours of the theme."""

    def __init__(self, painter: QPainter, layout: GraphLayout, state: GraphState) -> None:
        self.painter = painter
        self.layout = layout
        self.state = state
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def paint(self, visible: QRect) -> None:
        """Everything that touches `visible`."""
        for index in range(len(self.layout.rows)):
            if self.layout.row_rect(index).intersects(visible):
                self._ground(index)
        for index in range(len(self.layout.rows)):
            if self.layout.row_rect(index).intersects(visible):
                self._lines(index)
                self._dot(index)
                self._texts(index)
                self._switch(index)
        self._plus()
        self._place()
        self._wire()

    def _ground(self, index: int) -> None:
        row, rect = self.layout.rows[index], self.layout.row_rect(index)
        if row.name == self.state.wire_target:
            self.painter.fillRect(
                rect, theme.color("error_ground" if self.state.wire_problem else "note_ground")
            )
        elif row.name == self.state.selected:
            ground = theme.color("accent_ground")
            if not self.state.focused:
                ground.setAlphaF(0.6)
            self.painter.fillRect(rect, ground)
            self.painter.fillRect(QRect(0, rect.top(), 3, rect.height()), theme.color("accent"))
        elif row.name == self.state.hovered:
            self.painter.fillRect(rect, theme.color("bar"))
        line = theme.color("border")
        line.setAlphaF(0.4)
        self.painter.fillRect(QRect(self.layout.columns.name, rect.bottom(), rect.width(), 1), line)

    def _lines(self, index: int) -> None:
        rect, port = self.layout.row_rect(index), self.layout.port(index)
        for line in self.layout.lanes[index].lines:
            lit = self._is_lit(line.source, index)
            pen = QPen(theme.color("accent" if lit else "edge"), 2.0 if lit else 1.4)
            row = self.layout.rows[index]
            if row.bypassed and (line.bottom is None or line.top is None):
                pen.setStyle(Qt.PenStyle.DotLine)
            start = port if line.top is None else QPointF(self.layout.lane_x(line.top), rect.top())
            end = port if line.bottom is None else QPointF(self.layout.lane_x(line.bottom), rect.bottom() + 1)
            self.painter.setPen(pen)
            self.painter.setBrush(Qt.BrushStyle.NoBrush)
            self.painter.drawPath(_bend(start, end))

    def _is_lit(self, source: str, index: int) -> bool:
        chosen = self.layout.index.get(self.state.selected)
        if chosen is None:
            return False
        return source == self.state.selected or (
            source in self.layout.rows[chosen].inputs and index <= chosen
        )

    def _dot(self, index: int) -> None:
        row, port = self.layout.rows[index], self.layout.port(index)
        color = theme.color("accent" if row.name == self.state.selected else "edge")
        if row.problem:
            color = theme.color("stale" if row.waits else "error")
        hovered = row.name in (self.state.hovered, self.state.wire_source)
        radius = min(5.0 if len(row.inputs) > 1 or hovered else 4.0, self.layout.lane_width / 2)
        self.painter.setPen(QPen(color, 1.6))
        self.painter.setBrush(theme.color("panel") if row.bypassed or row.waits else color)
        if len(row.inputs) > 1:
            self.painter.drawPolygon(
                [
                    port + QPointF(x * radius * 1.25, y * radius * 1.25)
                    for x, y in ((0, -1), (1, 0), (0, 1), (-1, 0))
                ]
            )
        elif row.is_input:
            self.painter.drawRect(QRectF(port.x() - radius, port.y() - radius, 2 * radius, 2 * radius))
        else:
            self.painter.drawEllipse(port, radius, radius)

    def _texts(self, index: int) -> None:
        row = self.layout.rows[index]
        beside_switch = self._has_switch(row)
        name = "faint" if row.bypassed else "error" if row.problem and not row.waits else "text"
        quiet = "faint" if row.bypassed or row.waits else "quiet"
        if row.waits:
            name = "quiet"
        self.painter.setFont(self.layout.bold)
        self._text(self.layout.name_rect(index), row.name, name, elide=Qt.TextElideMode.ElideMiddle)
        self.painter.setFont(self.layout.font)
        self._text(self.layout.summary_rect(index, beside_switch), row.summary, quiet)
        self.painter.setFont(self.layout.small)
        shape = self.layout.shape_rect(index, beside_switch)
        self._text(shape, row.shape or "—", quiet, Align.AlignRight)
        if row.note:
            self._note(index, row)

    def _note(self, index: int, row: GraphRow) -> None:
        rect = self.layout.note_rect(index)
        if not row.problem:
            self._text(rect, row.formula, "faint")
            return
        self.painter.setPen(theme.color("faint" if row.waits else "error"))
        self.painter.drawText(
            rect, int(Align.AlignLeft | Align.AlignTop) | int(Qt.TextFlag.TextWordWrap), row.problem
        )

    def _text(
        self,
        rect: QRect,
        text: str,
        color: str,
        side: Qt.AlignmentFlag = Align.AlignLeft,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        if rect.width() <= 0:
            return
        self.painter.setPen(theme.color(color))
        elided = QFontMetrics(self.painter.font()).elidedText(text, elide, rect.width())
        self.painter.drawText(rect, int(side | Align.AlignVCenter), elided)

    def _switch(self, index: int) -> None:
        row = self.layout.rows[index]
        if not self._has_switch(row):
            return
        color = "accent" if row.bypassed else "quiet"
        picture = icons.pixmap("bypass", SWITCH - 2, color)
        rect = self.layout.switch_rect(index)
        self.painter.drawPixmap(rect.left(), rect.center().y() - (SWITCH - 2) // 2, picture)

    def _has_switch(self, row: GraphRow) -> bool:
        return not row.is_input and (row.bypassed or row.name == self.state.hovered)

    def _plus(self) -> None:
        if self.state.plus is None or self.state.place is not None:
            return
        middle = self.layout.plus(self.state.plus)
        accent = theme.color("accent")
        self.painter.setPen(QPen(accent, 1))
        self.painter.drawLine(middle, QPointF(self.layout.width, middle.y()))
        _draw_plus(self.painter, middle, accent)

    def _place(self) -> None:
        if self.state.place is None:
            return
        y = self.layout.place_y(self.state.place)
        accent = theme.color("accent")
        self.painter.setPen(QPen(accent, 2))
        self.painter.drawLine(QPointF(0, y), QPointF(self.layout.width, y))
        anchor = self.state.place.before or self.state.place.after
        _draw_plus(self.painter, QPointF(self.layout.port(self.layout.index[anchor]).x(), y), accent)

    def _wire(self) -> None:
        if not self.state.wire_source or self.state.wire_end is None:
            return
        start = self.layout.port(self.layout.index[self.state.wire_source])
        self.painter.setPen(QPen(theme.color("error" if self.state.wire_problem else "accent"), 2))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawPath(_bend(start, self.state.wire_end))


def _bend(start: QPointF, end: QPointF) -> QPainterPath:
    path = QPainterPath(start)
    if start.x() == end.x():
        path.lineTo(end)
    else:
        middle = (start.y() + end.y()) / 2
        path.cubicTo(QPointF(start.x(), middle), QPointF(end.x(), middle), end)
    return path


def _draw_plus(painter: QPainter, middle: QPointF, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(middle, 7.0, 7.0)
    painter.setPen(QPen(theme.color("on_accent"), 1.6))
    painter.drawLine(middle - QPointF(3.5, 0), middle + QPointF(3.5, 0))
    painter.drawLine(middle - QPointF(0, 3.5), middle + QPointF(0, 3.5))

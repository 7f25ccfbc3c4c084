"""Where everything of the network's graph lies: rows, lanes, ports, and what is under a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics

from explorer.ui import theme
from explorer.ui.widgets.network_graph_lanes import LaneRow, lane_count, lane_rows
from explorer.ui.widgets.network_graph_rows import GraphRow, Place

MARGIN = 6
GAP = 8  # between the columns
WIDEST_LANE, NARROWEST_LANE = 14, 5
MOST_OF_LANES = 0.3  # share of the width
MOST_OF_NAMES = 0.55  # share of what the shapes leave; a longer name pushes its row's summary away
NARROWEST_SUMMARY = 34
NOTE_LINES = 3  # of a sentence; the tool tip has all of it
SWITCH = 16  # width of the bypass switch of the row under the pointer; its shape makes room
GRIP = 9  # pixels around a port or a plus within which it is meant


@dataclass(frozen=True)
class Columns:
    """Left edges and widths of what a row writes, in pixels."""

    name: int
    name_width: int
    shape: int
    shape_width: int
    switch: int

    @property
    def note_width(self) -> int:
        """Width that the second line has."""
        return self.switch + SWITCH - self.name


class GraphLayout:
    """The geometry for these rows at this width; made anew when either changes."""

    def __init__(self, rows: Sequence[GraphRow], width: int, font: QFont) -> None:
        self.rows = tuple(rows)
        self.width = width
        self.font, self.bold, self.small = QFont(font), QFont(font), theme.quiet_font(font, 0.85)
        self.bold.setBold(True)
        self.lanes: list[LaneRow] = lane_rows({row.name: row.inputs for row in rows})
        self.index = {row.name: i for i, row in enumerate(rows)}
        count = lane_count(self.lanes) if rows else 1
        room = int(width * MOST_OF_LANES)
        self.lane_width = max(NARROWEST_LANE, min(WIDEST_LANE, room // count))
        self.columns = self._columns(MARGIN + self.lane_width * count + 4)
        self.line = QFontMetrics(font).height() + 9
        self.tops: list[int] = [0]
        for row in self.rows:
            self.tops.append(self.tops[-1] + self._height(row))

    @property
    def height(self) -> int:
        """Height of all rows together."""
        return self.tops[-1]

    def row_rect(self, index: int) -> QRect:
        """Where the row lies."""
        return QRect(0, self.tops[index], self.width, self.tops[index + 1] - self.tops[index])

    def name_rect(self, index: int) -> QRect:
        """Where the row's name is written."""
        width = min(
            max(
                self.columns.name_width, QFontMetrics(self.bold).horizontalAdvance(self.rows[index].name) + 2
            ),
            self.columns.shape - GAP - self.columns.name,
        )
        return QRect(self.columns.name, self.tops[index], width, self.line)

    def summary_rect(self, index: int, beside_switch: bool = False) -> QRect:
        """Where the row says what kind of layer it is; empty where a long name leaves no room."""
        bold = QFontMetrics(self.bold)
        name_width = max(self.columns.name_width, bold.horizontalAdvance(self.rows[index].name))
        left = self.columns.name + name_width + GAP
        width = self.shape_rect(index, beside_switch).left() - GAP - left
        return QRect(left, self.tops[index], width if width >= NARROWEST_SUMMARY else 0, self.line)

    def shape_rect(self, index: int, beside_switch: bool) -> QRect:
        """Where the row's shape is written, at the right edge or left of the bypass switch."""
        left = self.columns.shape - (SWITCH if beside_switch else 0)
        return QRect(left, self.tops[index], self.columns.shape_width, self.line)

    def note_rect(self, index: int) -> QRect:
        """Where the row's second line is written."""
        top = self.tops[index] + self.line - 4
        return QRect(self.columns.name, top, self.columns.note_width, self.tops[index + 1] - top - 4)

    def switch_rect(self, index: int) -> QRect:
        """Where the row's bypass switch is."""
        return QRect(self.columns.switch, self.tops[index], SWITCH, self.line)

    def lane_x(self, lane: int) -> float:
        """The middle of a lane."""
        return MARGIN + (lane + 0.5) * self.lane_width

    def port(self, index: int) -> QPointF:
        """The middle of the node's dot."""
        return QPointF(self.lane_x(self.lanes[index].lane), self.tops[index] + self.line / 2)

    def plus(self, index: int) -> QPointF:
        """The middle of the plus below a row."""
        return QPointF(max(self.lane_x(self.lanes[index].lane), GRIP), self.tops[index + 1])

    def row_at(self, y: int) -> int | None:
        """The row at this height, or None below the last one."""
        if not 0 <= y < self.height:
            return None
        return next(i for i in range(len(self.rows)) if y < self.tops[i + 1])

    def port_at(self, point: QPoint) -> int | None:
        """The row whose dot is under the point."""
        row = self.row_at(point.y())
        return row if row is not None and _near(self.port(row), point) else None

    def plus_at(self, point: QPoint) -> int | None:
        """The row below which the plus under the point stands."""
        near = (i for i in range(len(self.rows)) if _near(self.plus(i), point))
        return next(near, None)

    def place_at(self, point: QPoint) -> Place | None:
        """Where a layer dropped at this point goes: the upper third of a row means before it."""
        if not self.rows:
            return None
        index = self.row_at(point.y())
        if index is None:
            index = len(self.rows) - 1
        row = self.rows[index]
        upper = point.y() < self.tops[index] + self.row_rect(index).height() / 3
        if upper and point.y() >= 0 and not row.is_input:
            return Place(row.inputs[0], row.name)
        return Place(row.name)

    def place_y(self, place: Place) -> int:
        """Height of the line that marks the place."""
        if place.before is not None:
            return self.tops[self.index[place.before]]
        return self.tops[self.index[place.after] + 1]

    def _height(self, row: GraphRow) -> int:
        if not row.note:
            return self.line
        metrics = QFontMetrics(self.small)
        if not row.problem:
            return self.line + metrics.height() - 1
        room = QRect(0, 0, max(40, self.columns.note_width), 10_000)
        needed = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, row.note).height()
        return self.line + min(needed, NOTE_LINES * metrics.lineSpacing()) + 2

    def _columns(self, left: int) -> Columns:
        bold, small = QFontMetrics(self.bold), QFontMetrics(self.small)
        switch = self.width - SWITCH - 4
        shape_width = max((small.horizontalAdvance(row.shape) for row in self.rows), default=0) + 2
        name_width = max((bold.horizontalAdvance(row.name) for row in self.rows), default=0) + 2
        room = switch + SWITCH - left
        shape_width = min(shape_width, int(room * 0.5))
        name_width = min(name_width, int((room - shape_width) * MOST_OF_NAMES))
        return Columns(left, name_width, switch + SWITCH - shape_width, shape_width, switch)


def _near(middle: QPointF, point: QPoint) -> bool:
    return abs(middle.x() - point.x()) <= GRIP and abs(middle.y() - point.y()) <= GRIP

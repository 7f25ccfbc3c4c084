"""The arithmetic of one value as coloured cells; pointing at one shows all that it hangs together with."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from explorer.engine.arithmetic.explanation import Cell, Explanation, Part
from explorer.engine.arithmetic.linking import linked
from explorer.ui import theme
from explorer.ui.short_number import short_number
from explorer.ui.widgets.arithmetic_column import channel_sums
from explorer.ui.widgets.arithmetic_layout import lay_out
from explorer.ui.widgets.arithmetic_painter import ArithmeticPainter, Links
from explorer.ui.widgets.arithmetic_sheet import Box, Grid, Group, Room, Sheet

MARGIN = 4
FEW = 4  # channels: so many are shown from the first on


class ArithmeticView(QWidget):
    """Draws an explanation from its parts alone. A click on a channel's sum shows that channel, or opens a group."""

    cell_pointed = Signal(str)  # what is under the pointer, '' for nothing
    followed = Signal(object, object)  # node and unit of a number that was double-clicked: where it was read

    def __init__(self, layout: Callable[[Explanation, Room], Sheet] = lay_out) -> None:
        super().__init__()
        self._layout = layout
        self.colours = "red-blue"
        self.explanation: Explanation | None = None
        self.sheet = Sheet()
        self.spot: tuple[str, Cell] | None = None  # part and cell under the pointer
        self.channel = 0  # the first that is shown
        self.opened: tuple[int, int] | None = None  # the channels of the group that is open
        self.paint_seconds = 0.0
        self._channel_names: Sequence[str] = ()
        self._room = QSize(400, 120)
        self._sentence = ""
        self._kind: object = None
        self._laid_out: object = None  # the kind for which the sheet was made
        self._links: Links | None = None
        self._pointer: QPointF | None = None
        self.setMouseTracking(True)

    # ---- what is shown ----------------------------------------------------------------------------------------

    def show_explanation(self, explanation: Explanation, channel_names: Sequence[str] = ()) -> None:
        """Show how a value came about. What was open stays open while the parts keep their shapes.

        Of many channels the one that counts most is shown at first: often most of the others are nothing.
        """
        kind = (
            explanation.node,
            channel_names,
            tuple((one.name, one.numbers.shape) for one in explanation.parts),
        )
        if kind != self._kind:
            self._kind, self.opened = kind, None
            sums = channel_sums(explanation.parts)
            is_many = sums is not None and len(sums.numbers) > FEW
            self.channel = int(np.argmax(np.abs(np.nan_to_num(sums.numbers)))) if sums and is_many else 0
        self.explanation, self._sentence, self._channel_names = explanation, "", channel_names
        deepest = max(part.numbers.ndim for part in explanation.parts)
        if kind == self._laid_out and deepest != 1:  # of a strip the largest come first, and they change
            self._point()
            self.update()
        else:
            self._lay_out()

    def show_sentence(self, sentence: str) -> None:
        """Say why there is nothing to show."""
        self.explanation, self._sentence, self._kind = None, sentence, None
        self.sheet, self._links, self._laid_out = Sheet(), None, None
        self.setMinimumSize(0, 0)
        self._tell(None)
        self.update()

    def set_room(self, size: QSize) -> None:
        """How much can be seen of the view without scrolling."""
        if size != self._room:
            self._room = size
            self._lay_out()

    def _lay_out(self) -> None:
        if self.explanation is None:
            return
        wide, high = self._room.width() - 2 * MARGIN, self._room.height() - 2 * MARGIN
        room = Room(wide, high, self.channel, self.opened, self._channel_names)
        self.sheet, self._laid_out = self._layout(self.explanation, room), self._kind
        self.setMinimumSize(int(self.sheet.width) + 2 * MARGIN, int(self.sheet.height) + 2 * MARGIN)
        self._point()
        self.update()

    def box_of(self, part: str, cell: Cell = ()) -> Box | None:
        """Where a number of a part is, in coordinates of the sheet; None where it is not on screen."""
        return next((box for box in self.sheet.boxes if (box.part, box.cell) == (part, cell)), None)

    # ---- painting ---------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        started = time.perf_counter()
        painter = QPainter(self)
        try:
            if self.explanation is not None:
                painter.translate(MARGIN, MARGIN)
                ArithmeticPainter(self.explanation, self.sheet, self.colours, self.font()).paint(
                    painter, self._links
                )
            elif self._sentence:
                painter.setPen(theme.color("quiet"))
                area = self.rect().adjusted(20, 0, -20, 0)
                painter.drawText(
                    area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._sentence
                )
        finally:
            painter.end()
        self.paint_seconds = time.perf_counter() - started

    # ---- pointer ----------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self._point()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self._point()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self._point()
        found = self._at()
        if isinstance(found, Group):
            self.opened = (found.group.first, found.group.last) if found.group is not None else None
            self.channel = found.group.first if found.group is not None else self.channel
            self._lay_out()
        elif isinstance(found, Box) and self._is_sum(found):
            self.channel = found.cell[0]
            self._lay_out()
        event.ignore()  # so that the panel gets the focus

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.explanation is None or self.spot is None:
            return
        name, cell = self.spot
        places = self.explanation[name].places
        if places is not None and not places.parameter:
            unit = places.unit(cell)
            if unit is not None:
                self.followed.emit(places.node, unit)

    def _is_sum(self, box: Box) -> bool:
        sums = channel_sums(self.explanation.parts) if self.explanation is not None else None
        return sums is not None and sums.name == box.part

    def _at(self) -> Box | Grid | Group | None:
        if self._pointer is None:
            return None
        at = self._pointer - QPointF(MARGIN, MARGIN)
        things: list[Box | Grid | Group] = [*self.sheet.boxes, *self.sheet.groups, *self.sheet.grids]
        return next((one for one in things if one.rect.contains(at)), None)

    def _point(self) -> None:
        """Find out anew what is under the pointer."""
        found = self._at()
        spot: tuple[str, Cell] | None = None
        if isinstance(found, Box):
            spot = found.part, found.cell
        elif isinstance(found, Grid) and self._pointer is not None:
            spot = (
                found.part,
                _cell_of_grid(found, self._pointer - QPointF(MARGIN, MARGIN), self._shape(found.part)),
            )
        is_link = isinstance(found, Group) or (isinstance(found, Box) and self._is_sum(found))
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_link else Qt.CursorShape.ArrowCursor)
        self._tell(spot)

    def _shape(self, part: str) -> tuple[int, ...]:
        return self.explanation[part].numbers.shape if self.explanation is not None else ()

    def _tell(self, spot: tuple[str, Cell] | None) -> None:
        explanation = self.explanation
        had_links = self._links is not None
        self.spot = spot
        if explanation is None or spot is None:
            self._links = None
            if had_links or explanation is None:
                self.cell_pointed.emit("")
        else:
            self._links = linked(explanation, *spot)
            self.cell_pointed.emit(described(explanation[spot[0]], spot[1]))
        if had_links or self._links is not None:
            self.update()


def _cell_of_grid(grid: Grid, at: QPointF, shape: tuple[int, ...]) -> Cell:
    row = min(grid.rows - 1, int((at.y() - grid.rect.top()) / grid.rect.height() * grid.rows))
    column = min(grid.columns - 1, int((at.x() - grid.rect.left()) / grid.rect.width() * grid.columns))
    if grid.channel is None:
        return row, column
    middle = shape[1:-1]
    rest = row
    inner: list[int] = []
    for size in reversed(middle):
        rest, place = divmod(rest, size)
        inner.insert(0, place)
    return grid.channel, *inner, column


def described(part: Part, cell: Cell) -> str:
    """What a number is and where it comes from: 'patch 0.353: image, channel 2 at (63, 81)'."""
    text = f"{part.name} {short_number(float(part.numbers[cell]))}"
    places = part.places
    if part.absent is not None and bool(part.absent[cell]):
        return f"{part.name}: outside of the map, does not count"
    if places is None:
        return f"{text}: {part.text}" if part.text else text
    unit = places.unit(cell)
    if unit is None:
        return f"{text}: a constant of the padding"
    if places.parameter:
        return f"{text}: {places.parameter} of {places.node}, [{', '.join(map(str, unit))}]"
    channel, *position = unit
    where = f"{places.node}:{channel}" + (f" at ({', '.join(map(str, position))})" if position else "")
    if places.position(cell) != unit:
        return f"{text}: in the padding, repeats {where}"
    return f"{text}: {where} (double click: how that came about)"


class ArithmeticScroll(QScrollArea):
    """The view with scroll bars where its numbers need more room than there is."""

    def __init__(self, view: ArithmeticView) -> None:
        super().__init__()
        self.view = view
        self.setWidget(view)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        view.setAutoFillBackground(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.view.set_room(self.maximumViewportSize())
        super().resizeEvent(event)

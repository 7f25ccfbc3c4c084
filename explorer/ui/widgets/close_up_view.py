"""A pixel enlarged beside what it reads: the window over the map before it, each weight on the value it multiplies."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.rendering.flat_maps import flat_maps, pixel_of
from explorer.rendering.look import Look
from explorer.rendering.map_pixels import largest_size
from explorer.ui import theme
from explorer.ui.pixel_arithmetic import Explained
from explorer.ui.widgets.close_up_cells import CloseCells, Reading, input_cells, output_cells, readings_of
from explorer.ui.widgets.close_up_links import described, moved_to, readers_of, winners_of
from explorer.ui.widgets.close_up_painter import CloseUpPainter, value_pixels
from explorer.ui.widgets.close_up_places import CAPTION, Board, Places, arrange


class CloseUpView(QWidget):
    """Two boards of cells. Pointing at the right one previews that pixel, at the left one tells who reads a value."""

    pointed = Signal(object)  # (row, column) of the unit's map under the pointer, or None
    chosen = Signal(object)  # (row, column) of the unit's map that was clicked
    held = Signal(bool)  # the pointer moves here, or has gone: whatever moves waits
    told = Signal(str)  # what is under the pointer, '' for nothing

    def __init__(self) -> None:
        super().__init__()
        self.look = Look()
        self.filled: int | None = (
            None  # the last pixel of the output, in reading order, that is filled; None: all
        )
        self.read: CloseCells | None = None
        self.own: CloseCells | None = None
        self.places: Places | None = None
        self.readings: list[Reading] = []
        self.reading = 0
        self.paint_seconds = 0.0
        self._found: Explained | None = None
        self.sentence = ""
        self._kind: object = None
        self._spot: tuple[bool, int, int] | None = None  # whether on the left board, row, column
        self._readers: tuple[object, list[tuple[int, int]]] = (None, [])
        self._limits = (1.0, 1.0)
        self._painter = CloseUpPainter()
        self.setMouseTracking(True)
        self.setMinimumSize(260, 70)  # below that the steps would lie on it

    def sizeHint(self) -> QSize:
        return QSize(560, 240)

    # ---- what is shown ----------------------------------------------------------------------------------------

    @property
    def explained(self) -> Explained | None:
        """What is shown."""
        return self._found

    def show_explained(self, found: Explained) -> None:
        """Show how a pixel came about; boards scroll only as far as they must."""
        explanation = found.explanation
        self._found, self.sentence = found, ""
        order = readings_of(explanation)
        kind = explanation.node, explanation.unit[0], {(one.part, one.node, one.channel) for one in order}
        if kind != self._kind:
            self._kind, self.readings, self.reading, self.places = kind, order, 0, None
        if not self.readings:
            self.show_sentence("")
            return
        self._arrange()

    def show_sentence(self, sentence: str) -> None:
        """Say why there is nothing to show."""
        self.sentence, self._kind, self.places = sentence, None, None
        self.read = self.own = self._found = None
        self.readings = []
        self.update()

    def show_reading(self, number: int) -> None:
        """Show another one of the maps that the unit reads."""
        if self.readings:
            self.reading = number % len(self.readings)
            self._arrange()

    def fill_to(self, index: int | None) -> None:
        """Show the output only up to here, in reading order; None for all of it."""
        self.filled = index
        self.update()

    def _arrange(self) -> None:
        found = self._found
        if found is None or not self.readings:
            return
        explanation, trace = found.explanation, found.trace
        reading = self.readings[self.reading]
        self.places = arrange(self.width(), self.height(), trace, explanation, reading, self.places)
        self.read = input_cells(trace, explanation, reading, self.places.spans)
        own = trace.activations[explanation.node][0, explanation.unit[0]]
        is_list = not own.ndim  # that stands beside the boards, not on one
        self.own = None if is_list else output_cells(own, *self.places.own_spans)
        read = trace.activations[reading.node][0, reading.channel]
        self._limits = largest_size(read), 1.0 if is_list else largest_size(own)
        self._tell()
        self.update()

    # ---- painting ---------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        started = time.perf_counter()
        painter = QPainter(self)
        try:
            if self.places is not None and self.read is not None:
                self._paint_read(painter, self.places, self.read)
                if self.own is not None:
                    self._paint_own(painter, self.places, self.own)
                self._paint_pointers(painter, self.places)
            else:
                painter.setPen(theme.color("quiet"))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(self.rect().adjusted(16, 0, -16, 0), flags, self.sentence)
        finally:
            painter.end()
        self.paint_seconds = time.perf_counter() - started

    def _paint_read(self, painter: QPainter, places: Places, read: CloseCells) -> None:
        assert self._found is not None
        reading = self.readings[self.reading]
        is_image = not self._found.trace.network[reading.node].inputs
        pixels = value_pixels(read.values, self._limits[0], self.look, theme.is_dark(), is_image)
        self._painter.paint_read(painter, places.read, read, pixels, self.font(), self.devicePixelRatioF())
        is_beside = places.own.left > places.read.left
        room = places.own.left - 8 if is_beside and self.own is not None else self.width()
        slices = f", {read.slices} slices" if read.slices > 1 else ""
        self._paint_caption(painter, places.read, f"{reading.node}:{reading.channel}{slices}", room)
        for cell in winners_of(self._found.explanation, read, reading):
            _frame(painter, places.read.cell(*cell).adjusted(2, 2, -2, -2), "good", 2.0)

    def _paint_own(self, painter: QPainter, places: Places, own: CloseCells) -> None:
        assert self._found is not None
        explanation = self._found.explanation
        is_image = not self._found.trace.network[explanation.node].inputs
        pixels = value_pixels(own.values, self._limits[1], self.look, theme.is_dark(), is_image)
        filled = self._filled_cells(own)
        self._painter.paint_own(
            painter, places.own, own, pixels, filled, self.font(), self.devicePixelRatioF()
        )
        self._paint_caption(painter, places.own, f"{explanation.node}:{explanation.unit[0]}", self.width())
        here = own.cell_at(*pixel_of(self._shape(), explanation.unit))
        if here is not None:
            _frame(painter, places.own.cell(*here), "selection", 2.0)
            self._paint_arrow(painter, places, here)

    def _paint_pointers(self, painter: QPainter, places: Places) -> None:
        for cell in self.readers():
            _frame(painter, places.own.cell(*cell), "hover", 1.5)
        if self._spot is not None and self._spot[0]:
            _frame(painter, places.read.cell(*self._spot[1:]), "hover", 1.5)

    def _filled_cells(self, own: CloseCells) -> np.ndarray:
        if self.filled is None or self._found is None:
            return np.ones(own.values.shape, bool)
        width = flat_maps(self._found.trace.activations[self._found.explanation.node]).shape[2]
        return own.rows[:, None] * width + own.columns[None, :] <= self.filled

    def _paint_caption(self, painter: QPainter, board: Board, text: str, right: float) -> None:
        """The name of a map above its board, as far as there is room."""
        painter.setFont(theme.quiet_font(self.font(), 0.9))
        painter.setPen(theme.color("quiet"))
        room = max(40.0, right - board.left)
        text = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, room)
        area = QRectF(board.left, board.top - CAPTION, room, CAPTION)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_arrow(self, painter: QPainter, places: Places, here: tuple[int, int]) -> None:
        """From the window to the pixel that it makes."""
        assert self.read is not None
        inside = np.argwhere(self.read.in_window)
        if not len(inside):
            return
        (top, left), (bottom, right) = inside.min(0), inside.max(0)
        window = places.read.cell(int(top), int(left)).united(places.read.cell(int(bottom), int(right)))
        target = places.own.cell(*here)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("selection"), 1.2, Qt.PenStyle.DashLine))
        if places.own.left > places.read.left:
            painter.drawLine(window.topRight(), target.topLeft())
            painter.drawLine(window.bottomRight(), target.bottomLeft())
        else:
            painter.drawLine(window.bottomLeft(), target.topLeft())
            painter.drawLine(window.bottomRight(), target.topRight())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    # ---- linking ----------------------------------------------------------------------------------------------

    def _shape(self) -> tuple[int, ...]:
        assert self._found is not None
        return self._found.trace.activations[self._found.explanation.node].shape[1:]

    def readers(self) -> list[tuple[int, int]]:
        """The cells of the output that read the value under the pointer."""
        found, spot = self._found, self._spot
        if spot is None or not spot[0] or found is None or self.own is None or self.read is None:
            return []
        step, unit = found.trace.steps[found.explanation.node], found.explanation.unit
        key = spot, step.node, unit, self.places, self.reading
        if key != self._readers[0]:  # frames come faster than the pointer moves
            cells = readers_of(step, unit, self.readings[self.reading], self.read, self.own, spot[1:])
            self._readers = key, cells
        return self._readers[1]

    def _point(self, at: QPointF | None) -> None:
        spot: tuple[bool, int, int] | None = None
        if at is not None and self.places is not None:
            for is_left, board in ((True, self.places.read), (False, self.places.own)):
                cell = board.at(at)
                if cell is not None:
                    spot = (is_left, *cell)
        if spot == self._spot:
            return
        before, self._spot = self._spot, spot
        pixel = self._pixel(spot)
        if pixel != self._pixel(before):
            self.pointed.emit(pixel)
        self._tell()
        self.update()

    def _pixel(self, spot: tuple[bool, int, int] | None) -> tuple[int, int] | None:
        """The pixel of the unit's map at a spot."""
        if spot is None or spot[0] or self.own is None:
            return None
        if spot[1] >= len(self.own.rows) or spot[2] >= len(self.own.columns):
            return None
        return int(self.own.rows[spot[1]]), int(self.own.columns[spot[2]])

    def _tell(self) -> None:
        self.told.emit(self._described())

    def _described(self) -> str:
        if self._spot is None or not self._spot[0] or self.read is None or not self.readings:
            return ""
        assert self._found is not None
        step, reading = self._found.trace.steps[self._found.explanation.node], self.readings[self.reading]
        return described(self.read, reading, self._spot[1:]) + moved_to(
            step, self.read, reading, self._spot[1:]
        )

    # ---- events -----------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.places = None
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self._painter.forget()
            self.update()
        super().changeEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)
        self.held.emit(False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.held.emit(True)
        self._point(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._point(event.position())
        pixel = self._pixel(self._spot)
        if event.button() == Qt.MouseButton.LeftButton and pixel is not None:
            self.chosen.emit(pixel)


def _frame(painter: QPainter, rect: QRectF, role: str, thick: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color(role), thick))
    painter.drawRect(rect.adjusted(-0.5, -0.5, -0.5, -0.5))

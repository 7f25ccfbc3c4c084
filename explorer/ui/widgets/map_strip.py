"""Pictures of maps side by side, each with a title and a note; pointing at one points at the same place of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.engine.layer import Array
from explorer.rendering.mosaic import Pixels
from explorer.ui import theme
from explorer.ui.pixels_image import image_of
from explorer.ui.short_number import short_number
from explorer.ui.widgets.cell_number import fitting_number
from explorer.ui.widgets.strip_layout import GAP, StripPlace, StripRoom, strip_places

NARROWEST = 60.0  # of a column: a title must be readable
SMALL = 0.78  # of the window's font: a title that does not fit otherwise
LONG = 84.0  # pixels of a title beyond which it is rather cut than given the room of a picture
WIDEST_ASPECT = 12.0
KEYS = {
    Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0),
}  # fmt: skip


Frame = tuple[int, int, int, int, str]


@dataclass(frozen=True, eq=False)
class StripMap:
    """One picture: pixels (height, width), the values behind them, and what stands around it.

    Maps of one `scene` show the same place of the image at the same share of their size and are pointed at
    together. `frames` are (row, column, height, width, colour of the theme); `is_image` leaves the values unsaid.
    """

    title: str
    pixels: Pixels
    values: Array
    note: str = ""
    frames: tuple[Frame, ...] = ()
    scene: int = 0
    is_image: bool = False
    shows_numbers: bool = False


class MapStrip(QWidget):
    """Lays its maps out in the columns and rows in which they are largest. `dragged` tells of drags on picture 0."""

    pointed = Signal(object)  # (index, row, column) or None
    dragged = Signal(int, int, object)  # rows and columns of picture 0 since the press, key of the drag
    pressed = Signal(int, int, int)  # index, row, column

    def __init__(self, name: str, notes: int = 1) -> None:
        super().__init__()
        self.can_drag = False
        self.drag_cursor = Qt.CursorShape.SizeAllCursor
        self._maps: tuple[StripMap, ...] = ()
        self._images: list[QImage] = []
        self._sentence = ""
        self._notes = notes  # lines beneath every picture
        self._spot: tuple[int, float, float] | None = None  # scene, shares of height and width
        self._press: tuple[QPointF, object] | None = None
        self.setAccessibleName(name)
        self.setToolTip("Arrows point at the neighbouring pixel, in all maps at once; Esc at nothing")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 90)

    def sizeHint(self) -> QSize:
        return QSize(560, 190)

    @property
    def maps(self) -> tuple[StripMap, ...]:
        """What is shown."""
        return self._maps

    @property
    def sentence(self) -> str:
        """What is said instead of showing maps."""
        return self._sentence

    def show_maps(self, maps: Sequence[StripMap]) -> None:
        """Show other maps."""
        self._maps, self._sentence = tuple(maps), ""
        self._images = [image_of(one.pixels) for one in self._maps]
        self.setAccessibleDescription("; ".join(f"{one.title}: {one.note}" for one in self._maps))
        self.update()

    def show_sentence(self, sentence: str) -> None:
        """Say why there is nothing to show."""
        self._maps, self._images, self._sentence = (), [], sentence
        self._spot = None
        self.setAccessibleDescription(sentence)
        self.update()

    # ---- where things are -------------------------------------------------------------------------------------

    def picture_rect(self, index: int) -> QRectF:
        """Where a picture is painted."""
        return self._places()[index].picture

    def pixel_at(self, at: QPointF) -> tuple[int, int, int] | None:
        """(index, row, column) of the map's pixel at a point of the widget."""
        for index, place in enumerate(self._places()):
            if place.picture.contains(at):
                height, width = self._maps[index].pixels.shape
                row = int((at.y() - place.picture.top()) / place.picture.height() * height)
                column = int((at.x() - place.picture.left()) / place.picture.width() * width)
                return index, min(row, height - 1), min(column, width - 1)
        return None

    def _texts_height(self) -> float:
        line = QFontMetricsF(self.font()).height()
        return line + self._notes * QFontMetricsF(theme.quiet_font(self.font())).height() + 4

    def _narrowest(self) -> float:
        """The width of a column in which every note can be read, and every title that is not a sentence."""
        metrics, titles = (
            QFontMetricsF(theme.quiet_font(self.font())),
            QFontMetricsF(_bold(self.font(), SMALL)),
        )
        lines = [line for one in self._maps for line in one.note.split("\n")]
        notes = [metrics.horizontalAdvance(line) - GAP / 2 for line in lines]
        named = [min(titles.horizontalAdvance(one.title) + 2, LONG) for one in self._maps]
        return max([NARROWEST, *notes, *named])

    def _places(self) -> list[StripPlace]:
        aspects = [_aspect(one.pixels) for one in self._maps]
        title = QFontMetricsF(self.font()).height()
        room = StripRoom(self.width(), self.height(), self._narrowest(), title, self._texts_height())
        return strip_places(aspects, room)

    # ---- painting ---------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        if self._sentence:
            painter.setPen(theme.color("quiet"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(16, 0, -16, 0), flags, self._sentence)
        for index, place in enumerate(self._places()):
            self._paint_map(painter, index, place)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_map(self, painter: QPainter, index: int, place: StripPlace) -> None:
        one, image, target = self._maps[index], self._images[index], place.picture
        bold, quiet = _bold(self.font()), theme.quiet_font(self.font())
        if QFontMetricsF(bold).horizontalAdvance(one.title) > place.column.width():
            bold = _bold(self.font(), SMALL)
        metrics = QFontMetricsF(bold)
        painter.setFont(bold)
        painter.setPen(theme.color("text"))
        title = metrics.elidedText(one.title, Qt.TextElideMode.ElideRight, place.column.width())
        top = QRectF(place.column.left(), place.column.top(), place.column.width(), metrics.height())
        painter.drawText(top, Qt.AlignmentFlag.AlignCenter, title)
        shrinks = target.width() * self.devicePixelRatioF() < image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinks)
        painter.drawImage(target, image, QRectF(image.rect()))
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawRect(target)
        painter.setFont(quiet)
        if one.shows_numbers:
            _paint_numbers(painter, one, target)
        for frame in one.frames:
            _paint_frame(painter, one, target, frame, 2)
        pixel = self._pixel_of(one)
        note = one.note
        if pixel is not None:
            _paint_frame(painter, one, target, (*pixel, 1, 1, "hover"), 1)
            if not one.is_image:
                value = short_number(float(one.values[pixel]))
                note = f"({pixel[0]}, {pixel[1]}): {value}"
                if QFontMetricsF(quiet).horizontalAdvance(note) > place.column.width() + GAP:
                    note = value
        painter.setPen(theme.color("quiet"))
        room = QRectF(place.column.left() - GAP / 2, target.bottom() + 2, place.column.width() + GAP,
                      self._notes * QFontMetricsF(quiet).height() + 2)  # fmt: skip
        painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, note)
        painter.setFont(self.font())

    def _pixel_of(self, one: StripMap) -> tuple[int, int] | None:
        if self._spot is None or self._spot[0] != one.scene:
            return None
        height, width = one.values.shape[-2:]
        _, down, across = self._spot
        return min(int(down * height), height - 1), min(int(across * width), width - 1)

    # ---- events -----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        spot = self.pixel_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and spot is not None:
            self.pressed.emit(*spot)
            if self.can_drag and spot[0] == 0:
                self._press = event.position(), object()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is not None:
            start, key = self._press
            target, (height, width) = self.picture_rect(0), self._maps[0].pixels.shape
            rows = round((event.position().y() - start.y()) / target.height() * height)
            columns = round((event.position().x() - start.x()) / target.width() * width)
            self.dragged.emit(rows, columns, key)
            return
        spot = self.pixel_at(event.position())
        over_first = spot is not None and spot[0] == 0 and self.can_drag
        self.setCursor(self.drag_cursor if over_first else Qt.CursorShape.ArrowCursor)
        self._point(spot)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._press = None

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in KEYS and self._maps and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._walk(*KEYS[key])
        elif key == Qt.Key.Key_Escape and self._spot is not None:
            self._point(None)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.update()
        super().changeEvent(event)

    def _walk(self, down: int, across: int) -> None:
        first = self._maps[0]
        height, width = first.values.shape[-2:]
        row, column = self._pixel_of(first) or (height // 2, width // 2)
        self._point((0, min(max(row + down, 0), height - 1), min(max(column + across, 0), width - 1)))

    def _point(self, spot: tuple[int, int, int] | None) -> None:
        if spot is None:
            self._spot = None
        else:
            index, row, column = spot
            height, width = self._maps[index].values.shape[-2:]
            self._spot = self._maps[index].scene, (row + 0.5) / height, (column + 0.5) / width
        self.pointed.emit(spot)
        self.update()


def _bold(font: QFont, scale: float = 1.0) -> QFont:
    bold = theme.quiet_font(font, scale)
    bold.setBold(True)
    return bold


def _aspect(pixels: np.ndarray) -> float:
    height, width = pixels.shape
    return min(max(width / height, 1 / WIDEST_ASPECT), WIDEST_ASPECT)


def _paint_frame(painter: QPainter, one: StripMap, target: QRectF, frame: Frame, thick: int) -> None:
    """A frame around some pixels, never too small to be seen."""
    height, width = one.pixels.shape
    wide, high = target.width() / width, target.height() / height
    row, column, rows, columns, role = frame
    area = QRectF(target.left() + column * wide, target.top() + row * high, columns * wide, rows * high)
    across, down = max(0.0, (6 - area.width()) / 2), max(0.0, (6 - area.height()) / 2)
    painter.setPen(QPen(theme.color(role), thick))
    painter.drawRect(area.adjusted(-across, -down, across, down))


def _paint_numbers(painter: QPainter, one: StripMap, target: QRectF) -> None:
    """The values on their pixels where there is room, such as those of a kernel."""
    height, width = one.values.shape
    wide, high = target.width() / width, target.height() / height
    metrics = QFontMetricsF(painter.font())
    texts = [[fitting_number(float(value), wide) for value in row] for row in one.values]
    widest = max(metrics.horizontalAdvance(text) for row in texts for text in row)
    if wide < widest + 2 or high < metrics.height():
        return
    for row in range(height):
        for column in range(width):
            packed = int(one.pixels[row, column])
            luminance = 0.3 * (packed >> 16 & 255) + 0.59 * (packed >> 8 & 255) + 0.11 * (packed & 255)
            painter.setPen(Qt.GlobalColor.black if luminance > 125 else Qt.GlobalColor.white)
            cell = QRectF(target.left() + column * wide, target.top() + row * high, wide, high)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, texts[row][column])

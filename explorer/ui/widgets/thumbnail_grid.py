"""A grid of small pictures, of which only those in sight are drawn: a hundred thousand are nothing special."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import cast

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.datasets.dataset import Indices
from explorer.sources.source import Pixels
from explorer.ui import theme
from explorer.ui.widgets.picking_area import PickingArea
from explorer.ui.widgets.region_view import thumbnail

GAP = 4
SIDE = 56  # logical pixels of a thumbnail's longer side
SMALLEST_SIDE, LARGEST_SIDE = 24, 160
ZOOM = 1.25
KEPT = 3000  # scaled pictures
NOBODY = np.empty(0, np.intp)
Describe = Callable[[int], str]


class ThumbnailGrid(PickingArea):
    """Shows chosen images, one of which is the current one; click and arrow keys choose another.

    `picked` carries the place of the current image among the chosen ones, when a person chose it.
    """

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen: Indices = NOBODY
        self.current = -1
        self.sentence = ""  # what is said while there is nothing to show
        self._images: Pixels | None = None
        self._caption: Describe | None = None
        self._caption_color: Describe | None = None
        self._tip: Describe | None = None
        self._side = SIDE
        self._scaled: OrderedDict[int, QImage] = OrderedDict()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_images(
        self,
        images: Pixels | None,
        chosen: Indices,
        caption: Describe | None = None,
        tip: Describe | None = None,
    ) -> None:
        """Show those of `images` (count, height, width, channels) whose numbers are chosen.

        `caption` gives the line below the picture at a place among the chosen, `tip` what is said of it.
        """
        if images is not self._images:
            self._scaled.clear()
        self._images = images
        self.chosen = chosen if images is not None else NOBODY
        self._caption, self._caption_color, self._tip = caption, None, tip
        self.current = -1
        self.verticalScrollBar().setValue(0)
        self.lay_out()
        self.viewport().update()

    def set_captions(
        self, caption: Describe, color: Describe | None = None, tip: Describe | None = None
    ) -> None:
        """Other lines below the same pictures; `color` names a colour of the theme for each."""
        self._caption, self._caption_color, self._tip = caption, color, tip
        self.lay_out()
        self.viewport().update()

    def set_current(self, place: int) -> None:
        """Mark an image and bring it into sight, without telling."""
        place = min(max(place, -1), len(self.chosen) - 1)
        if place != self.current:
            self.current = place
            self._bring_into_sight(place)
            self.viewport().update()

    def set_side(self, side: int) -> None:
        """Another size of the thumbnails, in logical pixels."""
        side = min(max(side, SMALLEST_SIDE), LARGEST_SIDE)
        if side != self._side:
            top = self.spot_at(QPoint(GAP, GAP)) or 0
            self._side = side
            self._scaled.clear()
            self.lay_out()
            self.verticalScrollBar().setValue(top // self.columns * self.cell.height())
            self.viewport().update()

    # ---- geometry ------------------------------------------------------------------------------------------------

    @property
    def cell(self) -> QSize:
        """Size of a thumbnail with its caption and the gap behind it."""
        height, width = self._sides()
        line = self.fontMetrics().height() if self._caption is not None else 0
        return QSize(width + GAP, height + line + GAP)

    @property
    def columns(self) -> int:
        """How many stand side by side."""
        return max(1, (self.viewport().width() - GAP) // self.cell.width())

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return -(-len(self.chosen) // self.columns)

    def rect_of(self, place: int) -> QRect:
        """Where the thumbnail at a place is, in the viewport."""
        cell = self.cell
        x = GAP + place % self.columns * cell.width()
        y = GAP + place // self.columns * cell.height() - self.verticalScrollBar().value()
        return QRect(x, y, cell.width() - GAP, cell.height() - GAP)

    def spot_at(self, point: QPoint) -> int | None:
        """Which place among the chosen is there."""
        cell = self.cell
        column = (point.x() - GAP) // cell.width()
        row = (point.y() - GAP + self.verticalScrollBar().value()) // cell.height()
        place = row * self.columns + column
        return place if 0 <= column < self.columns and 0 <= place < len(self.chosen) and row >= 0 else None

    def _sides(self) -> tuple[int, int]:
        if self._images is None:
            return self._side, self._side
        height, width = self._images.shape[1:3]
        longest = max(height, width)
        return max(8, round(self._side * height / longest)), max(8, round(self._side * width / longest))

    def lay_out(self) -> None:
        bar, cell = self.verticalScrollBar(), self.cell
        whole = self.rows * cell.height() + GAP
        bar.setRange(0, max(0, whole - self.viewport().height()))
        bar.setSingleStep(cell.height() // 2)
        bar.setPageStep(max(1, self.viewport().height() - cell.height()))

    def _bring_into_sight(self, place: int) -> None:
        if place < 0:
            return
        rect, bar = self.rect_of(place), self.verticalScrollBar()
        if rect.top() < GAP:
            bar.setValue(bar.value() + rect.top() - GAP)
        elif rect.bottom() > self.viewport().height() - GAP:
            bar.setValue(bar.value() + rect.bottom() - self.viewport().height() + GAP)

    # ---- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.color("ground"))
        if self._images is None or not len(self.chosen):
            painter.setPen(theme.color("quiet"))
            inner = self.viewport().rect().adjusted(12, 8, -12, -8)
            painter.drawText(inner, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.sentence)
            return
        cell, columns = self.cell, self.columns
        offset = self.verticalScrollBar().value()
        first = max(0, (event.rect().top() + offset - GAP) // cell.height()) * columns
        last = ((event.rect().bottom() + offset - GAP) // cell.height() + 1) * columns
        for place in range(first, min(last, len(self.chosen))):
            self._paint_one(painter, place)

    def _paint_one(self, painter: QPainter, place: int) -> None:
        rect = self.rect_of(place)
        height, width = self._sides()
        picture = QRect(rect.left(), rect.top(), width, height)
        painter.drawImage(picture, self._picture(int(self.chosen[place])))
        if self._caption is not None:
            painter.setPen(theme.color(self._caption_color(place) if self._caption_color else "quiet"))
            below = QRect(
                rect.left() - 1, picture.bottom(), rect.width() + 2, rect.bottom() - picture.bottom()
            )
            text = painter.fontMetrics().elidedText(
                self._caption(place), Qt.TextElideMode.ElideRight, below.width()
            )
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)
        if place == self.current:
            painter.setPen(QPen(theme.color("accent" if self.hasFocus() else "selection"), 2))
            painter.drawRect(picture.adjusted(-1, -1, 0, 0))

    def _picture(self, index: int) -> QImage:
        """The image of this number, no larger than it is shown."""
        found = self._scaled.get(index)
        if found is None:
            images = self._images
            assert images is not None
            longest = round(self._side * self.devicePixelRatioF())
            found = self._scaled[index] = enlarged(thumbnail(images[index], longest), longest)
            if len(self._scaled) > KEPT:
                self._scaled.popitem(last=False)
        else:
            self._scaled.move_to_end(index)
        return found

    # ---- choosing ------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = max(1, self.viewport().height() // self.cell.height()) * self.columns
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -self.columns, Qt.Key.Key_Down: self.columns,
            Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page,
        }  # fmt: skip
        key = Qt.Key(event.key())
        if not len(self.chosen) or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        elif key in steps:
            self._step(steps[key])
        elif key == Qt.Key.Key_Home:
            self.pick(0)
        elif key == Qt.Key.Key_End:
            self.pick(len(self.chosen) - 1)
        else:
            super().keyPressEvent(event)

    def zoom(self, is_in: bool) -> bool:
        self.set_side(round(self._side * (ZOOM if is_in else 1 / ZOOM)))
        return True

    def tip_of(self, spot: int) -> str:
        return self._tip(spot) if self._tip is not None else ""

    def _step(self, by: int) -> None:
        target = self.current + by if self.current >= 0 else 0
        last = len(self.chosen) - 1
        if abs(by) == self.columns and not 0 <= target <= last:
            return  # there is no row above or below
        self.pick(min(max(target, 0), last))

    def pick(self, spot: int) -> None:
        changed = spot != self.current
        self.set_current(spot)
        if changed:
            self.picked.emit(spot)

    # ---- events --------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        turns = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
        if turns and event.type() == QEvent.Type.ShortcutOverride and not cast(QKeyEvent, event).modifiers():
            event.accept()  # here they turn pages of the grid
            return True
        return super().event(event)


def enlarged(picture: QImage, longest: int) -> QImage:
    """A small picture with every pixel as a clean square, up to `longest`."""
    times = longest // max(picture.width(), picture.height())
    if times < 2:
        return picture
    return picture.scaled(picture.width() * times, picture.height() * times)

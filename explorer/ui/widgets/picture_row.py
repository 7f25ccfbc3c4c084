"""A few small pictures side by side: an image and what may become of it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.sources.source import Pixels
from explorer.ui import theme
from explorer.ui.widgets.region_view import thumbnail
from explorer.ui.widgets.thumbnail_grid import enlarged

GAP = 4
COLUMNS, ROWS = 4, 2
LARGEST = 84  # logical pixels


class PictureRow(QWidget):
    """Shows pictures (count, height, width, channels) of uint8, the first of them framed, in rows of four."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures: Pixels = np.empty((0, 1, 1, 1), np.uint8)
        self._images: list[QImage] = []
        self._scaled_to = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_pictures(self, pictures: Pixels) -> None:
        """Show others."""
        self.pictures = pictures
        self._scaled_to = 0
        self._fit()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self._high(200))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As high as both rows are: what scrolls it asks nobody for a height that goes with a width."""
        if self.height() != (height := self._high(self.width())):
            self.setFixedHeight(height)

    def _high(self, width: int) -> int:
        return ROWS * (self._sides(width)[0] + GAP) - GAP + 2

    def rect_of(self, place: int) -> QRect:
        """Where a picture is."""
        height, width = self._sides(self.width())
        return QRect(
            1 + place % COLUMNS * (width + GAP), 1 + place // COLUMNS * (height + GAP), width, height
        )

    def _sides(self, room: int) -> tuple[int, int]:
        rows, columns = self.pictures.shape[1:3]
        width = max(8, min(LARGEST, (room - 2 - (COLUMNS - 1) * GAP) // COLUMNS))
        height = max(8, min(LARGEST, round(width * rows / columns)))
        return height, width

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        longest = round(max(self._sides(self.width())) * self.devicePixelRatioF())
        if longest != self._scaled_to:
            self._images = [enlarged(thumbnail(one, longest), longest) for one in self.pictures]
            self._scaled_to = longest
        for place, image in enumerate(self._images):
            painter.drawImage(self.rect_of(place), image)
        if self._images:
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect_of(0))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

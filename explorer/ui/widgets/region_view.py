"""A small picture of the frame on which a region of interest is drawn with the mouse or moved with the keys."""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.sources.preparation import Region
from explorer.sources.source import Pixels
from explorer.ui import theme

WHOLE: Region = (0.0, 0.0, 1.0, 1.0)
SMALLEST = 0.02  # side of a region, as a share of the frame
STEP = 0.02  # of an arrow key
HEIGHT = 150


class RegionView(QWidget):
    """Shows a frame with its region. `region_drawn` carries the region and an object that is the same in one drag."""

    region_drawn = Signal(object, object)  # Region or None, merge key

    def __init__(self) -> None:
        super().__init__()
        self._pixels: Pixels | None = None  # not made a picture of yet
        self._image: QImage | None = None
        self._aspect = 4 / 3
        self._region: Region | None = None
        self._pressed: QPointF | None = None
        self._moved: Region | None = None  # the region as it was when moving it began
        self._key = object()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            "Drag to choose the part of the picture that is used; drag within it to move it. Del: all of it"
        )

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, HEIGHT)

    def show_frame(self, pixels: Pixels) -> None:
        """Show other pixels, (height, width, 1 or 3) of uint8. What nobody sees costs nothing until it is seen."""
        height, width = pixels.shape[:2]
        self._aspect = width / height
        self._pixels = pixels
        self.update()

    def set_region(self, region: Region | None) -> None:
        """Show another region; None is all of the frame."""
        if region != self._region:
            self._region = region
            self.update()

    def picture_rect(self) -> QRectF:
        """Where the frame is painted."""
        width, height = float(self.width() - 2), float(self.height() - 2)
        if width / height > self._aspect:
            width = height * self._aspect
        else:
            height = width / self._aspect
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._key = object()
        self._pressed = self._share(event.position())
        inside = self._region is not None and self._rect_of(self._region).contains(event.position())
        self._moved = self._region if inside else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        here, start = self._share(event.position()), self._pressed
        if self._moved is not None:
            x, y, width, height = self._moved
            region = _kept_inside((x + here.x() - start.x(), y + here.y() - start.y(), width, height))
        else:
            region = (
                min(here.x(), start.x()), min(here.y(), start.y()),
                max(SMALLEST, abs(here.x() - start.x())), max(SMALLEST, abs(here.y() - start.y())),
            )  # fmt: skip
        self.region_drawn.emit(region, self._key)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._moved = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.region_drawn.emit(None, object())

    def event(self, event: QEvent) -> bool:
        clears = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        if clears and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # here it clears the region, and removes no layer
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        x, y, width, height = self._region or (0.1, 0.1, 0.8, 0.8)
        moves = {
            Qt.Key.Key_Left: (-STEP, 0.0), Qt.Key.Key_Right: (STEP, 0.0),
            Qt.Key.Key_Up: (0.0, -STEP), Qt.Key.Key_Down: (0.0, STEP),
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.region_drawn.emit(None, object())
        elif key in moves and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            wider, higher = moves[key]
            region = (x, y, max(SMALLEST, width + wider), max(SMALLEST, height + higher))
            self.region_drawn.emit(_kept_inside(region), self._key)
        elif key in moves:
            self.region_drawn.emit(
                _kept_inside((x + moves[key][0], y + moves[key][1], width, height)), self._key
            )
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("ground"))
        place = self.picture_rect()
        if self._pixels is not None:
            longest = round(HEIGHT * self.devicePixelRatioF() * max(1.0, self._aspect))
            self._image, self._pixels = thumbnail(self._pixels, longest), None
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, self._image)
        if self._region is not None:
            region = self._rect_of(self._region)
            veil = QColor(theme.color("ground"))
            veil.setAlpha(150)
            painter.setClipRect(place)
            for rect in _around(place, region):
                painter.fillRect(rect, veil)
            painter.setPen(QPen(theme.color("selection"), 1.5))
            painter.drawRect(region)
            painter.setClipping(False)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _share(self, position: QPointF) -> QPointF:
        place = self.picture_rect()
        x = (position.x() - place.left()) / place.width()
        y = (position.y() - place.top()) / place.height()
        return QPointF(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))

    def _rect_of(self, region: Region) -> QRectF:
        place = self.picture_rect()
        x, y, width, height = region
        return QRectF(
            place.left() + x * place.width(), place.top() + y * place.height(),
            width * place.width(), height * place.height(),
        )  # fmt: skip


def thumbnail(pixels: Pixels, longest: int) -> QImage:
    """The pixels as a picture whose longer side is at most `longest`; of large frames every n-th pixel counts."""
    height, width = pixels.shape[:2]
    stride = max(1, max(height, width) // (2 * longest))
    rough = pixels[::stride, ::stride]
    scale = min(1.0, longest / max(rough.shape[:2]))
    size = max(1, round(rough.shape[1] * scale)), max(1, round(rough.shape[0] * scale))
    small = np.ascontiguousarray(cv2.resize(np.ascontiguousarray(rough), size, interpolation=cv2.INTER_AREA))
    grey = pixels.shape[2] == 1
    layout = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB888
    return QImage(small.data, size[0], size[1], small.strides[0], layout).convertToFormat(
        QImage.Format.Format_RGB32
    )


def _kept_inside(region: Region) -> Region:
    x, y, width, height = region
    width, height = min(width, 1.0), min(height, 1.0)
    return min(max(x, 0.0), 1.0 - width), min(max(y, 0.0), 1.0 - height), width, height


def _around(outer: QRectF, inner: QRectF) -> list[QRectF]:
    return [
        QRectF(outer.left(), outer.top(), outer.width(), inner.top() - outer.top()),
        QRectF(outer.left(), inner.bottom(), outer.width(), outer.bottom() - inner.bottom()),
        QRectF(outer.left(), inner.top(), inner.left() - outer.left(), inner.height()),
        QRectF(inner.right(), inner.top(), outer.right() - inner.right(), inner.height()),
    ]

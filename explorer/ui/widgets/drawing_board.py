"""A board to draw on with mouse, pen or finger; what is drawn is seen while it is drawn."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.sources.canvas import Canvas, Pen, Place
from explorer.ui import theme

LARGEST = 420  # pixels: beyond it one would draw with the arm


class DrawingBoard(QWidget):
    """Shows a canvas and draws into it with `pen`. The right button always erases."""

    drawn = Signal()  # the picture has changed; during a stroke for every move
    stroked = Signal()  # a stroke has ended, or something was undone or cleared

    def __init__(self, canvas: Canvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = canvas
        self.pen = Pen()
        self._is_drawing = False
        self._pointer: QPointF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(96, 96)
        self.setAccessibleName("Drawing")

    def sizeHint(self) -> QSize:
        return QSize(240, 240)

    def board_rect(self) -> QRectF:
        """Where the canvas is painted: a square in the middle."""
        side = float(min(self.width(), self.height(), LARGEST)) - 2
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def undo(self) -> None:
        """Take the last stroke back."""
        self._is_drawing = False
        self.canvas.undo()
        self._tell()

    def clear(self) -> None:
        """An empty board."""
        self._is_drawing = False
        self.canvas.clear()
        self._tell()

    def set_white_on_black(self, is_white: bool) -> None:
        """The other way round; what is drawn stays."""
        if is_white != self.canvas.is_white_on_black:
            self.canvas.is_white_on_black = is_white
            self._tell()

    def _tell(self) -> None:
        self.update()
        self.drawn.emit()
        self.stroked.emit()

    # ---- drawing -------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        erases = self.pen.erases or event.button() == Qt.MouseButton.RightButton
        self.canvas.begin(self._place(event.position()), Pen(self.pen.width, erases))
        self._is_drawing = True
        self.update()
        self.drawn.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        if self._is_drawing:
            self.canvas.extend(self._place(event.position()))
            self.drawn.emit()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._is_drawing:
            self._is_drawing = False
            self.stroked.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self._means(event)
        ):
            event.accept()  # here they mean the drawing, and no layer
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif self._means(event):
            self.clear()
        else:
            super().keyPressEvent(event)

    @staticmethod
    def _means(event: QKeyEvent) -> bool:
        clears = event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        return clears or event.matches(QKeySequence.StandardKey.Undo)

    def _place(self, position: QPointF) -> Place:
        board = self.board_rect()
        return (position.x() - board.left()) / board.width(), (position.y() - board.top()) / board.height()

    # ---- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        pixels = np.ascontiguousarray(self.canvas.pixels)
        side = self.canvas.side
        board = self.board_rect()
        painter.drawImage(board, QImage(pixels.data, side, side, side, QImage.Format.Format_Grayscale8))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("accent" if self.hasFocus() else "border"), 1))
        painter.drawRect(board)
        if self.canvas.is_empty and not self._is_drawing:
            painter.setPen(theme.color("faint"))
            painter.drawText(board, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, "Draw here")
        if self._pointer is not None and board.contains(self._pointer):
            radius = self.pen.width * board.width() / 2
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.drawEllipse(self._pointer, radius, radius)

"""The labels of a form: all of one width, and those of numbers can be dragged."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QWidget

LETTERS = 12  # that a label has room for, before it takes a second line
PIXELS_PER_STEP = 6
BETWEEN = 6  # pixels from a label to its field


class FormLabel(QLabel):
    """What stands left of a field; its width follows the size of the text."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setWordWrap(True)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        self.setFixedWidth(self.fontMetrics().averageCharWidth() * LETTERS)


class ScrubLabel(FormLabel):
    """A label that one drags sideways to change the number beside it."""

    pressed = Signal()
    scrubbed = Signal(int)  # steps since the press
    released = Signal()

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._start: float | None = None
        self._steps = 0
        self.setCursor(Qt.CursorShape.SizeHorCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._start, self._steps = event.position().x(), 0
            self.pressed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._start is None:
            return
        steps = int((event.position().x() - self._start) / PIXELS_PER_STEP)
        if steps != self._steps:
            self._steps = steps
            self.scrubbed.emit(steps)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._start is not None:
            self._start = None
            self.released.emit()

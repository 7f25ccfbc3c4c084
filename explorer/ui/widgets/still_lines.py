"""Lines of text below each other whose change moves nothing; a label alone has the whole window laid out anew."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class StillLines(QWidget):
    """Holds labels in fixed places, each as high as its number of lines; texts that do not fit are cut."""

    def __init__(self, *labels: QLabel, lines: int = 1) -> None:
        super().__init__()
        self._labels = labels
        self._lines = lines
        for label in labels:
            label.setParent(self)  # in no layout: Qt asks nobody when its text changes
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(lines > 1)
            label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(60, self._high() * len(self._labels))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
            self._place()
        super().changeEvent(event)

    def _high(self) -> int:
        return self._lines * self.fontMetrics().lineSpacing() + (2 if self._lines == 1 else 0)

    def _place(self) -> None:
        for number, label in enumerate(self._labels):
            label.setGeometry(0, number * self._high(), self.width(), self._high())

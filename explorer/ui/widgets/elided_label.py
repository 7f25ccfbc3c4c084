"""A line of text that ends in '…' where it is too long; all of it stands in the tool tip."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel


class ElidedLabel(QLabel):
    """Draws as much of its text as there is room for; `text` is always the whole."""

    @property
    def drawn(self) -> str:
        """What is seen of the text."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        drawn = self.drawn
        if drawn == self.text():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        flags = int(self.alignment()) | Qt.TextFlag.TextSingleLine
        role = self.foregroundRole()
        self.style().drawItemText(
            painter, self.contentsRect(), flags, self.palette(), self.isEnabled(), drawn, role
        )
        painter.end()

"""Figures that change all the time, each with its name above: drawn at fixed places, so that nothing jumps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.ui import theme

LETTERS = 11  # that a tile has room for
GAP = 6
BIG = 1.12  # of the figures, times the text's size


class Figure(NamedTuple):
    """A number with its name, and what it means."""

    name: str
    text: str
    help: str = ""
    color: str = "text"


class FigureTiles(QWidget):
    """As many tiles beside each other as there is room for, the rest below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures: tuple[Figure, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_figures(self, figures: Sequence[Figure]) -> None:
        """Show other numbers."""
        figures = tuple(figures)
        if figures != self.figures:
            is_new = len(figures) != len(self.figures)
            self.figures = figures
            if is_new:
                self.updateGeometry()
                self._fit()
            self.setAccessibleDescription(", ".join(f"{one.name} {one.text}" for one in figures))
            self.update()

    def text_of(self, name: str) -> str:
        """What a figure says; KeyError if there is none of that name."""
        return {one.name: one.text for one in self.figures}[name]

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        columns = self._columns(width)
        rows = -(-len(self.figures) // columns) if self.figures else 0
        return rows * self._row_height()

    def sizeHint(self) -> QSize:
        width = max(self.width(), self._tile_width())
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._tile_width(), self.heightForWidth(max(self.width(), self._tile_width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        small, big = theme.quiet_font(self.font(), 0.86), theme.quiet_font(self.font(), BIG)
        for index, figure in enumerate(self.figures):
            place = self._place(index)
            painter.setFont(small)
            painter.setPen(theme.color("quiet"))
            line = painter.fontMetrics().height()
            painter.drawText(
                place.x(), place.y(), place.width(), line, Qt.AlignmentFlag.AlignLeft, figure.name
            )
            painter.setFont(big)
            painter.setPen(theme.color(figure.color))
            room = place.adjusted(0, line - 1, 0, 0)
            text = painter.fontMetrics().elidedText(figure.text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, text)

    def event(self, event: QHelpEvent) -> bool:
        if event.type() == QHelpEvent.Type.ToolTip:
            for index, figure in enumerate(self.figures):
                if self._place(index).contains(event.pos()):
                    QToolTip.showText(event.globalPos(), figure.help, self, self._place(index))
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)

    def _fit(self) -> None:
        height = self.heightForWidth(max(1, self.width()))
        if height and self.height() != height:
            self.setFixedHeight(height)

    def _columns(self, width: int) -> int:
        return max(1, min(len(self.figures) or 1, width // self._tile_width()))

    def _place(self, index: int) -> QRect:
        columns = self._columns(self.width())
        width, height = self.width() // columns, self._row_height()
        row, column = divmod(index, columns)
        return QRect(column * width, row * height, width - GAP, height)

    def _tile_width(self) -> int:
        return self.fontMetrics().averageCharWidth() * LETTERS + GAP

    def _row_height(self) -> int:
        return round(self.fontMetrics().height() * (0.86 + BIG)) + 5

"""Names with bars and numbers beside them: images per class, or probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.ui import theme

SPACE = 6  # between name, bar and number
AIR = 5  # above and below the text of a line, together
NAMES_SHARE = 0.42  # of the width that names may take at most
NARROWEST_BAR = 30


class Bar(NamedTuple):
    """One line: its bar is `share` (0 to 1) of the longest possible one; `color` is one of the theme's."""

    name: str
    share: float
    text: str
    color: str = "accent"
    is_bold: bool = False


class BarList(QWidget):
    """Shows bars below each other; a click on one tells its place. As wide as it is given, as high as it needs."""

    picked = Signal(int)

    def __init__(self, widest_text: str = "100.0 %", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars: tuple[Bar, ...] = ()
        self._widest_text = widest_text
        self._names_width = 0
        self._can_pick = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def set_pickable(self) -> None:
        """Show that a click does something."""
        self._can_pick = True
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show these. Only a change of their number or names lays anything out again."""
        bars = tuple(bars)
        if bars == self.bars:
            return
        count = len(self.bars)
        self.bars = bars
        self._names_width = self._measured()
        if len(bars) != count:
            self.updateGeometry()
        self.update()

    @property
    def line_height(self) -> int:
        """Height of one line in pixels: closer together where there is little room."""
        high = self.fontMetrics().height() + AIR
        return min(high, max(1, self.height() // len(self.bars))) if self.bars else high

    def sizeHint(self) -> QSize:
        return QSize(200, len(self.bars) * (self.fontMetrics().height() + AIR))

    def minimumSizeHint(self) -> QSize:
        return QSize(100, len(self.bars) * (self.fontMetrics().height() + 1))

    def place_at(self, y: float) -> int | None:
        """Which bar is at this height."""
        place = int(y // self.line_height)
        return place if 0 <= place < len(self.bars) else None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self.line_height
        first = max(0, event.rect().top() // height)
        last = min(len(self.bars), event.rect().bottom() // height + 1)
        for place in range(first, last):
            self._paint_bar(painter, self.bars[place], QRect(0, place * height, self.width(), height))

    def _paint_bar(self, painter: QPainter, bar: Bar, line: QRect) -> None:
        names = min(self._names_width, round(self.width() * NAMES_SHARE))
        numbers = self.fontMetrics().horizontalAdvance(self._widest_text)
        middle = line.adjusted(names + SPACE, 2, -numbers - SPACE, -2)
        font = self.font()
        font.setBold(bar.is_bold)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        name = painter.fontMetrics().elidedText(bar.name, Qt.TextElideMode.ElideRight, names)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.setPen(theme.color("quiet") if not bar.is_bold else theme.color("text"))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, bar.text)
        if middle.width() < NARROWEST_BAR:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("field"))
        painter.drawRoundedRect(middle, 2, 2)
        width = middle.width() * min(max(bar.share, 0.0), 1.0)
        if width > 0:
            painter.setBrush(theme.color(bar.color))
            filled = QRectF(middle.left(), middle.top(), max(1.0, width), middle.height())
            painter.drawRoundedRect(filled, min(2.0, width / 2), 2)

    def _measured(self) -> int:
        bold = self.font()
        bold.setBold(True)
        metrics = QFontMetrics(bold)
        return max((metrics.horizontalAdvance(bar.name) for bar in self.bars), default=0) + 6

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().y())
        if self._can_pick and place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(place)
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            place = self.place_at(event.pos().y())
            if place is not None:
                bar = self.bars[place]
                QToolTip.showText(event.globalPos(), f"{bar.name}: {bar.text}", self)
                return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._names_width = self._measured()
            self.updateGeometry()

"""A list of features before and after something was done, as pairs of bars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.engine.layer import Array
from explorer.ui import theme
from explorer.ui.short_number import short_number

LONGEST_NAME = 110  # pixels


class BeforeAfter(QWidget):
    """Shows the largest of a list: a broad faint bar for before, a narrow one for after, and both numbers."""

    CAPTION = "before (broad) and after (narrow)"

    def __init__(self) -> None:
        super().__init__()
        self._before: Array = np.zeros(0, np.float32)
        self._after: Array = np.zeros(0, np.float32)
        self._is_share = False
        self.names: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 90)
        self.setAccessibleName("Before and after")

    def sizeHint(self) -> QSize:
        return QSize(360, 170)

    def show_lists(
        self, before: Array, after: Array, is_share: bool, sentence: str, names: Sequence[str] = ()
    ) -> None:
        """Show two lists of the same features; the sentence is for whoever cannot see them."""
        self._before, self._after, self._is_share = before, after, is_share
        self.names = tuple(names) if len(names) == len(before) else tuple(map(str, range(len(before))))
        self.setAccessibleDescription(sentence)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        painter.setPen(theme.color("quiet"))
        line = QFontMetricsF(self.font()).height()
        painter.drawText(QRectF(0, 0, self.width(), line + 2), Qt.AlignmentFlag.AlignLeft, self.CAPTION)
        painter.setFont(theme.quiet_font(self.font()))
        self._paint_bars(painter, line + 6)
        painter.end()

    def _paint_bars(self, painter: QPainter, top: float) -> None:
        metrics = QFontMetricsF(painter.font())
        sizes = np.nan_to_num(np.maximum(np.abs(self._before), np.abs(self._after)), posinf=0, neginf=0)
        largest = 1.0 if self._is_share else max(float(sizes.max(initial=0)), 1e-12)
        high = metrics.height() + 3
        rows = int((self.height() - top) // high)
        shown = sorted(np.argsort(-sizes, kind="stable")[: max(1, rows)].tolist())
        names = [metrics.elidedText(self.names[i], Qt.TextElideMode.ElideRight, LONGEST_NAME) for i in shown]
        label = max(metrics.horizontalAdvance(name) for name in ("00000", *names))
        number = metrics.horizontalAdvance("100.0% → 100.0%") + 8
        room = max(10.0, min(420.0, self.width() - label - number - 12))
        for row, (index, name) in enumerate(zip(shown, names, strict=True)):
            y = top + row * high
            painter.setPen(theme.color("quiet"))
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y, label, high), side, name)
            for values, role, inset in ((self._before, "faint", 2.0), (self._after, "accent", 5.0)):
                value = float(np.nan_to_num(values[index], posinf=0, neginf=0))
                wide = max(1.0, abs(value) / largest * room)
                ink = role if value >= 0 else "negative"
                painter.fillRect(QRectF(label + 8, y + inset, wide, high - 2 * inset), theme.color(ink))
            text = f"{self._text(self._before[index])} → {self._text(self._after[index])}"
            painter.drawText(
                QRectF(label + 14 + room, y, number, high),
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                text,
            )

    def _text(self, value: float) -> str:
        return f"{value:.1%}" if self._is_share and np.isfinite(value) else short_number(float(value))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.update()
        super().changeEvent(event)

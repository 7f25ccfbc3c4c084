"""The key overlay: every key that does something, on one veil over the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.ui import theme

MARGIN = 24
GAP = 18  # between columns
SMALLEST = 6.0  # points
VEIL = 232  # of 255


@dataclass(frozen=True)
class KeyGroup:
    """Keys that belong together: a title and (keys, what they do)."""

    title: str
    rows: tuple[tuple[str, str], ...]


class KeyOverlay(QWidget):
    """Covers its parent until a key is pressed or the mouse clicked."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.groups: tuple[KeyGroup, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._focus_before: QWidget | None = None
        parent.installEventFilter(self)
        self.hide()

    def open(self, groups: Sequence[KeyGroup]) -> None:
        """Show these keys."""
        self.groups = tuple(group for group in groups if group.rows)
        self._focus_before = self.window().focusWidget()
        self.setGeometry(self.parentWidget().rect())
        self.show()
        self.raise_()
        self.setFocus()

    def close_overlay(self) -> None:
        """Take it away; the focus goes back to where it was."""
        self.hide()
        if self._focus_before is not None:
            self._focus_before.setFocus()
            self._focus_before = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.close_overlay()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.close_overlay()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self.parentWidget().rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(theme.color("panel"))
        veil.setAlpha(VEIL)
        painter.fillRect(self.rect(), veil)
        title = QFont(self.font())
        title.setPointSizeF(title.pointSizeF() * 1.35)
        painter.setFont(title)
        painter.setPen(theme.color("text"))
        painter.drawText(self.rect().adjusted(MARGIN, 14, -MARGIN, 0), Qt.AlignmentFlag.AlignTop, "Keys")
        painter.setFont(theme.quiet_font(self.font()))
        painter.setPen(theme.color("quiet"))
        corner = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight
        painter.drawText(self.rect().adjusted(MARGIN, 18, -MARGIN, 0), corner, "any key closes")
        top = 14 + QFontMetrics(title).height() + 12
        size = self._fitting_size(self.height() - top - 10)
        for column, x, width in self._columns(size, self.height() - top - 10):
            y = top
            for group in column:
                y = self._paint_group(painter, group, QRect(x, y, width, 0), size)

    def _fitting_size(self, room: int) -> float:
        """The largest text with which all columns fit side by side."""
        size = self.font().pointSizeF()
        while size > SMALLEST:
            columns = self._columns(size, room)
            if columns[-1][1] + columns[-1][2] <= self.width() - MARGIN // 2:
                return size
            size -= 0.5
        return size

    def _columns(self, size: float, room: int) -> list[tuple[list[KeyGroup], int, int]]:
        """The groups in columns no higher than the room, each with its left edge and width."""
        metrics = self._metrics(size)
        columns: list[list[KeyGroup]] = []
        used: list[int] = []
        for group in self.groups:
            height = (len(group.rows) + 2) * self._line(metrics)
            place = next((i for i, high in enumerate(used) if high + height <= room), len(columns))
            if place == len(columns):
                columns.append([])
                used.append(0)
            columns[place].append(group)
            used[place] += height
        placed, x = [], MARGIN
        for column in columns:
            width = (
                max(self._widths(group, metrics)[0] + self._widths(group, metrics)[1] for group in column)
                + 14
            )
            placed.append((column, x, width))
            x += width + GAP
        return placed

    def _widths(self, group: KeyGroup, metrics: QFontMetrics) -> tuple[int, int]:
        keys = max(metrics.horizontalAdvance(keys) for keys, _ in group.rows) + 16
        return keys, max(metrics.horizontalAdvance(text) for _, text in group.rows)

    def _paint_group(self, painter: QPainter, group: KeyGroup, place: QRect, size: float) -> int:
        metrics = self._metrics(size)
        line = self._line(metrics)
        keys_width, _ = self._widths(group, metrics)
        font = QFont(self.font())
        font.setPointSizeF(size)
        bold = QFont(font)
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(theme.color("accent"))
        y = place.top()
        painter.drawText(
            QRect(place.left(), y, place.width(), line), Qt.AlignmentFlag.AlignVCenter, group.title
        )
        painter.setFont(font)
        for keys, text in group.rows:
            y += line
            cap = QRectF(place.left(), y + 2, metrics.horizontalAdvance(keys) + 12, line - 4)
            painter.setPen(QPen(theme.color("border"), 1))
            painter.setBrush(theme.color("raised"))
            painter.drawRoundedRect(cap, 4, 4)
            painter.setPen(theme.color("text"))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, keys)
            painter.setPen(theme.color("quiet"))
            left = place.left() + keys_width + 10
            painter.drawText(QRect(left, y, place.width(), line), Qt.AlignmentFlag.AlignVCenter, text)
        return y + 2 * line

    def _metrics(self, size: float) -> QFontMetrics:
        font = QFont(self.font())
        font.setPointSizeF(size)
        return QFontMetrics(font)

    @staticmethod
    def _line(metrics: QFontMetrics) -> int:
        return metrics.height() + max(3, metrics.height() // 2 - 1)

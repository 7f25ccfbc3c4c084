"""The command palette: type a few letters of what you want to do, press Return."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import theme
from explorer.ui.icons import icon

WIDTH = 620
MOST_ROWS = 13
ENTRY = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class PaletteEntry:
    """One line: what it does, where it stands in the menus, its shortcut; a disabled one cannot be chosen."""

    label: str
    place: str = ""
    shortcut: str = ""
    icon: str = ""
    enabled: bool = True
    choose: Callable[[], object] = lambda: None


class CommandPalette(QFrame):
    """Lies over the upper part of its parent until something is chosen or it loses the focus.

    `entries` is asked when it opens, `named` whenever the text changes: what the text itself names comes first.
    """

    def __init__(
        self,
        parent: QWidget,
        entries: Callable[[], Sequence[PaletteEntry]],
        named: Callable[[str], Sequence[PaletteEntry]],
    ) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self._entries = entries
        self._named = named
        self._all: Sequence[PaletteEntry] = ()
        self._focus_before: QWidget | None = None
        self.field = QLineEdit()
        self.field.setPlaceholderText("What do you want to do?  A unit such as conv1:3 jumps there.")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._refill)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setItemDelegate(_EntryDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._choose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.hide()

    def open(self) -> None:
        """Show it with everything in it."""
        self._all = self._entries()
        self.field.clear()
        self._refill("")
        self._focus_before = self.window().focusWidget()
        self.show()
        self.raise_()
        self.field.setFocus()

    def close_palette(self) -> None:
        """Take it away; the focus goes back to where it was."""
        before, self._focus_before = self._focus_before, None
        self.hide()
        if before is not None:
            before.setFocus()

    @property
    def shown(self) -> list[PaletteEntry]:
        """The lines that match, the best first."""
        return [self.list.item(row).data(ENTRY) for row in range(self.list.count())]

    def _refill(self, text: str) -> None:
        self.list.clear()
        scores = [(match_score(text, entry), i, entry) for i, entry in enumerate(self._all)]
        found = sorted((one for one in scores if one[0] is not None), key=lambda one: one[:2])
        for entry in (*self._named(text), *(entry for _, _, entry in found)):
            item = QListWidgetItem()
            item.setData(ENTRY, entry)
            item.setText(entry.label)
            self.list.addItem(item)
        self._select(0, 1)
        self._place()

    def _place(self) -> None:
        parent = self.parentWidget()
        width = min(max(WIDTH, self.fontMetrics().averageCharWidth() * 80), parent.width() - 40)
        row = _EntryDelegate.height(self.fontMetrics())
        rows = min(max(self.list.count(), 1), MOST_ROWS)
        height = self.field.sizeHint().height() + 30 + rows * row
        self.setGeometry((parent.width() - width) // 2, 60, width, min(height, parent.height() - 80))

    def _select(self, row: int, step: int) -> None:
        for _ in range(self.list.count()):
            row %= self.list.count()
            if self.list.item(row).data(ENTRY).enabled:
                self.list.setCurrentRow(row)
                return
            row += step

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.data(ENTRY).enabled:
            entry = item.data(ENTRY)
            self.close_palette()
            entry.choose()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            self._focus_before = None  # whoever took the focus keeps it
            self.close_palette()
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10, Qt.Key.Key_PageUp: -10}
        if event.key() in step and self.list.count():
            by = step[Qt.Key(event.key())]
            row = self.list.currentRow() + by
            if abs(by) > 1:
                row = min(max(row, 0), self.list.count() - 1)
            self._select(row, 1 if by > 0 else -1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentItem())
        elif event.key() == Qt.Key.Key_Escape:
            self.close_palette()
        else:
            return False
        return True


def match_score(text: str, entry: PaletteEntry) -> tuple[int, int] | None:
    """How well the typed words fit, smaller is better; None if one of them does not occur."""
    label, place = entry.label.lower(), entry.place.lower()
    score, position = 0, 0
    for word in text.lower().split():
        at = label.find(word)
        if at >= 0:
            starts_word = at == 0 or not label[at - 1].isalnum()
            score += 0 if at == 0 else 1 if starts_word else 3
            position += at
        elif word in place:
            score += 5
        elif _is_subsequence(word, label):
            score += 8
        else:
            return None
    return score + (0 if entry.enabled else 20), position


def _is_subsequence(word: str, label: str) -> bool:
    letters = iter(label)
    return len(word) > 1 and all(letter in letters for letter in word)


class _EntryDelegate(QStyledItemDelegate):
    @staticmethod
    def height(metrics: QFontMetrics) -> int:
        return metrics.height() + 9

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(100, self.height(option.fontMetrics))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        entry: PaletteEntry = index.data(ENTRY)
        rect: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("accent_ground"))
        if entry.icon:
            mode = QIcon.Mode.Normal if entry.enabled else QIcon.Mode.Disabled
            icon(entry.icon).paint(painter, QRect(rect.left() + 8, rect.top(), 16, rect.height()), mode=mode)
        middle = Qt.AlignmentFlag.AlignVCenter
        inner = rect.adjusted(34, 0, -10, 0)
        painter.setPen(theme.color("quiet"))
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, entry.shortcut)
        painter.setPen(theme.color("text" if entry.enabled else "faint"))
        painter.drawText(inner, middle, entry.label)
        left = option.fontMetrics.horizontalAdvance(entry.label) + 12
        painter.setPen(theme.color("faint"))
        painter.setFont(theme.quiet_font(option.font))
        painter.drawText(inner.adjusted(left, 0, -90, 0), middle, entry.place)
        painter.restore()

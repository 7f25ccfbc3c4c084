"""The history panel: every edit, to go back and forth between them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QVBoxLayout, QWidget

from explorer.document.document import Document
from explorer.ui import icons, theme
from explorer.ui.panel import Panel
from explorer.ui.workspace import Workspace

Index = QModelIndex | QPersistentModelIndex
NOTHING = QModelIndex()


class HistoryList(QAbstractListModel):
    """The labels of the history's entries; what was undone is faint."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._count = len(document.history.entries)

    def refresh(self) -> None:
        """Show the history as it is now."""
        self.beginResetModel()
        self._count = len(self._document.history.entries)
        self.endResetModel()

    def rowCount(self, parent: Index = NOTHING) -> int:
        return 0 if parent.isValid() else self._count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        history, row = self._document.history, index.row()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return history.entries[row].label
            case Qt.ItemDataRole.DecorationRole:
                return icons.icon(
                    "next" if row == history.index else "redo" if row > history.index else "check"
                )
            case Qt.ItemDataRole.ForegroundRole:
                return theme.color("faint" if row > history.index else "text")
            case Qt.ItemDataRole.FontRole:
                font = QFont()
                font.setBold(row == history.index)
                font.setItalic(row > history.index)
                return font
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(row, history.index)
        return None


class _History(QListView):
    """A list in which a click and the arrow keys mean the same: go there."""

    activated_row = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAccessibleName("History")
        self.clicked.connect(lambda index: self.activated_row.emit(index.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.currentIndex().row()
        super().keyPressEvent(event)
        row = self.currentIndex().row()
        if row != before and row >= 0:
            self.activated_row.emit(row)


class HistoryPanel(Panel):
    """A click on an entry brings back the state after it."""

    name = "history"
    title = "History"
    area = "bottom"
    order = 30
    tabbed_with = "summary"
    icon = "history"
    help = (
        "Everything that has been changed, oldest first. Click an entry to go back or forth to the state after it; "
        "what has been undone is faint and can be done again until the next change."
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.model = HistoryList(workspace.document)
        self.list = _History(self)
        self.list.setModel(self.model)
        self.list.activated_row.connect(workspace.document.go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        workspace.document.history_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.model.refresh()
        history = self.workspace.document.history
        here = self.model.index(history.index)
        self.list.setCurrentIndex(here)
        self.list.scrollTo(here)
        undone = len(history.entries) - 1 - history.index
        edits = f"{history.index} {'edit' if history.index == 1 else 'edits'}"
        self.headline_changed.emit(f"{edits}, {undone} undone" if undone else edits)


def _tip(row: int, current: int) -> str:
    if row == current:
        return "This is how it is now"
    steps = abs(row - current)
    verb = "Undo" if row < current else "Redo"
    return f"{verb} {steps} {'edit' if steps == 1 else 'edits'}"

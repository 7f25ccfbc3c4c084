"""The log panel: what was said and logged, by level, to copy."""

from __future__ import annotations

import logging
import time
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QToolButton,
    QVBoxLayout,
)

from explorer.folders import log_folder
from explorer.log import LOGGER
from explorer.runtime.log_records import LogEntry, LogRecords
from explorer.ui import icons, theme
from explorer.ui.panel import Panel
from explorer.ui.workspace import Workspace

Index = QModelIndex | QPersistentModelIndex
NOTHING = QModelIndex()
MOST_ENTRIES = 2000
LEVELS = (("Everything", logging.NOTSET), ("Warnings and errors", logging.WARNING), ("Errors", logging.ERROR))
SAID = "Said ("  # how the workspace logs what it says; that is shown as it was said


class LogList(QAbstractListModel):
    """The entries that pass the filter, oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[LogEntry] = []
        self.shown: list[LogEntry] = []
        self._level = logging.NOTSET
        self._words: list[str] = []

    def add(self, entries: list[LogEntry]) -> None:
        """Append entries; the oldest are forgotten."""
        self.entries += entries
        if len(self.entries) > MOST_ENTRIES:
            del self.entries[:-MOST_ENTRIES]
            self._filter()
            return
        passing = [entry for entry in entries if self._passes(entry)]
        if passing:
            self.beginInsertRows(NOTHING, len(self.shown), len(self.shown) + len(passing) - 1)
            self.shown += passing
            self.endInsertRows()

    def filter(self, level: int, text: str) -> None:
        """Show only entries from this level up that contain all these words."""
        self._level, self._words = level, text.lower().split()
        self._filter()

    def rowCount(self, parent: Index = NOTHING) -> int:
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.shown[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{time.strftime('%H:%M:%S', time.localtime(entry.moment))}  {entry.first_line}"
            case Qt.ItemDataRole.ToolTipRole:
                return entry.line[:2000]
            case Qt.ItemDataRole.ForegroundRole:
                return theme.color(_color(entry))
        return None

    def _filter(self) -> None:
        self.beginResetModel()
        self.shown = [entry for entry in self.entries if self._passes(entry)]
        self.endResetModel()

    def _passes(self, entry: LogEntry) -> bool:
        return entry.level >= self._level and all(word in entry.line.lower() for word in self._words)


class LogPanel(Panel):
    """Fetches on the clock's tick what threads have logged, and follows the end unless one scrolls up."""

    name = "log"
    title = "Log"
    area = "bottom"
    order = 40
    tabbed_with = "summary"
    icon = "log"
    help = "What the program has said and logged. Filter it by level or words; the whole log lies in a file."

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.model = LogList()
        self.records = LogRecords(told=workspace.clock.ring)
        self._assemble()
        workspace.clock.ticked.connect(self._fetch)
        workspace.said.connect(self._add_said)
        LOGGER.addHandler(self.records)
        records = self.records  # not self, which is half destroyed by then
        self.destroyed.connect(lambda: LOGGER.removeHandler(records))

    def copy_marked(self) -> None:
        """The marked entries, or all that are shown if none is, onto the clipboard."""
        marked = sorted(index.row() for index in self.list.selectionModel().selectedRows())
        entries = [self.model.shown[row] for row in marked] or self.model.shown
        QGuiApplication.clipboard().setText("".join(f"{entry.line}\n" for entry in entries))

    def open_folder(self) -> None:
        """Show the folder of the log file in the system's file manager."""
        folder = log_folder()
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.workspace.say(f"No file manager answered. The log lies in {folder}.")

    def _fetch(self) -> None:
        self._add([entry for entry in self.records.take() if not entry.text.startswith(SAID)])

    def _add_said(self, sentence: str, kind: str) -> None:
        level = logging.ERROR if kind == "error" else logging.INFO
        self._fetch()
        self._add([LogEntry(level, sentence)])

    def _add(self, entries: list[LogEntry]) -> None:
        if not entries:
            return
        bar = self.list.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - 4
        self.model.add(entries)
        if follows:
            self.list.scrollToBottom()
        errors = sum(1 for entry in self.model.entries if entry.level >= logging.ERROR)
        self.headline_changed.emit(f"{errors} {'error' if errors == 1 else 'errors'}" if errors else "")

    def _filter(self) -> None:
        self.model.filter(self.level.currentData(), self.search.text())
        self.list.scrollToBottom()

    def _assemble(self) -> None:
        self.list = QListView(self)
        self.list.setModel(self.model)
        self.list.setUniformItemSizes(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.list.setAccessibleName("Log")
        self.level = QComboBox(self)
        for text, level in LEVELS:
            self.level.addItem(text, level)
        self.level.setAccessibleName("Level")
        self.level.currentIndexChanged.connect(self._filter)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search")
        self.search.setAccessibleName("Search the log")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        row = QHBoxLayout()
        row.setContentsMargins(6, 4, 6, 2)
        row.addWidget(self.level)
        row.addWidget(self.search, 1)
        for label, icon, key, run in (
            ("Copy", "copy", QKeySequence.StandardKey.Copy, self.copy_marked),
            ("Open the folder of the log", "folder", None, self.open_folder),
        ):
            action = QAction(icons.icon(icon), label, self.list)
            if key is not None:
                action.setShortcut(key)
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(run)
            self.list.addAction(action)
            button = QToolButton(self)
            button.setDefaultAction(action)
            button.setIconSize(QSize(16, 16))
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(self.list, 1)


def _color(entry: LogEntry) -> str:
    if entry.level >= logging.ERROR:
        return "error"
    if entry.level >= logging.WARNING:
        return "stale"
    return "text" if not entry.origin else "quiet"

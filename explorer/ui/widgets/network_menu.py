"""The context menu of a layer in the network's graph."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from explorer.ui import icons
from explorer.ui.widgets.network_graph_rows import GraphRow

# verb, label, icon, shortcut (shown; the graph's own keys do it), whether the input has it too; None is a line
ENTRIES: tuple[tuple[str, str, str, str, bool] | None, ...] = (
    ("add_after", "Add after…", "add", "Return", True),
    ("add_before", "Add before…", "", "", False),
    ("add_branch", "New branch from here…", "", "", True),
    ("replace", "Replace by…", "", "", False),
    None,
    ("rename", "Rename", "rename", "F2", True),
    ("duplicate", "Duplicate", "duplicate", "Ctrl+D", False),
    ("bypass", "Bypass", "bypass", "Ctrl+B", False),
    ("up", "Move up", "up", "Alt+Up", False),
    ("down", "Move down", "down", "Alt+Down", False),
    ("remove", "Remove", "trash", "Del", False),
    None,
    ("copy", "Copy name", "copy", "", True),
)


class NetworkMenu(QMenu):
    """What can be done with one layer; `readers` are the layers that could read it."""

    asked = Signal(str)  # one of the verbs of ENTRIES
    connect_asked = Signal(str)  # name of the reader

    def __init__(self, row: GraphRow, readers: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for entry in ENTRIES:
            if entry is None:
                self.addSeparator()
                continue
            verb, label, icon, shortcut, for_input = entry
            action = self.addAction(icons.icon(icon), label)
            action.setObjectName(verb)
            action.setShortcut(shortcut)
            action.setShortcutVisibleInContextMenu(True)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # only shown
            action.setEnabled(for_input or not row.is_input)
            if verb == "bypass":
                action.setCheckable(True)
                action.setChecked(row.bypassed)
            action.triggered.connect(lambda _=False, verb=verb: self.asked.emit(verb))
        connect = self.addMenu("Let it be read by")
        for name in readers:
            connect.addAction(name).triggered.connect(
                lambda _=False, name=name: self.connect_asked.emit(name)
            )
        connect.setEnabled(bool(readers))

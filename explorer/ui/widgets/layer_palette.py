"""The palette of layers: search, choose with Enter or a click, or drag into the network."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.engine.layer import Layer, layer_kinds
from explorer.ui import icons, theme

KIND = Qt.ItemDataRole.UserRole
GROUPS = ("Convolution", "Pooling", "Activation", "Normalisation", "Dense", "Shape", "Merge")  # others follow


class LayerPalette(QWidget):
    """All registered layers by group, with the help of the one that is marked.

    The person chooses by Enter, click or drag; Shift with Enter or a click asks for a branch of its own.
    """

    chosen = Signal(str, bool)  # kind, whether as a branch of its own
    dragged = Signal(str, QPoint)  # kind, global position of the pointer
    dropped = Signal(str, QPoint)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLabel(self)
        self._title.setObjectName("palette_title")
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search layers")
        self.search.setAccessibleName("Search layers")
        self.search.setClearButtonEnabled(True)
        self.list = _LayerList(self)
        self._help = QLabel(self)
        self._help.setWordWrap(True)
        self._help.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._assemble()
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list.currentItemChanged.connect(self._tell)
        self.list.clicked_kind.connect(self.chosen)
        self.list.dragged.connect(self.dragged)
        self.list.dropped.connect(self.dropped)
        self._filter("")

    def open_for(self, title: str) -> None:
        """Say what the choice will do, and be ready to type."""
        self._title.setText(title)
        self._title.setToolTip(title)
        self.search.clear()
        self._filter("")
        self.search.setFocus()

    def kinds(self) -> list[str]:
        """The kinds that are offered now, from top to bottom."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return [kind for item in items if (kind := item.data(KIND))]

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._help.setFont(theme.quiet_font(self.font(), 0.85))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._search_key(event)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)

    def _search_key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            QApplication.sendEvent(self.list, event)
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.keyPressEvent(event)
            return True
        return False

    def _choose(self, as_branch: bool) -> None:
        item = self.list.currentItem()
        if item is not None and item.data(KIND):
            self.chosen.emit(item.data(KIND), as_branch)

    def _filter(self, text: str) -> None:
        self.list.clear()
        for group, layers in _found(text).items():
            self.list.addItem(_heading(group))
            for layer in layers:
                item = QListWidgetItem(layer.title)
                item.setData(KIND, layer.kind)
                item.setToolTip(layer.help)
                self.list.addItem(item)
        if self.list.count():
            self.list.setCurrentRow(_best_row(self.list, text))
        else:
            self._help.setText(f"No layer is called {text!r}.")

    def _tell(self) -> None:
        item = self.list.currentItem()
        kind = item.data(KIND) if item is not None else None
        self._help.setText(layer_kinds()[kind].help if kind else "")

    def _assemble(self) -> None:
        close = QToolButton(self)
        close.setIcon(icons.icon("close"))
        close.setIconSize(QSize(14, 14))
        close.setToolTip("Close the palette (Esc)")
        close.clicked.connect(self.closed)
        self._title.setMinimumWidth(20)
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 6, 6)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._help)
        self._help.setFont(theme.quiet_font(self.font(), 0.85))


class _LayerList(QListWidget):
    clicked_kind = Signal(str, bool)
    dragged = Signal(str, QPoint)
    dropped = Signal(str, QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Layers")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._start: QPoint | None = None
        self._kind = ""
        self._dragging = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        item = self.itemAt(event.position().toPoint())
        self._kind = (item.data(KIND) or "") if item is not None else ""
        self._start = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._start is None or not self._kind:
            return
        way = (event.position().toPoint() - self._start).manhattanLength()
        if self._dragging or way >= QApplication.startDragDistance():
            self._dragging = True
            self.setCursor(Qt.CursorShape.DragCopyCursor)
            self.dragged.emit(self._kind, event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        started, dragging = self._start is not None, self._dragging
        self._start, self._dragging = None, False
        self.unsetCursor()
        if dragging:
            self.dropped.emit(self._kind, event.globalPosition().toPoint())
        elif started and self._kind:
            as_branch = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.clicked_kind.emit(self._kind, as_branch)


def _by_group() -> dict[str, list[type[Layer]]]:
    layers = [layer for layer in layer_kinds().values() if layer.arity[1] != 0]
    groups = dict.fromkeys([*GROUPS, *(layer.group for layer in layers)])
    by_group = {group: [layer for layer in layers if layer.group == group] for group in groups}
    return {group: found for group, found in by_group.items() if found}


def _found(text: str) -> dict[str, list[type[Layer]]]:
    """The layers in which every word occurs; if there is none, those that the words abbreviate, short titles first."""
    words = text.lower().split()
    by_group = {
        group: [one for one in layers if all(word in _searched(one) for word in words)]
        for group, layers in _by_group().items()
    }
    if not any(by_group.values()):
        by_group = {
            group: sorted(
                (one for one in layers if all(_abbreviates(word, one) for word in words)),
                key=lambda one: len(one.title),
            )
            for group, layers in _by_group().items()
        }
    return {group: layers for group, layers in by_group.items() if layers}


def _abbreviates(word: str, layer: type[Layer]) -> bool:
    """Whether the letters of a word stand in the title in this order, the first one at the beginning of a word."""
    title = layer.title.lower()
    starts = [
        at for at in range(len(title)) if title[at] == word[0] and (at == 0 or not title[at - 1].isalnum())
    ]
    for start in starts:
        letters = iter(title[start:])
        if all(letter in letters for letter in word):
            return True
    return False


def _searched(layer: type[Layer]) -> str:
    return f"{layer.title} {layer.kind} {layer.group} {layer.help}".lower()


def _best_row(found: QListWidget, text: str) -> int:
    """The layer whose title begins with the text, else the first one."""
    rows = [row for row in range(found.count()) if found.item(row).data(KIND)]
    starting = (row for row in rows if text and found.item(row).text().lower().startswith(text.lower()))
    return next(starting, rows[0])


def _heading(group: str) -> QListWidgetItem:
    item = QListWidgetItem(group.upper())
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    font = theme.quiet_font(item.font(), 0.8)
    item.setFont(font)
    return item

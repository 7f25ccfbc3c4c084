"""The line in which one cell of a table is typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from explorer.ui import theme

Direction = tuple[int, int]  # rows down, columns right

ARROWS: dict[int, Direction] = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


class CellEditor(QLineEdit):
    """Opens over a cell and says when it is done.

    With `arrows_leave` (typing began on the cell) arrows end the entry; without (F2, double click) left and
    right move in the text.
    """

    entered = Signal(str, object, bool)  # text, where to go on (Direction or None), fill the whole selection
    cancelled = Signal()

    def __init__(self, text: str, arrows_leave: bool, parent: QWidget) -> None:
        super().__init__(text, parent)
        self._arrows_leave = arrows_leave
        self._is_open = True
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setStyleSheet(
            f"padding: 0; margin: 0; min-height: 0; border: 2px solid {theme.css('accent')}; border-radius: 2px;"
        )

    def close_quietly(self) -> None:
        """Close without entering anything."""
        self._is_open = False
        self.hide()
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            down = -1 if modifiers & Qt.KeyboardModifier.ShiftModifier else 1
            fills = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
            self._enter(None if fills else (down, 0), fills)
        elif key == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif key in ARROWS and (self._arrows_leave or ARROWS[key][0]):
            self._enter(ARROWS[key])
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        self._enter((0, 1 if forward else -1))
        return True

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:  # its own context menu
            self._enter(None)

    def _enter(self, direction: Direction | None, fills: bool = False) -> None:
        if self._is_open:
            self._is_open = False
            self.entered.emit(self.text(), direction, fills)

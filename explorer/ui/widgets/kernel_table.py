"""A kernel as a spreadsheet: type, arrows and Tab, ranges, copy and paste, wheel and drag."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from explorer.engine.kernel_limits import Kernel, KernelError, size_text
from explorer.engine.kernel_number import number_text, read_number
from explorer.engine.kernel_text import read_kernel, write_kernel
from explorer.ui import theme
from explorer.ui.widgets.cell_editor import ARROWS, CellEditor, Direction
from explorer.ui.widgets.kernel_cells import Cell, CellGrid, Selection, cell_text, paste_target, place_text
from explorer.ui.widgets.kernel_gestures import KernelGestures
from explorer.ui.widgets.kernel_view import Colour, KernelView

Keys = QKeySequence.StandardKey
PREFIX = "K"  # typed into a cell it could only be refused
CLIPBOARD = (Keys.Copy, Keys.Cut, Keys.Paste, Keys.SelectAll)
OWN_KEYS = {
    *ARROWS, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home,
    Qt.Key.Key_End, Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter,
}  # fmt: skip


class KernelTable(KernelView):
    """Shows a kernel and lets a person change it. It knows no document: whoever shows it listens.

    An edit is shown at once and emitted; a listener that refuses it shows the old kernel again.
    """

    edited = Signal(object, str, object)  # the new kernel, what has changed, merge key (an object or None)
    matrix_pasted = Signal(object)  # a kernel of another size, which only the layer as a whole can take
    refused = Signal(str)  # the sentence for what could not be entered or pasted
    current_changed = Signal(object)  # the cell that the keyboard is on
    letter_chosen = Signal(str)  # the capital letter after K, the prefix of what is done to kernels

    def __init__(self, colour: Colour, parent: QWidget | None = None) -> None:
        super().__init__(colour, parent)
        self._selection = Selection((0, 0), (0, 0))
        self._editor: CellEditor | None = None
        self._gestures = KernelGestures(self)
        self._after_prefix = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Kernel")

    @property
    def selection(self) -> Selection:
        """The selected range of cells."""
        return self._selection

    @property
    def current(self) -> Cell:
        """The cell that the keyboard is on."""
        return self._selection.current

    def set_kernel(self, kernel: Kernel) -> None:
        if np.array_equal(kernel, self._kernel):
            return
        if kernel.shape != self._kernel.shape:
            self._close_editor()
            self._gestures.forget()
            self._selection = self._selection.within(*kernel.shape)
        self._gestures.end_turns()
        super().set_kernel(kernel)

    def select(self, anchor: Cell, current: Cell | None = None) -> None:
        """Select one cell, or a range of cells from the anchor to the current one."""
        self._selection = Selection(anchor, current or anchor).within(*self._kernel.shape)
        self._gestures.end_turns()
        self.setAccessibleDescription(self._description())
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
        self.current_changed.emit(self.current)
        self.update()

    def select_all(self) -> None:
        """Select the whole kernel."""
        rows, columns = self._kernel.shape
        self.select((0, 0), (rows - 1, columns - 1))

    # ---- keyboard ---------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self._wants(event):
            event.accept()  # before a shortcut of the window takes the key
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        extends = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        after_prefix, self._after_prefix = self._after_prefix, False
        if self._on_clipboard_key(event):
            return
        if after_prefix and event.text():
            self.letter_chosen.emit(event.text().upper())
            return
        if event.text().upper() == PREFIX:
            self._after_prefix = True
            return
        if key in ARROWS:
            self._step(ARROWS[key], extends)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._step((0, -99 if key == Qt.Key.Key_Home else 99), extends)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear()
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._gestures.turn(1 if key == Qt.Key.Key_PageUp else -1, self.current, modifiers)
        elif key in (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_editor()
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):  # comes here with Ctrl only: the way out
            super().focusNextPrevChild(key == Qt.Key.Key_Tab)
        elif key == Qt.Key.Key_Escape and self._gestures.is_dragging:
            self._gestures.cancel()
        elif _is_typed(event):
            self.open_editor(event.text())
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab walks through the cells, row by row, and out behind the last one."""
        target = self._in_reading_order(1 if forward else -1)
        if target is None:
            return super().focusNextPrevChild(forward)
        self.select(target)
        return True

    def _wants(self, event: QEvent) -> bool:
        return isinstance(event, QKeyEvent) and (
            event.key() in OWN_KEYS or _is_typed(event) or any(event.matches(key) for key in CLIPBOARD)
        )

    def _on_clipboard_key(self, event: QKeyEvent) -> bool:
        for key, act in zip(CLIPBOARD, (self.copy, self.cut, self.paste, self.select_all), strict=True):
            if event.matches(key):
                act()
                return True
        return False

    def _step(self, direction: Direction, extends: bool = False) -> None:
        rows, columns = self._kernel.shape
        row = min(max(self.current[0] + direction[0], 0), rows - 1)
        column = min(max(self.current[1] + direction[1], 0), columns - 1)
        self.select(self._selection.anchor if extends else (row, column), (row, column))

    def _in_reading_order(self, cells: int) -> Cell | None:
        rows, columns = self._kernel.shape
        position = self.current[0] * columns + self.current[1] + cells
        return divmod(position, columns) if 0 <= position < rows * columns else None

    # ---- typing -----------------------------------------------------------------------------------------------

    def open_editor(self, typed: str = "") -> None:
        """Type into the current cell; without a first character its number is there to be changed."""
        self._close_editor()
        editor = CellEditor(typed or self._value_text(self.current), bool(typed), self)
        rect = self.cell_rect(self.current)
        width = max(rect.width(), 60.0)
        left = min(max(rect.center().x() - width / 2, 0.0), max(0.0, self.width() - width))
        editor.setGeometry(QRectF(left, rect.top(), width, max(rect.height(), 18.0)).toRect())
        editor.entered.connect(self._enter)
        editor.cancelled.connect(self._close_editor)
        self._editor = editor
        editor.show()
        editor.setFocus()
        if not typed:
            editor.selectAll()
        self.update()

    def _close_editor(self) -> None:
        editor, self._editor = self._editor, None
        if editor is not None:
            had_focus = editor.hasFocus()
            editor.close_quietly()
            if had_focus:
                self.setFocus()
            self.update()

    def _enter(self, text: str, direction: Direction | None, fills: bool) -> None:
        selection = self._selection
        self._close_editor()
        cells = selection if fills else Selection(selection.current, selection.current)
        try:
            value = read_number(text, cell_text(selection.current).capitalize())
        except KernelError as error:
            self.refused.emit(str(error))
            return
        self._put(cells, np.float32(value), f"{place_text(cells)} = {number_text(value)}")
        if direction in ((0, 1), (0, -1)):
            self.select(self._in_reading_order(direction[1]) or self.current)
        elif direction is not None:
            self._step(direction)

    # ---- ranges and the clipboard -----------------------------------------------------------------------------

    def copy(self) -> None:
        """Put the selected numbers on the clipboard, with tabs, as spreadsheets understand them."""
        part = self._kernel[self._selection.rows, self._selection.columns]
        QGuiApplication.clipboard().setText(write_kernel(part, "tabs"))

    def cut(self) -> None:
        """Copy the selected numbers and set them to 0."""
        self.copy()
        self.clear()

    def clear(self) -> None:
        """Set the selected numbers to 0."""
        self._put(self._selection, np.float32(0), f"{place_text(self._selection)} = 0")

    def paste(self) -> None:
        """Paste the clipboard's numbers.

        One number fills the selection; a matrix goes to the selected cells and those right of and below them.
        A matrix larger than the kernel, or pasted over the whole of it, is for the layer: `matrix_pasted`.
        """
        try:
            matrix = read_kernel(QGuiApplication.clipboard().text())
            cells = paste_target(matrix, self._kernel, self._selection)
        except KernelError as error:
            self.refused.emit(str(error))
            return
        if cells is None:
            self.matrix_pasted.emit(matrix)
        else:
            self._put(cells, matrix, f"paste into {place_text(cells)}")
            self._selection = cells

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        for text, key, act in (
            ("Copy", Keys.Copy, self.copy),
            ("Cut", Keys.Cut, self.cut),
            ("Paste", Keys.Paste, self.paste),
            ("Set to 0", Keys.Delete, self.clear),
            ("Select all", Keys.SelectAll, self.select_all),
        ):
            menu.addAction(text, QKeySequence(key), act)
        menu.exec(event.globalPos())
        menu.deleteLater()

    # ---- mouse ------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._gestures.move(event):
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._gestures.cancel()
        if self.cell_at(event.position()) == self.current:
            self.open_editor()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._gestures.wheel(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._gestures.end_turns()
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._gestures.end_turns()
        self._after_prefix = False
        self.update()
        super().focusOutEvent(event)

    # ---- changing and showing ---------------------------------------------------------------------------------

    def show_edit(self, kernel: Kernel, what: str, key: object = None) -> None:
        """Show a kernel that a person made and tell it; edits with the same key are one undo."""
        if not np.array_equal(kernel, self._kernel):
            super().set_kernel(kernel)
            self.edited.emit(self._kernel.copy(), what, key)

    def _put(self, cells: Selection, values: Kernel | np.float32, what: str) -> None:
        kernel = self._kernel.copy()
        kernel[cells.rows, cells.columns] = values
        self._gestures.end_turns()
        self.show_edit(kernel, what)

    def _description(self) -> str:
        size = size_text(*self._kernel.shape)
        return f"{size}, {cell_text(self.current)}: {self._value_text(self.current)}"

    def _paint_frames(self, painter: QPainter, grid: CellGrid) -> None:
        accent = theme.color("accent")
        if self._selection.is_range:
            united = grid.rect(self._selection.anchor).united(grid.rect(self.current))
            veil = QColor(accent)
            veil.setAlpha(60)
            painter.fillRect(united, veil)
            painter.setPen(QPen(accent, 1.5))
            painter.drawRect(united)
        super()._paint_frames(painter, grid)
        has_focus = self.hasFocus() or self._editor is not None
        painter.setPen(QPen(accent if has_focus else theme.color("faint"), 2))
        painter.drawRoundedRect(grid.rect(self.current), 2, 2)


def _is_typed(event: QKeyEvent) -> bool:
    """Whether the key writes a character: shortcuts with Ctrl and Alt do not."""
    text = event.text()
    with_others = event.modifiers() & (
        Qt.KeyboardModifier.ControlModifier
        | Qt.KeyboardModifier.AltModifier
        | Qt.KeyboardModifier.MetaModifier
    )
    return len(text) == 1 and text.isprintable() and not text.isspace() and not with_others

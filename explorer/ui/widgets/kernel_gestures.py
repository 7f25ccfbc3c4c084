"""What mouse and wheel do to a kernel table: select, scrub by dragging, scrub by turning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from explorer.engine.kernel_limits import Kernel
from explorer.engine.kernel_number import number_text
from explorer.ui.widgets.kernel_cells import Cell, Selection, place_text
from explorer.ui.widgets.kernel_scrub import CellDrag, Scrub, scrub_factor

if TYPE_CHECKING:
    from explorer.ui.widgets.kernel_table import KernelTable


class KernelGestures:
    """The state of what the hand is doing on a table; a drag or a run of turns is one undo."""

    def __init__(self, table: KernelTable) -> None:
        self._table = table
        self._drag: CellDrag | None = None
        self._turns: Scrub | None = None

    @property
    def is_dragging(self) -> bool:
        """Whether a button is down on a cell."""
        return self._drag is not None

    def press(self, event: QMouseEvent) -> None:
        """Select the cell; with Shift extend the selection to it."""
        table = self._table
        cell = table.cell_at(event.position())
        if cell is None:
            return
        table.setFocus()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            table.select(table.selection.anchor, cell)
        elif not (table.selection.is_range and cell in table.selection):
            table.select(cell)
        self._drag = CellDrag(cell, event.position(), Scrub(table.kernel, table.selection))

    def move(self, event: QMouseEvent) -> bool:
        """Scrub up and down, or select sideways; False where no button is down."""
        if self._drag is None:
            return False
        kind, steps = self._drag.moved(event.position())
        if kind == "select":
            self._table.select(self._drag.cell, self._table.nearest_cell(event.position()))
        elif kind == "scrub":
            self._table.setCursor(Qt.CursorShape.SizeVerCursor)
            self._scrub(self._drag.scrub, steps, event.modifiers())
        return True

    def release(self, event: QMouseEvent) -> None:
        """The end of a drag; a mere click in a range selects its one cell."""
        drag = self._drag
        self.forget()
        if drag is not None and drag.is_click and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self._table.select(drag.cell)

    def cancel(self) -> None:
        """End a drag and bring back what was there before."""
        drag = self._drag
        self.forget()
        if drag is not None and not drag.is_click:
            self._table.show_edit(drag.scrub.start, place_text(drag.scrub.cells), drag.scrub.key)

    def forget(self) -> None:
        """End a drag where it is."""
        self._drag = None
        self._table.unsetCursor()

    def wheel(self, event: QWheelEvent) -> None:
        """Over a cell of the table one works in; elsewhere the wheel scrolls what the table stands in."""
        cell = self._table.cell_at(event.position())
        delta = event.angleDelta().y() or event.angleDelta().x()  # some systems turn it with Shift
        if cell is None or not delta or not self._table.hasFocus():
            event.ignore()
            return
        self.turn(delta / 120, cell, event.modifiers())
        event.accept()

    def turn(self, steps: float, cell: Cell, modifiers: Qt.KeyboardModifier) -> None:
        """Scrub by steps; turns in a row on the same cells are one undo."""
        selection = self._table.selection
        cells = selection if cell in selection else Selection(cell, cell)
        if self._turns is None or self._turns.cells != cells:
            self._turns = Scrub(self._table.kernel, cells)
        self._scrub(self._turns, steps, modifiers)

    def end_turns(self) -> None:
        """The next turn is another undo."""
        self._turns = None

    def _scrub(self, scrub: Scrub, steps: float, modifiers: Qt.KeyboardModifier) -> None:
        kernel = scrub.moved(steps, scrub_factor(modifiers))
        self._table.show_edit(kernel, _change_text(scrub.cells, kernel), scrub.key)


def _change_text(cells: Selection, kernel: Kernel) -> str:
    value = "" if cells.is_range else f" = {number_text(float(kernel[cells.current]))}"
    return place_text(cells) + value

"""A kernel table, beside it the same kernel as it is applied when it is turned, and the facts below."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from explorer.engine.kernel_limits import Kernel
from explorer.engine.kernel_number import number_text
from explorer.ui import theme
from explorer.ui.widgets.kernel_cells import Cell, cell_text
from explorer.ui.widgets.kernel_table import KernelTable
from explorer.ui.widgets.kernel_view import Colour, KernelView

READABLE_CELL = 20  # pixels


class KernelBench(QWidget):
    """Shows one kernel for work; with `is_turned` also turned by 180 degrees, and links the cells of both."""

    def __init__(self, colour: Colour, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = KernelTable(colour)
        self.applied = KernelView(colour)
        self.applied.setAccessibleName("Kernel as it is applied")
        self._title, self._applied_title = QLabel("the kernel"), QLabel("turned, as applied")
        self.facts = QLabel()
        self.facts.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for label in (self._title, self._applied_title, self.facts):
            label.setFont(theme.quiet_font(self.font()))
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(3)
        self.table.hovered.connect(self._point_at)
        self.table.current_changed.connect(lambda _: self._show_facts(None))
        self.applied.hovered.connect(lambda cell: self.table.set_marked(self._opposite(cell)))
        self._is_turned = False
        self._pointed: Cell | None = None
        self.set_turned(False)

    def set_kernel(self, kernel: Kernel) -> None:
        """Show a kernel (kh, kw)."""
        self.table.set_kernel(kernel)
        self.applied.set_kernel(kernel[::-1, ::-1])
        self._arrange()
        rows, columns = kernel.shape
        is_inside = self._pointed is not None and self._pointed[0] < rows and self._pointed[1] < columns
        self._show_facts(self._pointed if is_inside else None)

    def set_turned(self, is_turned: bool) -> None:
        """Show the kernel as applied too, or the table alone."""
        self._is_turned = is_turned
        for widget in (self._title, self._applied_title, self.applied):
            widget.setVisible(is_turned)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Side by side where the cells are large enough to be read so, else below each other."""
        columns = self.table.kernel.shape[1]
        beside = self._is_turned and 2 * columns * READABLE_CELL <= self.width()
        first, second = (0, 1) if beside else (0, 0)
        places = ((self._title, 0, first), (self.table, 1, first), (self._applied_title, 0 if beside else 2, second),
                  (self.applied, 1 if beside else 3, second))  # fmt: skip
        for widget, row, column in places:
            self._layout.addWidget(widget, row, column)
        self._layout.addWidget(self.facts, 4, 0, 1, 2)
        half = self.width() // 2 - 2
        self.table.setFixedHeight(self.table.height_for(half if beside else self.width()))
        self.applied.setFixedHeight(self.applied.height_for(half))

    def _opposite(self, cell: Cell | None) -> Cell | None:
        """The cell that lies where this one does after a turn by 180 degrees."""
        rows, columns = self.table.kernel.shape
        return None if cell is None else (rows - 1 - cell[0], columns - 1 - cell[1])

    def _point_at(self, cell: Cell | None) -> None:
        self.applied.set_marked(self._opposite(cell))
        self._show_facts(cell)

    def _show_facts(self, cell: Cell | None) -> None:
        """The exact number of the cell under the pointer, or else of the current one, and the sum."""
        kernel = self.table.kernel.astype(np.float64)
        self._pointed = cell
        named = self.table.current if cell is None else cell
        with np.errstate(invalid="ignore"):  # a file may hold weights that are no numbers
            total = kernel.sum()
        if abs(total) < 1e-6 * np.abs(kernel).sum():
            total = 0.0  # what float32 leaves of a sum that is meant to be 0
        self.facts.setText(f"{cell_text(named)}: {number_text(float(kernel[named]))}   ·   sum {total:.4g}")

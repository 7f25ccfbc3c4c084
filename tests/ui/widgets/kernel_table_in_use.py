"""What tests of the kernel table share: a kernel from 1 to 9, its colours, and where its cells lie."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor

from explorer.ui.widgets.kernel_table import KernelTable

COUNTED = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], np.float32)


def grey(t: float) -> QColor:
    return QColor.fromRgbF(t, t, t)


def centre(table: KernelTable, row: int, column: int) -> QPoint:
    return table.cell_rect((row, column)).center().toPoint()

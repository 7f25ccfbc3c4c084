"""Scrubbing: dragging over cells or turning the wheel changes weights in tidy steps."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, Qt

from explorer.engine.kernel_limits import LARGEST_WEIGHT, Kernel
from explorer.ui.widgets.kernel_cells import Cell, Selection, largest_weight

DRAG_BEGINS_PX = 4
DRAG_PX_PER_STEP = 4
FINE, COARSE = 0.1, 10.0


def scrub_factor(modifiers: Qt.KeyboardModifier) -> float:
    """Fine with Ctrl, coarse with Shift."""
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        return FINE
    return COARSE if modifiers & Qt.KeyboardModifier.ShiftModifier else 1.0


def scrub_step(kernel: Kernel) -> float:
    """A power of ten: 0.1 where the largest weight is 1 to 10, 0.01 where it is 0.1 to 1; 0.1 where all are 0."""
    largest = largest_weight(kernel)
    return 10.0 ** (math.floor(math.log10(largest)) - 1) if largest else 0.1


class Scrub:
    """One scrub from its start to its end: one undo, since all its edits carry the same key.

    Steps add up, so a change from coarse to fine in the middle goes on from where it is.
    """

    def __init__(self, kernel: Kernel, cells: Selection) -> None:
        self.start = kernel
        self.cells = cells
        self.key = object()
        self._step = scrub_step(kernel)
        self._finest = self._step
        self._offset = 0.0

    def moved(self, steps: float, factor: float = 1.0) -> Kernel:
        """The kernel after so many more steps, fine or coarse by the factor."""
        self._offset += steps * self._step * factor
        self._finest = min(self._finest, self._step * factor)
        offset = round(self._offset / self._finest) * self._finest
        digits = 2 - math.floor(math.log10(self._finest))  # float dust such as 0.30000000000000004 goes
        part = (self.cells.rows, self.cells.columns)
        kernel = self.start.astype(np.float64)
        kernel[part] = np.clip(np.round(kernel[part] + offset, digits), -LARGEST_WEIGHT, LARGEST_WEIGHT)
        return kernel.astype(np.float32) if offset else self.start


class CellDrag:
    """A press on a cell that may become a scrub (up and down) or a selection (sideways)."""

    def __init__(self, cell: Cell, pressed: QPointF, scrub: Scrub) -> None:
        self.cell = cell
        self.scrub = scrub
        self._pressed = pressed
        self._last_y = pressed.y()
        self._kind: Literal["", "select", "scrub"] = ""

    @property
    def is_click(self) -> bool:
        """Whether the pointer has not really moved."""
        return not self._kind

    def moved(self, position: QPointF) -> tuple[Literal["", "select", "scrub"], float]:
        """What the drag is, decided by its first few pixels, and the steps upwards since the last call."""
        if not self._kind:
            way = position - self._pressed
            if max(abs(way.x()), abs(way.y())) < DRAG_BEGINS_PX:
                return "", 0.0
            self._kind = "scrub" if abs(way.y()) >= abs(way.x()) else "select"
        steps = (self._last_y - position.y()) / DRAG_PX_PER_STEP
        self._last_y = position.y()
        return self._kind, steps

"""The keys of a plot: to read further, to zoom, to move, to show all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from explorer.ui.widgets.curve_plot import CurvePlot

ZOOM = 1.25
MOVE = 1 / 8  # of what is seen
KEYS = {
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Equal,
}  # fmt: skip


def is_own_key(event: QKeyEvent) -> bool:
    """Whether a plot takes this key before any shortcut of the window does."""
    return event.key() in KEYS and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier


def press_key(plot: CurvePlot, event: QKeyEvent) -> bool:
    """Do what the key means; False where it means nothing here."""
    match event.key():
        case Qt.Key.Key_Home:
            plot.show_all()
        case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
            _zoom(plot, 1 / ZOOM)
        case Qt.Key.Key_Minus:
            _zoom(plot, ZOOM)
        case Qt.Key.Key_Left | Qt.Key.Key_Right as key:
            way = 1 if key == Qt.Key.Key_Right else -1
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                low, high = plot.seen[0]
                by = way * (high - low) * MOVE
                plot.move_to(low + by, high + by)
            else:
                plot.read_neighbour(way)
        case _:
            return False
    return True


def _zoom(plot: CurvePlot, factor: float) -> None:
    """Around what is read, or around the middle."""
    low, high = plot.seen[0]
    middle = plot.at if plot.at is not None and low <= plot.at <= high else (low + high) / 2
    plot.move_to(middle + (low - middle) * factor, middle + (high - middle) * factor)

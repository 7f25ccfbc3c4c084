"""Small controls that many bars have: a button of one icon, and a slider that keeps still while one scrolls."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSlider, QToolButton

from explorer.ui.icons import icon


def tool_button(name: str, tip: str, *, checkable: bool = False, size: int = 20) -> QToolButton:
    """A button that shows the icon of this name, `size` pixels wide and high, and says what it does."""
    button = QToolButton()
    button.setIcon(icon(name))
    button.setIconSize(QSize(size, size))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setCheckable(checkable)
    return button


class CalmSlider(QSlider):
    """A slider over which the wheel scrolls what it stands in, unless one works with it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

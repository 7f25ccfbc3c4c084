"""A scrolled picture made of many small things, of which a person picks one: by click, with a tip for each."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

Spot = Any  # which of the things: a number, or a row and a column


class PickingArea(QAbstractScrollArea):
    """What it shows and where, its heirs say; they draw only what is in sight. Ctrl and the wheel zoom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.valueChanged.connect(self.viewport().update)

    @abstractmethod
    def spot_at(self, point: QPoint) -> Spot | None:
        """Which of the things is there, in the viewport."""

    @abstractmethod
    def pick(self, spot: Spot) -> None:
        """Take one as a click on it does."""

    @abstractmethod
    def tip_of(self, spot: Spot) -> str:
        """What is said of one under the pointer; nothing where that is empty."""

    @abstractmethod
    def zoom(self, is_in: bool) -> bool:
        """Show everything larger or smaller; False where there is nothing to show."""

    @abstractmethod
    def lay_out(self) -> None:
        """Find out anew where everything goes, after another size, font or palette."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        spot = self.spot_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and spot is not None:
            self.pick(spot)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        is_zoom = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if not is_zoom or not self.zoom(event.angleDelta().y() > 0):
            super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.lay_out()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            spot = self.spot_at(event.pos())
            tip = self.tip_of(spot) if spot is not None else ""
            if tip:
                QToolTip.showText(event.globalPos(), tip, self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self.lay_out()
            self.viewport().update()

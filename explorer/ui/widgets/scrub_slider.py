"""A slider that goes where one presses and is dragged from there: for scrubbing to and fro."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider


class ScrubSlider(QSlider):
    """Lies; a press beside its handle does not go a page on, as Qt's slider does, but brings the handle there."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and not self._handle().contains(at):
            self.setValue(self.value_at(at))
        super().mousePressEvent(event)  # the handle lies under the pointer now, so that the drag begins

    def value_at(self, at: QPoint) -> int:
        """The value at a point."""
        groove, wide = self._part(QStyle.SubControl.SC_SliderGroove), self._handle().width()
        x = at.x() - groove.left() - wide // 2
        return QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), x, groove.width() - wide)

    def _handle(self) -> QRect:
        return self._part(QStyle.SubControl.SC_SliderHandle)

    def _part(self, part: QStyle.SubControl) -> QRect:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        return self.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, self)

"""A declared parameter as a slider with its number beside it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from explorer.engine.kernel_parameter import KernelParameter
from explorer.ui.widgets.number_box import Gesture, NumberBox
from explorer.ui.widgets.tool_button import CalmSlider


class ParameterSlider(QWidget):
    """Proposes values; those of one drag carry the same key, so that they are one undo."""

    proposed = Signal(str, float, object)  # name of the parameter, value, key of the gesture

    def __init__(self, parameter: KernelParameter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parameter = parameter
        self._gesture = Gesture()
        label = QLabel(f"{parameter.title} {parameter.unit}".rstrip())
        label.setFixedWidth(
            label.fontMetrics().horizontalAdvance("Wavelength px") + 6
        )  # the longest there is
        self.slider = CalmSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, round((parameter.high - parameter.low) / parameter.step))
        self.slider.setAccessibleName(parameter.title)
        self.box = NumberBox(parameter.is_whole, parameter.low, parameter.high, parameter.step)
        self.box.setAccessibleName(parameter.title)
        self.box.setFixedWidth(66)
        label.setBuddy(self.box)
        self.setToolTip(parameter.help)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (label, self.slider, self.box):
            layout.addWidget(widget, int(widget is self.slider))
        self.slider.sliderPressed.connect(self._gesture.begin)
        self.slider.sliderReleased.connect(self._gesture.end)
        self.slider.valueChanged.connect(self._slide)
        self.box.proposed.connect(self._propose)
        self.show_value(parameter.default)

    def show_value(self, value: float) -> None:
        """Show a value without proposing it."""
        self.box.show_value(value)
        with QSignalBlocker(self.slider):
            self.slider.setValue(round((value - self.parameter.low) / self.parameter.step))

    def _slide(self, position: int) -> None:
        value = self.parameter.low + position * self.parameter.step
        self._propose(min(float(f"{value:.9g}"), self.parameter.high))

    def _propose(self, value: float) -> None:
        self.show_value(value)
        self.proposed.emit(self.parameter.name, value, self._gesture.key())

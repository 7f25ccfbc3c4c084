"""Chooses a kernel of a network: the layer, the output channel, the input channel."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QWidget

from explorer.ui.widgets.number_box import NumberBox

RGB = ("R", "G", "B")


class SlicePicker(QWidget):
    """`conv1  3 ← 0 R`: reads as output 3 made of input 0."""

    layer_chosen = Signal(str)
    slice_chosen = Signal(int, int)  # output, and which of the inputs of this output

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._position, self._first_channel = 0, 0
        self.layers = QComboBox()
        self.layers.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.layers.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.layers.setMinimumContentsLength(6)
        self.layers.setAccessibleName("Layer")
        self.layers.setToolTip("The layers of this network that have kernels")
        self.output = NumberBox(True, 0, 0, 1)
        self.output.setAccessibleName("Output channel")
        self.input = NumberBox(True, 0, 0, 1)
        self.input.setAccessibleName("Input channel")
        self.arrow = QLabel("←")
        self.colour = QLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        for widget in (self.layers, self.output, self.arrow, self.input, self.colour):
            layout.addWidget(widget, int(widget is self.layers))
        for box in (self.output, self.input):
            box.setFixedWidth(52)
            box.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.layers.textActivated.connect(self.layer_chosen)
        self.output.proposed.connect(lambda value: self._choose(int(value), self._position))
        self.input.proposed.connect(
            lambda value: self._choose(int(self.output.value()), int(value) - self._first_channel)
        )

    def show_layers(self, names: Sequence[str], current: str) -> None:
        """The layers that can be chosen."""
        with QSignalBlocker(self.layers):
            if [self.layers.itemText(row) for row in range(self.layers.count())] != list(names):
                self.layers.clear()
                self.layers.addItems(list(names))
            self.layers.setCurrentText(current)

    def show_slice(self, index: tuple[int, int], counts: tuple[int, int], channel: int, is_rgb: bool) -> None:
        """Output and input of the kernel, how many there are, and the channel that the input is."""
        (output, self._position), (outputs, inputs) = index, counts
        self._first_channel = channel - self._position
        self.output.low, self.output.high = 0, outputs - 1
        self.output.show_value(output)
        self.output.setToolTip(f"Output channel, 0 to {outputs - 1}: the map that the kernel makes")
        self.input.low, self.input.high = self._first_channel, self._first_channel + inputs - 1
        self.input.show_value(channel)
        self.input.setToolTip(
            f"Input channel, {self.input.low} to {self.input.high}: the map that the kernel reads"
        )
        self.input.setEnabled(inputs > 1)
        self.output.setEnabled(outputs > 1)
        self.colour.setText(RGB[channel] if is_rgb else "")
        self.colour.setVisible(is_rgb)

    def _choose(self, output: int, position: int) -> None:
        self.slice_chosen.emit(output, position)

"""Which preset a kernel is, what it means in one sentence, and a slider for each of its parameters."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from explorer.engine.presets.kernels import KernelPreset
from explorer.ui import theme
from explorer.ui.widgets.kernel_view import Colour
from explorer.ui.widgets.parameter_slider import ParameterSlider
from explorer.ui.widgets.preset_picker import PresetPicker

CUSTOM = "No preset has these numbers."


class RecipeForm(QWidget):
    """Proposes a preset with parameters; those of one drag of a slider carry the same key.

    The `picker` stands apart: above what the form must not push about while it is being worked on.
    """

    proposed = Signal(str, dict, object, float)  # name of the preset, its parameters, key or None, factor

    def __init__(self, colour: Colour, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picker = PresetPicker(colour)
        self.meaning = QLabel()
        self.meaning.setWordWrap(True)
        self.meaning.setFont(theme.quiet_font(self.font()))
        self.sliders: dict[str, ParameterSlider] = {}
        self._preset: KernelPreset | None = None
        self._values: dict[str, float] = {}
        self._factor = 1.0
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._layout.addWidget(self.meaning)
        self.picker.picked.connect(lambda name: self.proposed.emit(name, {}, None, 1.0))

    def show_recipe(
        self, preset: KernelPreset | None, values: Mapping[str, float], factor: float = 1.0
    ) -> None:
        """Show the preset that the kernel is, with its parameters; None for a custom kernel."""
        if preset is not self._preset or not self.sliders:
            self._preset = preset
            self._build_sliders()
        self._values, self._factor = dict(values), factor
        self.picker.show_title(preset.title_with({}, factor) if preset else "custom")
        self.picker.setToolTip(
            f"{CUSTOM if preset is None else preset.meaning}<br>A click opens all presets."
        )
        self.meaning.setText(CUSTOM if preset is None else preset.meaning)
        for name, slider in self.sliders.items():
            slider.show_value(self._values[name])

    def _build_sliders(self) -> None:
        for slider in self.sliders.values():
            self._layout.removeWidget(slider)
            slider.hide()
            slider.deleteLater()
        self.sliders = {}
        for parameter in self._preset.parameters if self._preset else ():
            slider = ParameterSlider(parameter)
            slider.proposed.connect(self._propose)
            self.sliders[parameter.name] = slider
            self._layout.addWidget(slider)

    def _propose(self, name: str, value: float, key: object) -> None:
        if self._preset is not None:
            self.proposed.emit(self._preset.name, {**self._values, name: value}, key, self._factor)

"""The gradient at one map large, with its name, the value under the pointer and the legend."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from explorer.document.view import Unit
from explorer.rendering.flat_maps import flat_maps, is_list
from explorer.rendering.look import Look
from explorer.rendering.wanted import unit_key
from explorer.runtime.gradient_painter import GradientAnswer
from explorer.ui.short_number import short_number
from explorer.ui.widgets.legend import Legend
from explorer.ui.widgets.map_view import MapView


class GradientMap(QWidget):
    """Shows what every value of a unit does to the goal of a gradient; `is_alone` with its own texts."""

    def __init__(self, is_alone: bool = True) -> None:
        super().__init__()
        self.label = QLabel()
        self.map_view = MapView()
        self.legend = Legend()
        self._name = ""
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.label)
        column.addWidget(self.map_view, 1)
        column.addWidget(self.legend)
        for widget in (self.label, self.legend):
            widget.setVisible(is_alone)
        self.map_view.pointed.connect(lambda _: self._tell())

    def show_gradient(self, unit: Unit | None, found: GradientAnswer | None, look: Look) -> None:
        """Show the gradient at a unit, as far as it was worked out."""
        picture = found.pictures.get(unit_key(*unit)) if found is not None and unit is not None else None
        if found is None or unit is None or picture is None:
            self._name = ""
            self.map_view.show_nothing("Point at a map")
            self.legend.show_summary(None, look)
        else:
            gradient = found.trace.activations[unit.node]
            self._name = str(unit)
            self.legend.show_summary(picture.summary, look)
            if is_list(gradient):
                self.map_view.show_list(gradient[0], unit.channel, False)
            elif unit.channel is None:
                self.map_view.show_nothing(f"All {gradient.shape[1]} maps of {unit.node}")
            else:
                self.map_view.show_map(picture, flat_maps(gradient)[unit.channel])
        self._tell()

    def point(self, pixel: tuple[int, int] | None) -> None:
        """Another view of the same map is pointed at, at (x, y)."""
        if pixel != self.map_view.pixel:
            self.map_view.pixel = pixel
            self.map_view.update()
            self._tell()

    def value_at(self, pixel: tuple[int, int] | None) -> float | None:
        """The gradient at (x, y) of the map."""
        return self.map_view.value_at(pixel)

    def _tell(self) -> None:
        pixel = self.map_view.pixel
        value = self.map_view.value_at(pixel)
        if not self._name:
            text = ""
        elif pixel is None or value is None:
            text = f"at {self._name}"
        else:
            text = f"{self._name} ({pixel[1]}, {pixel[0]}): {short_number(value)}"
        self.label.setText(text)
        self.label.setToolTip(text)

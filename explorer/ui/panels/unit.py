"""The unit: the map under the pointer, or the pinned one, large and with its numbers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout

from explorer.document.view import Unit
from explorer.rendering.flat_maps import flat_maps, is_list
from explorer.rendering.picture import Picture
from explorer.rendering.summary import Summary
from explorer.rendering.wanted import Wanted, unit_key
from explorer.runtime.evaluator import Answer
from explorer.runtime.gradient_painter import GradientAnswer
from explorer.ui import theme
from explorer.ui.icons import icon
from explorer.ui.live_gradients import live_gradients
from explorer.ui.panel import Panel
from explorer.ui.short_number import short_number
from explorer.ui.widgets.gradient_map import GradientMap
from explorer.ui.widgets.legend import PACE_MS, Legend
from explorer.ui.widgets.map_view import MapView
from explorer.ui.workspace import Workspace

FIGURES = ("min", "max", "mean", "std", "zeros", "size")


class UnitPanel(Panel):
    """One map in its own pixels, the legend with its histogram, and six numbers."""

    name = "unit"
    title = "Unit"
    area = "right"
    order = 20
    share = 75
    icon = "unit"
    help = (
        "The map under the pointer, or the pinned one, in its own pixels. The histogram stands on the colours, so "
        "that colour and value are the same thing. Point at a pixel to read its value. While the panel Gradients is "
        "seen, what every value does stands beside it."
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.map_view = MapView()
        self.gradient = GradientMap(is_alone=False)
        self.live_gradients = live_gradients(workspace)
        self.legend = Legend(tall=True)
        self.name_label = QLabel()
        self.value_label = QLabel()
        self.figures = {name: QLabel() for name in FIGURES}
        self._numbers: tuple[Unit, Summary, tuple[int, ...]] | None = None  # not shown yet
        self._numbered: Unit | None = None
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE_MS)
        self._pace.timeout.connect(self._show_numbers)
        self._assemble()
        view = workspace.view
        view.selected.connect(self._follow)
        view.hovered.connect(self._follow)
        view.look_changed.connect(self._follow)
        workspace.document.network_changed.connect(self._follow)
        view.pixel_changed.connect(self._show_pinned)
        self.map_view.pointed.connect(self._show_value)
        self.live_gradients.answered.connect(self._show_gradient)
        self.live_gradients.ended.connect(self._hide_gradient)
        self.live_gradients.refused.connect(self._hide_gradient)
        self.map_view.pointed.connect(lambda at: view.point_at_pixel(at and (at[1], at[0])))
        self.map_view.chosen.connect(lambda at: view.pin_pixel((at[1], at[0])))
        self._follow()

    @property
    def unit(self) -> Unit | None:
        """What is shown: what is pointed at, else what is pinned."""
        view, network = self.workspace.view, self.workspace.document.network
        for unit in (view.hover, view.selection):
            if unit is None or unit.node not in network:
                continue
            shape = network.reports[unit.node].shape
            if unit.channel is None or shape is None or unit.channel < shape[0]:
                return unit  # undo may have taken its filter away
        return None

    def show_answer(self, answer: Answer) -> None:
        unit = self.unit
        picture = answer.pictures.get(unit_key(*unit)) if unit is not None else None
        if unit is None:
            self._show_nothing("Point at a map")
        elif picture is not None and picture.summary is not None:
            self._show(unit, picture, picture.summary, answer)
        elif unit.node not in answer.trace.steps:
            self._show_nothing(str(unit), self.workspace.document.network.reports[unit.node].problem)

    # ---- assembling -------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        copy = self._copy = QToolButton()
        copy.setIcon(icon("copy", "quiet"))
        copy.setAutoRaise(True)
        copy.setToolTip("Copy the name of this unit")
        copy.clicked.connect(self.copy_name)
        font = self.name_label.font()
        font.setBold(True)
        self.name_label.setFont(font)
        self.name_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.value_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.name_label)
        top.addWidget(copy)
        top.addWidget(self.value_label, 1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(1)
        self._captions = []
        for index, (name, label) in enumerate(self.figures.items()):
            caption = QLabel(name)
            self._captions.append(caption)
            row, column = index // 3, index % 3 * 2
            grid.addWidget(caption, row, column)
            grid.addWidget(label, row, column + 1)
            grid.setColumnStretch(column + 1, 1)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(10, 6, 10, 8)
        column_layout.setSpacing(5)
        column_layout.addLayout(top)
        maps = QHBoxLayout()
        maps.setSpacing(6)
        maps.addWidget(self.map_view, 1)
        maps.addWidget(self.gradient, 1)
        self.gradient.hide()
        column_layout.addLayout(maps, 1)
        column_layout.addWidget(self.legend)
        column_layout.addLayout(grid)
        self._style()

    def _style(self) -> None:
        widest = self.fontMetrics().horizontalAdvance("−0.0e-0")
        for name, label in self.figures.items():
            if name == "size":
                continue
            # Of a fixed size: otherwise every new number makes the whole window lay itself out again.
            label.setFixedSize(widest, self.fontMetrics().height() + 2)
        for label in (*self._captions, self.value_label):
            palette = label.palette()
            palette.setColor(label.foregroundRole(), theme.color("quiet"))
            label.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "_captions"):
            self._style()
            self._follow()
        super().changeEvent(event)

    # ---- what is wanted and shown -----------------------------------------------------------------------------

    def _follow(self, _: object = None) -> None:
        unit = self.unit
        units = (tuple(unit),) if unit is not None else ()
        self.workspace.want(Wanted((), units, self.workspace.view.look, theme.is_dark()), by=self.name)  # type: ignore[arg-type]
        if self.workspace.answer is not None:
            self.show_answer(self.workspace.answer)
        elif unit is None:
            self._show_nothing("Point at a map")

    def _show_nothing(self, name: str, why: str = "") -> None:
        self._numbers = self._numbered = None
        self.name_label.setText(name)
        self.value_label.setText("")
        self._copy.hide()
        self.map_view.show_nothing(why)
        self.legend.show_summary(None, self.workspace.view.look)
        for label in self.figures.values():
            label.setText("–")
        self.headline_changed.emit("")

    def _show(self, unit: Unit, picture: Picture, summary: Summary, answer: Answer) -> None:
        self.name_label.setText(str(unit))
        self._copy.show()
        activation = answer.trace.activations[unit.node]
        node = self.workspace.document.network[unit.node]
        is_input = not node.inputs
        if is_list(activation):
            self.map_view.show_list(activation[0], unit.channel, node.layer.kind == "softmax")
        elif unit.channel is None:
            count = activation.shape[1]
            self.map_view.show_nothing(
                f"All {count} maps of {unit.node}" if count > 1 else f"{unit.node} has one map"
            )
        else:
            self.map_view.show_map(picture, flat_maps(activation)[unit.channel])
        self.legend.show_summary(summary, self.workspace.view.look, is_input)
        self._numbers = unit, summary, activation.shape
        if unit != self._numbered or not self._pace.isActive():
            self._show_numbers()
        self._show_value(self.map_view.pixel)
        self._show_pinned()

    def _show_numbers(self) -> None:
        """The newest numbers; with a camera only as often as one can read them."""
        if self._numbers is None:
            return
        (unit, summary, shape), self._numbers = self._numbers, None
        self._numbered = unit
        self._pace.start()
        size = "×".join(str(one) for one in shape[2:]) or str(shape[1])
        texts = (
            short_number(summary.low), short_number(summary.high), short_number(summary.mean),
            short_number(summary.std), f"{summary.zeros:.1%}", size,
        )  # fmt: skip
        for label, text in zip(self.figures.values(), texts, strict=True):
            label.setText(text)
        broken = f" · {summary.broken:,} not finite" if summary.broken else ""
        self.headline_changed.emit(
            f"{unit}   {short_number(summary.low)} … {short_number(summary.high)}"
            f" · mean {short_number(summary.mean)}{broken}"
        )

    def _show_gradient(self, found: GradientAnswer) -> None:
        """Beside the values what each of them does, as long as gradients are worked out."""
        if not self.visibleRegion().isEmpty():
            self.gradient.show_gradient(self.unit, found, self.workspace.view.look)
            self.gradient.setToolTip(f"Gradient of {found.aim.text}")
            self.gradient.show()
            self._show_value(self.map_view.pixel)

    def _hide_gradient(self, _: str = "") -> None:
        self.gradient.hide()
        self._show_value(self.map_view.pixel)

    def _show_value(self, pixel: tuple[int, int] | None) -> None:
        self.gradient.point(pixel)
        value = self.map_view.value_at(pixel)
        if pixel is None or value is None:
            self.value_label.setText("its gradient" if self.gradient.isVisibleTo(self) else "")
            self.legend.set_mark(None)
        else:
            gradient = self.gradient.value_at(pixel) if self.gradient.isVisibleTo(self) else None
            beside = f"   gradient {short_number(gradient)}" if gradient is not None else ""
            self.value_label.setText(f"({pixel[1]}, {pixel[0]})  {short_number(value)}{beside}")
            self.legend.set_mark(value)

    def _show_pinned(self) -> None:
        view = self.workspace.view
        row_column = view.pixel if self.unit == view.selection else None
        pinned = (row_column[1], row_column[0]) if row_column is not None else None
        if pinned != self.map_view.pinned:
            self.map_view.pinned = pinned
            self.map_view.update()

    def copy_name(self) -> None:
        """Put the unit's name on the clipboard."""
        if self.unit is not None:
            QApplication.clipboard().setText(str(self.unit))
            self.workspace.say(f"Copied {self.unit}.")

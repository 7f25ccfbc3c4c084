"""The layer panel: the settings of the selected layer, and what follows from them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from explorer.document import edits
from explorer.document.view import Unit
from explorer.engine.layer import Setting
from explorer.engine.network import Network, Node
from explorer.ui import theme
from explorer.ui.panel import Panel
from explorer.ui.widgets.form_label import FormLabel
from explorer.ui.widgets.layer_facts import FactsLabel, layer_facts, size_lines
from explorer.ui.widgets.number_box import Gesture, NumberBox
from explorer.ui.widgets.reads_field import ReadsField
from explorer.ui.widgets.setting_form import SettingForm
from explorer.ui.workspace import Workspace


class LayerPanel(Panel):
    """Every change of a field is an edit; all changes of one drag or one turn of the wheel are one undo."""

    name = "layer"
    title = "Layer"
    area = "left"
    order = 20
    icon = "settings"
    help = (
        "The settings of the selected layer. Change one and everything below it follows at once. "
        "Drag a setting's name sideways to scrub it."
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._node = ""
        self._form_of = "", ""  # name and kind of the layer whose form is built
        self._gesture: object = None
        self._seeds = Gesture()
        self._base: Network | None = None  # as it was when the gesture began
        self._latest: Network | None = None  # what the gesture has made of it
        self._awaits = False  # a value is shown that the layer does not have yet
        self.form: SettingForm | None = None
        self._form_place = QVBoxLayout()
        self._assemble()
        workspace.document.network_changed.connect(self._show_network)
        workspace.errands_changed.connect(self._end_waiting)
        workspace.view.selected.connect(self._show_selection)
        self._show_selection(workspace.view.selection)

    # ---- showing ----------------------------------------------------------------------------------------------------

    def _show_selection(self, unit: Unit | None) -> None:
        if unit is not None and unit.node != self._node:
            self._node = unit.node
            self._show_network(self.workspace.document.network)
        elif not self._node:
            self._show_network(self.workspace.document.network)

    def _show_network(self, network: Network) -> None:
        if self._node not in network:
            self._node = network.input.name
        node = network[self._node]
        report = network.reports[node.name]
        self.headline_changed.emit(
            f"{node.name} · {node.layer.title}" + (", bypassed" if node.bypassed else "")
        )
        self._problem.setText(report.problem.removeprefix(f"{node.name}: "))
        self._problem.setVisible(bool(report.problem))
        self._show_form(node)
        self._show_reads(network, node)
        self._facts.show_facts(layer_facts(network, node.name))
        self._facts.setVisible(bool(self._facts.facts))
        self._size.setText("\n".join(size_lines(network, node.name)))
        self._size.setVisible(bool(self._size.text()))
        self.bypass.blockSignals(True)
        self.bypass.setChecked(node.bypassed)
        self.bypass.blockSignals(False)
        self._bypass_row.setVisible(bool(node.inputs))
        self._start_row.setVisible(bool(node.parameters))
        self.use_source_size.setVisible(not node.inputs)

    def _show_form(self, node: Node) -> None:
        if self.form is None or (node.name, node.layer.kind) != self._form_of:
            self._form_of = node.name, node.layer.kind
            if self.form is not None:
                self._form_place.removeWidget(self.form)
                self.form.hide()
                self.form.deleteLater()
            self.form = SettingForm(node.layer.settings(), self._problem_of, self)
            self.form.changed.connect(self._change)
            self._form_place.addWidget(self.form)
        self.form.show_values(node.layer)

    def _show_reads(self, network: Network, node: Node) -> None:
        self._reads_row.setVisible(bool(node.inputs))
        if node.inputs:
            after = network.descendants(node.name) | {node.name}
            candidates = [one.name for one in network.nodes if one.name not in after]
            self.reads.show_inputs(node.inputs, candidates, *node.layer.arity)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "_facts"):
            self._color()

    def _color(self) -> None:
        self._facts.setFont(theme.quiet_font(self.font()))
        self._facts.show_facts(self._facts.facts)
        self._size.setStyleSheet(
            f"background: {theme.css('field')}; border-top: 1px solid {theme.css('border')};"
        )
        self._problem.setStyleSheet(
            f"background: {theme.css('error_ground')}; color: {theme.css('text')}; border-radius: 4px;"
        )

    # ---- doing ------------------------------------------------------------------------------------------------------

    def _problem_of(self, name: str, value: Any) -> str:
        return edits.settings_problem(self.workspace.document.network, self._node, {name: value})

    def _change(self, name: str, value: Any, gesture: object) -> None:
        """Set a value, starting from the network as it was when the gesture began.

        So a drag from 32 filters to 4 and back leaves all 32 as they were.
        """
        document = self.workspace.document
        if gesture is not self._gesture or document.network is not self._latest:
            self._base = document.network
            self._gesture = gesture
        base, node = self._base, self._node
        assert base is not None
        declared = next(one for one in base[node].layer.settings() if one.name == name)
        change = edits.set_settings(node, **{name: value})
        done = document.edit(
            f"{declared.label} of {node}: {_value_text(declared, value)}",
            lambda _: change(base),
            merge_key=gesture,
        )
        self._latest = document.network if done else None
        if not done and self.form is not None and self.workspace.errands.under_way:
            self.form.fields[name].show_value(value)  # it is being made, and comes in a moment
            self._awaits = True

    def _end_waiting(self) -> None:
        """What was made beside the window is there, or was given up: fields show what the layer has."""
        if self._awaits and not self.workspace.errands.under_way:
            self._awaits = False
            self._show_network(self.workspace.document.network)

    def _connect(self, inputs: tuple[str, ...]) -> None:
        if not self.workspace.document.edit(
            f"Let {self._node} read {', '.join(inputs)}", edits.connect(self._node, inputs)
        ):
            self._show_network(self.workspace.document.network)

    def _set_bypassed(self, bypassed: bool) -> None:
        label = f"Bypass {self._node}" if bypassed else f"Use {self._node} again"
        self.workspace.document.edit(label, edits.set_bypassed(self._node, bypassed))

    def _reseed(self, seed: float) -> None:
        if self.seed.low <= seed <= self.seed.high:
            self.seed.show_value(seed)
            self._start_afresh(self._seeds.key())

    def _start_afresh(self, gesture: object = None) -> None:
        seed = int(self.seed.shown)
        self.workspace.document.edit(
            f"New parameters for {self._node}, seed {seed}", edits.reset_parameters(self._node, seed), gesture
        )

    def _use_source_size(self) -> None:
        frame = self.workspace.frame
        if frame is None:
            self.workspace.say("No image has come from the source yet. Open one first.", "error")
            return
        height, width = frame.pixels.shape[:2]
        channels = self.workspace.document.network.input_shape[0]
        self.workspace.document.edit(
            f"Input as large as the source: {width} × {height}", edits.set_input_size(channels, height, width)
        )

    # ---- putting together -------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        inner = QWidget(self)
        column = QVBoxLayout(inner)
        column.setContentsMargins(10, 6, 8, 8)
        column.setSpacing(6)
        self._problem = QLabel(self)
        self._problem.setObjectName("layer_problem")
        self._problem.setWordWrap(True)
        self._problem.setMargin(5)
        column.addWidget(self._problem)
        column.addLayout(self._form_place)
        self.use_source_size = QPushButton("Use the source's size", self)
        self.use_source_size.clicked.connect(self._use_source_size)
        column.addWidget(self.use_source_size)
        self.reads = ReadsField(self)
        self.reads.changed.connect(self._connect)
        self._reads_row = _labelled("Reads", self.reads, self, "Which layers this one reads.")
        column.addWidget(self._reads_row)
        column.addWidget(self._switch())
        column.addWidget(self._start())
        self._facts = FactsLabel(self)
        column.addWidget(self._facts)
        column.addStretch(1)
        self._size = QLabel(self)
        self._size.setObjectName("layer_size")
        self._size.setWordWrap(True)
        self._size.setMargin(6)
        self._size.setIndent(4)
        self._size.setToolTip("How the size of the output comes about. ⌊ ⌋ rounds down, ⌈ ⌉ rounds up.")
        self._size.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        area = self.scroller = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(area, 1)
        outer.addWidget(self._size)
        self._color()

    def _switch(self) -> QWidget:
        self.bypass = QCheckBox(self)
        self.bypass.setAccessibleName("Bypass")
        self.bypass.toggled.connect(self._set_bypassed)
        tip = "The layer hands on its input and keeps its parameters (Ctrl+B in the network)."
        self._bypass_row = _labelled("Bypass", self.bypass, self, tip)
        return self._bypass_row

    def _start(self) -> QWidget:
        self.seed = NumberBox(True, 0, 99_999, 1, self)
        self.seed.setPrefix("seed ")
        self.seed.show_value(0)
        self.seed.setAccessibleName("Seed")
        self.seed.setToolTip("Another seed gives other random numbers; the same seed the same.")
        self.seed.proposed.connect(self._reseed)
        self.reset = QPushButton("Reset", self)
        self.reset.setToolTip("Throw the parameters away and start with random ones of this seed.")
        self.reset.clicked.connect(lambda: self._start_afresh())
        both = QWidget(self)
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.seed, 1)
        row.addWidget(self.reset)
        self._start_row = _labelled("Weights", both, self, "How the parameters of this layer start.")
        return self._start_row


def _labelled(text: str, widget: QWidget, parent: QWidget, tip: str) -> QWidget:
    row = QWidget(parent)
    grid = QGridLayout(row)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(6)
    label = FormLabel(text, row)
    label.setToolTip(tip)
    widget.setToolTip(tip)
    grid.addWidget(label, 0, 0)
    grid.addWidget(widget, 0, 1)
    grid.setColumnStretch(1, 1)
    return row


def _value_text(declared: Setting, value: Any) -> str:
    match declared.kind:
        case "pair" | "triple":
            return " × ".join(str(one) for one in value)
        case "sides":
            return ", ".join(str(one) for one in value)
        case "bool":
            return "on" if value else "off"
        case "float":
            return f"{value:g}"
        case _:
            return str(value)

"""The feature maps: the whole network at once, in the middle of the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from explorer.document.view import Unit
from explorer.rendering.look import Look
from explorer.rendering.wanted import Tiles, Wanted, unit_key
from explorer.runtime.capture import CaptureState
from explorer.runtime.evaluator import Answer
from explorer.ui import theme
from explorer.ui.close_up_control import CloseUpControl
from explorer.ui.icons import icon
from explorer.ui.panel import Panel
from explorer.ui.widgets.flow_scene import NETWORK
from explorer.ui.widgets.flow_view import FlowView
from explorer.ui.widgets.legend import Legend
from explorer.ui.workspace import Workspace


class MapsPanel(Panel):
    """The flow view, and beneath it where one is, the legend, and a field to find units."""

    name = "maps"
    title = "Feature maps"
    area = "center"
    icon = "maps"
    help = (
        "Every map of every layer, input left and output right. Point at a map to see what it reads, click to pin "
        "it, double click to see it large, Esc to go back. The wheel zooms, dragging moves."
    )
    keys = (
        ("Arrows", "The neighbouring map; with Shift by three"),
        ("U / O", "The same map of the layer before / behind"),
        ("Home / End", "The first / last map of the layer"),
        ("Enter", "The pinned map large"),
        ("Z", "The pinned map large, and back"),
        ("Ctrl+C", "Copy the name of the pinned map"),
        ("Esc", "One level back"),
        ("+ / -", "Zoom"),
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.flow = FlowView()
        self.close_up = CloseUpControl(workspace, self.flow)
        self.flow.first_back = lambda: self.close_up.close() or self._let_pixel_go()
        self.legend = Legend()
        self.find_field = QLineEdit()
        self.path = QLabel()
        self._tiles: tuple[Tiles, ...] = ()
        self._assemble()
        self._listen()
        self._take_network(workspace.document.network)
        self._show_look(workspace.view.look)
        self._show_level(self.flow.level)
        self._select(workspace.view.selection)

    def go_back(self) -> None:
        self.flow.go_back()

    def _let_pixel_go(self) -> bool:
        """Pin no pixel any more; whether one was pinned."""
        had_pixel = self.workspace.view.pixel is not None
        self.workspace.view.pin_pixel(None)
        return had_pixel

    def show_answer(self, answer: Answer) -> None:
        self.flow.show_answer(answer.trace, answer.pictures)
        self.paint_seconds = self.flow.paint_seconds
        self._show_legend()

    # ---- assembling -------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        self.find_field.setPlaceholderText("Go to conv1:3, find dead …")
        self.find_field.setToolTip(
            "The name of a map such as conv1:3 and Enter goes there. 'dead', 'saturated' or a part of a name "
            "lets the others step back."
        )
        self.find_field.setClearButtonEnabled(True)
        self.find_field.setFixedWidth(190)
        self.path.setTextFormat(Qt.TextFormat.RichText)
        bar = QWidget()
        bar.setObjectName("maps_bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(10, 3, 8, 4)
        row.setSpacing(10)
        row.addWidget(self.path)
        row.addStretch(1)
        row.addWidget(self.legend, 3)
        row.addStretch(1)
        row.addWidget(self.find_field)
        row.addWidget(self._close_up_button())
        for name, tip, run in (
            ("zoom_out", "Smaller (-)", lambda: self.flow.zoom(1 / 1.4)),
            ("fit", "Everything in view (Ctrl+0)", self.flow.fit),
            ("zoom_in", "Larger (+)", lambda: self.flow.zoom(1.4)),
        ):
            button = QToolButton()
            button.setIcon(icon(name))
            button.setToolTip(tip)
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(run)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.flow, 1)
        column.addWidget(bar)
        self.legend.setMaximumWidth(420)
        self.setFocusProxy(self.flow)

    def _close_up_button(self) -> QToolButton:
        button, view = QToolButton(), self.workspace.view
        button.setIcon(icon("close_up"))
        button.setCheckable(True)
        button.setToolTip("The pinned pixel enlarged, beside what it reads, and the sweep over its map (X)")
        button.setAccessibleName("Close-up")
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.toggled.connect(view.show_close_up)
        view.close_up_changed.connect(button.setChecked)
        return button

    def _listen(self) -> None:
        workspace, view = self.workspace, self.workspace.view
        workspace.document.network_changed.connect(self._take_network)
        workspace.trainer.dataset_changed.connect(self._expect_classes)
        workspace.capture_changed.connect(self._show_capture)
        workspace.stale_changed.connect(self._show_stale)
        view.look_changed.connect(self._show_look)
        view.selected.connect(self._select)
        view.hovered.connect(self._follow)
        self.flow.pointed.connect(view.point_at)
        self.flow.chosen.connect(view.select)
        self.flow.pixel_pointed.connect(view.point_at_pixel)
        self.flow.pixel_chosen.connect(view.pin_pixel)
        view.field_changed.connect(self.flow.show_field)
        view.effective_changed.connect(self.flow.show_effective)
        self.flow.size_changed.connect(self.close_up.fit)
        self.flow.copied.connect(lambda unit: workspace.say(f"Copied {unit}."))
        self.flow.wanted_changed.connect(self._want_tiles)
        self.flow.level_changed.connect(self._show_level)
        self.find_field.textChanged.connect(self.flow.set_query)
        self.find_field.returnPressed.connect(self.go_to_typed)
        self.path.linkActivated.connect(lambda link: self.flow.open(Unit.parse(link) or NETWORK))

    # ---- what is wanted and shown -----------------------------------------------------------------------------

    @property
    def unit(self) -> Unit | None:
        """What the legend is about: what is pointed at, else what is pinned."""
        view = self.workspace.view
        unit = view.hover or view.selection
        return unit if self.flow.scene.exists(unit) else None

    def _take_network(self, network: object) -> None:
        self.flow.set_network(network)  # type: ignore[arg-type]
        self._want()

    def _show_capture(self, state: CaptureState) -> None:
        self.flow.set_state(frozen=state.kind == "frozen")

    def _show_stale(self, stale: bool) -> None:
        self.flow.set_state(stale=stale)

    def _expect_classes(self, _: object) -> None:
        """Lists that a network answers without having learned any classes are called as those it will learn."""
        self.flow.scene.expected = self.workspace.trainer.classes
        self.flow.update()

    def _want_tiles(self, tiles: tuple[Tiles, ...]) -> None:
        self._tiles = tiles
        self._want()

    def _want(self) -> None:
        units = (tuple(self.unit),) if self.unit is not None else ()
        wanted = Wanted(self._tiles, units, self.workspace.view.look, theme.is_dark())  # type: ignore[arg-type]
        self.workspace.want(wanted, by=self.name)

    def _select(self, unit: Unit | None) -> None:
        self.flow.select(unit)
        self._follow(unit)

    def _follow(self, _: object) -> None:
        self._want()
        self._show_legend()

    def _show_look(self, look: Look) -> None:
        self.flow.colours = look.colours
        self._want()
        self._show_legend()

    def _show_legend(self) -> None:
        unit, answer = self.unit, self.workspace.answer
        picture = answer.pictures.get(unit_key(*unit)) if unit is not None and answer is not None else None
        network = self.workspace.document.network
        is_input = unit is not None and unit.node in network and not network[unit.node].inputs
        self.legend.show_summary(picture.summary if picture else None, self.workspace.view.look, is_input)
        spot = self.flow.spot
        value = (
            self.flow.scene.value(spot.unit, *spot.pixel)
            if spot is not None and spot.cell is not None
            else None
        )
        self.legend.set_mark(value)

    def _show_level(self, level: Unit) -> None:
        steps = [("", "Network")]
        if level != NETWORK:
            steps.append((level.node, level.node))
        if level.channel is not None:
            steps.append((str(level), str(level)))
        quiet, accent = theme.css("quiet"), theme.css("accent")
        parts = [
            f"<a href='{link or '.'}' style='color:{accent};text-decoration:none'>{text}</a>"
            for link, text in steps[:-1]
        ]
        parts.append(f"<b>{steps[-1][1]}</b>")
        self.path.setText(f"&nbsp;<span style='color:{quiet}'>›</span>&nbsp;".join(parts))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "path"):
            self._show_level(self.flow.level)
            self._want()
        super().changeEvent(event)

    # ---- finding ----------------------------------------------------------------------------------------------

    def find(self) -> None:
        """Let the person type where to go."""
        self.find_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.find_field.selectAll()

    def go_to_typed(self) -> None:
        """Go to the unit whose name is in the field, or say that there is none."""
        text = self.find_field.text()
        unit = Unit.parse(text)
        if unit is None or not self.flow.scene.exists(unit):
            if text.strip().lower() not in ("dead", "saturated", ""):
                self.workspace.say(self._explain(text, unit), "note")
            return
        self.find_field.clear()
        self.workspace.view.select(unit)
        self.flow.setFocus()
        if self.flow.level != NETWORK:
            self.flow.open(unit)

    def _explain(self, text: str, unit: Unit | None) -> str:
        network = self.workspace.document.network
        if unit is not None and unit.node in network:
            count = self.flow.scene.count(unit.node)
            return f"{unit.node} has {count} maps, numbered 0 to {count - 1}. There is no {text.strip()}."
        names = ", ".join(node.name for node in network.nodes[:6])
        return f"There is no {text.strip()!r} in this network. Units are named like conv1:3; its layers are {names}."

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:  # from the field; the flow view keeps its own
            self.find_field.clear()
            self.flow.setFocus()
        else:
            super().keyPressEvent(event)

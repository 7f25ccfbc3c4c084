"""Gradients: what every value of every layer does to one unit, to a class, or to the loss; live."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QEvent, QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout

from explorer.document.view import Unit
from explorer.engine.gradient_goal import Goal, class_count, class_text
from explorer.engine.network import Network
from explorer.rendering.look import Look
from explorer.rendering.wanted import Tiles, Wanted
from explorer.runtime.evaluator import Answer
from explorer.runtime.gradient_painter import GradientAnswer
from explorer.ui import theme
from explorer.ui.gradient_choice import KINDS, LABELLED, MAP, PIXEL, PREDICTED, GradientChoice, pinned_goal
from explorer.ui.icons import icon
from explorer.ui.live_gradients import live_gradients
from explorer.ui.panel import Panel
from explorer.ui.short_number import short_number
from explorer.ui.widgets.choices import Choices
from explorer.ui.widgets.flow_view import FlowView
from explorer.ui.widgets.gradient_map import GradientMap
from explorer.ui.workspace import Workspace

LIFTED = 0.4  # gamma at most, for a single pixel: in tiles made smaller its few values would not be seen
MOST_CLASSES = 1000  # that can be chosen from a list
LOWEST = 250  # pixels of height


class GradientPanel(Panel):
    """A flow view of gradients with a legend of its own, and the gradient of the shown unit large."""

    name = "gradient"
    title = "Gradients"
    area = "bottom"
    order = 70
    icon = "gradient"
    tabbed_with = "summary"
    shown_at_first = False
    help = (
        "How the pinned unit, the score of a class or the loss moves when a value moves: blue, it grows with it; the "
        "other colour, it falls. For every value of every layer, with camera and training running. Of a map it is "
        "its mean that counts. Hold keeps the unit while you click other maps."
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.flow = FlowView()
        self.of = Choices("Gradient of", self)
        self.label = Choices("Class", self)
        self.hold = QToolButton()
        self.note = QLabel()
        self.large = GradientMap()
        self.gradients: GradientAnswer | None = None
        self._network: Network | None = None  # that is shown
        self._held: Goal | None = None
        self._tiles: tuple[Tiles, ...] = ()
        self.live = live_gradients(workspace)
        self._assemble()
        self._listen()
        self._show_kind()
        self._take_network(workspace.document.network)
        self.flow.colours = workspace.view.look.colours
        self.flow.select(workspace.view.selection)

    def show_answer(self, answer: Answer) -> None:
        self._follow()

    def leave_sight(self) -> None:
        self.live.end()

    # ---- assembling -------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        self.of.addItems(list(KINDS))
        self.of.setToolTip("What the gradient is taken of")
        self.label.setToolTip("Of which class: the one that is predicted, or one by its number")
        self.hold.setIcon(icon("pin"))
        self.hold.setCheckable(True)
        self.hold.setAutoRaise(True)
        self.hold.setToolTip("Hold: go back from this unit also when another one is pinned")
        self.hold.setAccessibleName("Hold the unit")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        caption = QLabel("Gradient of")
        caption.setBuddy(self.of)
        self.of.setFixedWidth(120)
        self.label.setFixedWidth(150)
        bar = QHBoxLayout()
        bar.setContentsMargins(10, 4, 8, 2)
        bar.setSpacing(8)
        for widget in (caption, self.of, self.label, self.hold):
            bar.addWidget(widget)
        bar.addWidget(self.note, 1)
        self.large.setContentsMargins(6, 2, 8, 6)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self.flow, 4)
        below.addWidget(self.large, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(bar)
        whole.addLayout(below, 1)
        self.setMinimumHeight(LOWEST)
        self.setFocusProxy(self.flow)

    def _listen(self) -> None:
        workspace, view = self.workspace, self.workspace.view
        self.live.answered.connect(self._show)
        self.live.refused.connect(self._say)
        self.live.due.connect(self.refresh)
        workspace.document.network_changed.connect(self._follow)
        view.selected.connect(self._select)
        view.hovered.connect(self.refresh)
        view.pixel_changed.connect(self.refresh)
        view.look_changed.connect(self._show_look)
        self.flow.pointed.connect(view.point_at)
        self.flow.chosen.connect(view.select)
        self.flow.pixel_pointed.connect(view.point_at_pixel)
        self.flow.pixel_chosen.connect(view.pin_pixel)
        self.flow.wanted_changed.connect(self._want_tiles)
        self.of.currentIndexChanged.connect(self._show_kind)
        self.label.currentIndexChanged.connect(self.refresh)
        self.hold.toggled.connect(self._hold)

    # ---- what is wanted ---------------------------------------------------------------------------------------

    @property
    def unit(self) -> Unit | None:
        """The unit whose gradient is shown large: what is pointed at, else what is pinned."""
        view = self.workspace.view
        unit = view.hover or view.selection
        return unit if self.flow.scene.exists(unit) else None

    @property
    def choice(self) -> GradientChoice:
        """What was chosen in the bar."""
        return GradientChoice(
            self.of.currentText(), self.label.currentText(), self.label.currentData(), self._held
        )

    @property
    def goal(self) -> Goal:
        """What the gradient is taken of."""
        return self.choice.goal(self.workspace)

    @property
    def look(self) -> Look:
        """The colours of the maps, with small values lifted for the gradient of a single pixel."""
        look = self.workspace.view.look
        if self.of.currentText() != PIXEL:
            return look
        return dataclasses.replace(look, gamma=min(look.gamma, LIFTED))

    def _follow(self, _: object = None) -> None:
        """Another frame, or a network in training: only as often as leaves the time to the maps."""
        if not self.visibleRegion().isEmpty() and self.live.can_follow():
            self.refresh()

    def refresh(self, _: object = None) -> None:
        """Go back from the goal anew, if somebody can see it."""
        answer = self.workspace.answer
        if self.visibleRegion().isEmpty() or answer is None:
            return
        if self._network is not self.workspace.document.network:
            self._take_network(self.workspace.document.network)
        if answer.trace.image.shape[1:] != self.workspace.document.network.input_shape:
            return  # the answer for the network as it is now is on its way
        choice = self.choice
        lacking = choice.lacking(self.workspace)
        if lacking:
            self.live.forget()
            self._say(lacking)
            return
        unit = self.unit
        units = (tuple(unit),) if unit is not None else ()
        wanted = Wanted(self._tiles, units, self.look, theme.is_dark())  # type: ignore[arg-type]
        self.live.ask(answer.trace.network, answer.trace.image, choice.goal(self.workspace), wanted)

    def _want_tiles(self, tiles: tuple[Tiles, ...]) -> None:
        self._tiles = tiles
        self.refresh()

    def _take_network(self, network: Network) -> None:
        """Show another network; only while somebody sees it, for a training changes it many times a second."""
        self._network = network
        self.flow.set_network(network)
        texts = [class_text(network, index) for index in range(min(class_count(network), MOST_CLASSES))]
        if texts != [self.label.itemText(row) for row in range(2, self.label.count())]:
            with QSignalBlocker(self.label):
                self.label.clear()
                self.label.addItem(PREDICTED)
                self.label.addItem(LABELLED)
                for index, text in enumerate(texts):
                    self.label.addItem(text, index)
        if self._held is not None and self._held.node not in network:
            self.hold.setChecked(False)

    def _select(self, unit: Unit | None) -> None:
        self.flow.select(unit)
        self.refresh()

    def _show_look(self, _: object) -> None:
        self.flow.colours = self.workspace.view.look.colours
        self.refresh()

    def _show_kind(self, _: object = None) -> None:
        is_unit = KINDS[self.of.currentText()] == "unit"
        if not is_unit or self._held is not None:
            self.hold.setChecked(False)
        self.label.setVisible(not is_unit)
        self.hold.setVisible(is_unit)
        self.refresh()

    def _hold(self, held: bool) -> None:
        self._held = pinned_goal(self.workspace, self.of.currentText() == MAP) if held else None
        self.refresh()

    # ---- what is shown ----------------------------------------------------------------------------------------

    def _show(self, found: GradientAnswer) -> None:
        network = self.workspace.document.network
        if {name: one.shape for name, one in found.network.reports.items()} != {
            name: one.shape for name, one in network.reports.items()
        }:
            return  # other layers or shapes by now
        self.gradients = found
        self.flow.set_state(stale=False)
        self.large.legend.show()
        self.flow.show_answer(found.trace, found.pictures)
        text = f"{found.aim.text} = {short_number(found.aim.value)}"
        self.note.setText(text)
        self.note.setToolTip(text)
        self._show_unit()
        if text != self.headline:
            self.headline_changed.emit(text)

    def _show_unit(self) -> None:
        self.large.show_gradient(self.unit, self.gradients, self.look)

    def _say(self, sentence: str) -> None:
        self.note.setText(sentence)
        self.note.setToolTip(sentence)
        self.flow.set_state(stale=True)
        self.large.legend.hide()
        self.headline_changed.emit(sentence)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "live"):
            self.refresh()

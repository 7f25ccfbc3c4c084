"""A patch as kernel: draw a rectangle on what a convolution reads, and let one of its filters look for it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from explorer.document.patch_edits import convolutions_of_maps
from explorer.document.view import Unit
from explorer.engine.kernel_limits import KernelError, size_text
from explorer.engine.kernel_operations import centre
from explorer.engine.layer import Array, ShapeError
from explorer.rendering.pictures import same
from explorer.runtime.evaluator import Answer
from explorer.ui import theme
from explorer.ui.freshest import Freshest
from explorer.ui.panel import Panel
from explorer.ui.patch_filter import patch_filter
from explorer.ui.patch_geometry import is_within, pixel_over, side_drawn
from explorer.ui.patch_match import Match, Pattern, Rect, find_pattern, picture_of, take_pattern
from explorer.ui.patch_settings import SIDE, Patch
from explorer.ui.widgets.choices import Choices
from explorer.ui.widgets.form_label import FormLabel
from explorer.ui.widgets.legend import Legend
from explorer.ui.widgets.map_strip import MapStrip
from explorer.ui.widgets.setting_form import SettingForm
from explorer.ui.widgets.side_form import SideForm, field_row
from explorer.ui.workspace import Workspace

LOWEST = 190  # pixels of height
NOWHERE = "This network has no convolution of maps. Add one: a patch can be one of its filters."


class PatchPanel(Panel):
    """Takes a pattern when a rectangle is drawn, and follows it from then on."""

    name = "patch"
    title = "Patch as kernel"
    area = "bottom"
    order = 68
    icon = "patch"
    tabbed_with = "summary"
    shown_at_first = False
    help = (
        "Drag a rectangle on the picture of what a convolution reads: its pattern, less its mean and of length 1, "
        "can become one of the layer's filters. The match goes from -1 to 1; the green frame shows where the pattern "
        "is found best, also when the camera moves on. Draw again to take another one."
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.settings = Patch()
        self.layer = Choices("Layer", self)
        self.form = SettingForm(Patch.settings(), self._problem_of, self)
        self.strip = MapStrip("Patch as kernel", 1)
        self.legend = Legend()
        self.note = QLabel()
        self.button = QPushButton("Use as kernel")
        self.match: Match | None = None
        self._pattern: Pattern | None = None  # held while frames go by
        self._asked: tuple[object, ...] = ()  # what was looked at last
        self._is_placed = False
        self._press = (0, 0)
        self._freshest: Freshest[Match] = Freshest(
            workspace.explaining, self.title, self._show, self._say, (ShapeError, KernelError)
        )
        self._assemble()
        self.layer.activated.connect(self._choose_layer)
        self.form.changed.connect(self._change)
        self.button.clicked.connect(self.use)
        self.strip.pressed.connect(self._begin)
        self.strip.dragged.connect(self._drag)
        workspace.document.network_changed.connect(self.refresh)
        workspace.view.selected.connect(self._follow)
        workspace.view.look_changed.connect(self.refresh)
        self._list_layers()

    def show_answer(self, answer: Answer) -> None:
        self.refresh()

    def leave_sight(self) -> None:
        self._freshest.forget()
        self._asked = ()

    # ---- assembling -------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        self.form.show_values(self.settings)
        self.strip.can_drag = True
        self.strip.drag_cursor = Qt.CursorShape.CrossCursor
        self.layer.setToolTip("The convolution that gets the filter; the patch is taken from what it reads")
        self.button.setToolTip("Write the pattern into the layer as a filter; undo takes it back")
        right = QVBoxLayout()
        right.setContentsMargins(4, 6, 8, 6)
        right.addWidget(self.strip, 1)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(self.legend, 1)
        self.note.setWordWrap(True)
        below.addWidget(self.note, 1)
        below.addWidget(self.button)
        right.addLayout(below)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(SideForm(field_row(FormLabel("Layer"), self.layer), self.form))
        whole.addLayout(right, 1)
        self.setMinimumHeight(LOWEST)
        self.setFocusProxy(self.strip)

    def _list_layers(self) -> None:
        names = convolutions_of_maps(self.workspace.document.network)
        if names != [self.layer.itemText(index) for index in range(self.layer.count())]:
            chosen = self.layer.currentText()
            with QSignalBlocker(self.layer):
                self.layer.clear()
                self.layer.addItems(names)
                self.layer.setCurrentText(chosen if chosen in names else (names[0] if names else ""))
            if self.layer.currentText() != chosen:
                self._forget_pattern()

    def _follow(self, unit: Unit | None) -> None:
        """The pinned convolution is the one that is meant, its pinned filter the one to overwrite."""
        if unit is None or self.layer.findText(unit.node) < 0:
            return
        if unit.node != self.layer.currentText():
            self.layer.setCurrentText(unit.node)
            self._forget_pattern()
        if unit.channel is not None:
            self.settings = self.settings.with_settings(number=unit.channel)
            self.form.show_values(self.settings)
        self.refresh()

    def _choose_layer(self) -> None:
        self._forget_pattern()
        self.refresh()

    def _forget_pattern(self) -> None:
        self._pattern, self._is_placed = None, False

    # ---- what is shown ----------------------------------------------------------------------------------------

    @property
    def source(self) -> str:
        """The node that the chosen layer reads, '' where there is no layer."""
        name, network = self.layer.currentText(), self.workspace.document.network
        return network[name].inputs[0] if name and name in network else ""

    def refresh(self, _: object = None) -> None:
        """Look for the pattern anew, if somebody can see it."""
        if self.visibleRegion().isEmpty():
            return
        self._list_layers()
        maps = self._maps()
        if isinstance(maps, str):
            self._freshest.forget()
            self._say(maps)
            return
        try:
            pattern = self._taken(maps)
        except KernelError as error:
            self._show_refused(maps, str(error))
            return
        is_image = not self.workspace.document.network[self.source].inputs
        look, dark = self.workspace.view.look, theme.is_dark()
        asked = maps.base, pattern, look, dark
        if self.match is not None and same(asked, self._asked):
            return  # an answer came because somebody looks elsewhere: the maps are the same
        self._asked = asked
        self._freshest.ask(lambda: find_pattern(maps, pattern, is_image, look, dark))

    def _maps(self) -> Array | str:
        """What the layer reads, (channels, height, width), or a sentence."""
        answer, source = self.workspace.answer, self.source
        if not source:
            return NOWHERE
        activation = None if answer is None else answer.trace.activations.get(source)
        if activation is None or activation.ndim != 4:  # of another network, which had that name too
            return f"{source} has not been computed yet."
        maps: Array = activation[0]
        return maps

    def _taken(self, maps: Array) -> Pattern:
        """The pattern that is held, or one taken now; where the image has become too small for it, another one."""
        if self._pattern is not None and not is_within(self._pattern.rect, *maps.shape[1:]):
            self._forget_pattern()
        if not self._is_placed:
            self._place(maps)
        held = self._pattern
        if held is None or held.source != self.source or len(held.kernel) != len(maps):
            held = self._pattern = take_pattern(self.source, maps, self._rect())
        return held

    def _place(self, maps: Array) -> None:
        """The first rectangle: in the middle, as large as a kernel well can be."""
        _, height, width = maps.shape
        rows, columns = min(SIDE, height), min(SIDE, width)
        self._is_placed = True
        self.settings = self.settings.with_settings(
            top=(height - rows) // 2, left=(width - columns) // 2, height=rows, width=columns
        )
        self.form.show_values(self.settings)

    def _rect(self) -> Rect:
        return self.settings.top, self.settings.left, self.settings.height, self.settings.width

    def _show(self, match: Match) -> None:
        self.match = match
        self._tell("")
        self.strip.show_maps(match.maps)
        self.legend.show_summary(match.summary, self.workspace.view.look)
        best = match.best
        headline = f"{match.pattern.source} · best match {best.strength:.2f} at ({best.row}, {best.column})"
        if headline != self.headline:
            self.headline_changed.emit(headline)

    def _show_refused(self, maps: Array, sentence: str) -> None:
        """Keep the picture, so that another rectangle can be drawn."""
        self._freshest.forget()
        self.match = None
        is_image = not self.workspace.document.network[self.source].inputs
        frame = (*self._rect(), "error")
        look = self.workspace.view.look
        self.strip.show_maps((picture_of(self.source, maps, (frame,), is_image, look, theme.is_dark()),))
        self._tell(sentence)

    def _tell(self, sentence: str) -> None:
        """A sentence in the place of the legend; '' for none."""
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))
        self.legend.setVisible(not sentence)
        self.button.setEnabled(not sentence)
        if sentence:
            self.headline_changed.emit("")

    def _say(self, sentence: str) -> None:
        self.match = None
        self.strip.show_sentence(sentence)
        self._tell(" ")

    # ---- what one does ----------------------------------------------------------------------------------------

    def use(self) -> None:
        """Write the pattern into the layer, pin its map, and in it the pixel where the pattern is found best."""
        held, name = self._pattern, self.layer.currentText()
        if held is None or not name:
            return
        written = patch_filter(self.workspace.document.network, name, held, self.settings)
        if not self.workspace.document.edit(written.label, written.change):
            return
        if written.resizes:
            size = size_text(*written.size)
            self.workspace.say(f"All kernels of {name} are {size} now, to have room for the patch.")
        self.workspace.view.select(Unit(name, written.number))
        found = self.match
        best = found.best[:2] if found is not None and found.pattern is held else None
        top, left, height, width = held.rect
        at = best or (top + centre(height), left + centre(width))
        self.workspace.view.pin_pixel(pixel_over(self.workspace.document.network, name, at, held.rect[2:]))

    def _begin(self, index: int, row: int, column: int) -> None:
        if index == 0:
            self._press = row, column

    def _drag(self, rows: int, columns: int, key: object) -> None:
        maps = self._maps()
        if isinstance(maps, str):
            return
        _, height, width = maps.shape
        top, high = side_drawn(self._press[0], rows, height)
        left, wide = side_drawn(self._press[1], columns, width)
        self._take(top=top, left=left, height=high, width=wide)

    def _take(self, **values: int) -> None:
        """Take the pattern anew, within another rectangle."""
        self.settings = self.settings.with_settings(**values)
        self.form.show_values(self.settings)
        self._pattern, self._is_placed = None, True
        self.refresh()

    def _problem_of(self, name: str, value: Any) -> str:
        return self.settings.problem_with(name, value)

    def _change(self, name: str, value: Any, key: object = None) -> None:
        if name in ("target", "number"):
            self.settings = self.settings.with_settings(**{name: value})
            self.form.show_values(self.settings)
        else:
            self._take(**{name: value})

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "button"):
            self.refresh()

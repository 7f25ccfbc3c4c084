"""What panels share that put maps side by side: settings at the left, the maps, and one legend for all."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from explorer.engine.arithmetic.explaining import ExplanationError
from explorer.engine.kernel_limits import KernelError
from explorer.engine.layer import SettingError, ShapeError
from explorer.engine.setting import Declared
from explorer.rendering.look import Look
from explorer.rendering.pictures import same
from explorer.rendering.summary import Summary
from explorer.runtime.evaluator import Answer
from explorer.ui import theme
from explorer.ui.freshest import Freshest
from explorer.ui.panel import Panel
from explorer.ui.pinned_map import PinnedMap, pinned_map
from explorer.ui.widgets.legend import Legend
from explorer.ui.widgets.map_strip import MapStrip, StripMap
from explorer.ui.widgets.setting_form import SettingForm
from explorer.ui.widgets.side_form import SideForm
from explorer.ui.workspace import Workspace

LOWEST = 176  # pixels of height in which pictures still say something
REFUSALS = (ShapeError, KernelError, SettingError, ExplanationError)


class Compared(NamedTuple):
    """What is shown: the maps, the values that the legend is about, and the headline."""

    maps: Sequence[StripMap]
    summary: Summary
    headline: str
    is_input: bool = False  # the legend goes from 0 to 1 in grey


class ComparisonPanel(Panel):
    """Compares what becomes of the pinned map; a subclass says how. Live, in another thread, the newest only."""

    notes = 2  # lines beneath every map
    lowest = LOWEST

    def __init__(self, workspace: Workspace, settings: Declared) -> None:
        super().__init__(workspace)
        self.settings = settings
        self.form = SettingForm(type(settings).settings(), self._problem_of, self)
        self.form.show_values(settings)
        self.form.changed.connect(self._change)
        self.legend = Legend()
        self.strip = MapStrip(self.title, self.notes)
        self._freshest: Freshest[Compared] = Freshest(
            workspace.explaining, self.title, self._show, self.say, REFUSALS
        )
        self._shown_look = workspace.view.look
        self._asked: tuple[object, ...] = ()  # what was compared last
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(SideForm(self.form, *self.more(), self.legend))
        right = QVBoxLayout()
        right.setContentsMargins(4, 6, 8, 6)
        right.addWidget(self.strip, 1)
        row.addLayout(right, 1)
        self.setMinimumHeight(self.lowest)
        self.setFocusProxy(self.strip)
        for signal in (
            workspace.view.selected,
            workspace.view.look_changed,
            workspace.document.network_changed,
        ):
            signal.connect(self.refresh)

    def more(self) -> Sequence[QWidget | QLayout]:
        """What stands beneath the form."""
        return ()

    @abstractmethod
    def compare(self, pinned: PinnedMap, look: Look, dark: bool) -> Callable[[], Compared]:
        """The work for a map; it is done in another thread and must not touch the panel."""

    def show_answer(self, answer: Answer) -> None:
        self.refresh()

    def leave_sight(self) -> None:
        self._forget()

    def refresh(self, _: object = None) -> None:
        """Compare anew, if somebody can see it."""
        if self.visibleRegion().isEmpty():
            return
        pinned = pinned_map(self.workspace)
        if isinstance(pinned, str):
            self._forget()
            self.say(pinned)
            return
        look, dark = self.workspace.view.look, theme.is_dark()
        asked = pinned.trace.network, pinned.trace.image, pinned.unit, self.settings, look, dark
        if same(asked, self._asked):
            return  # an answer came because somebody looks elsewhere: it is of the same image
        self._shown_look = look
        try:
            work = self.compare(pinned, look, dark)
        except REFUSALS as error:
            self._forget()
            self.say(str(error))
            return
        self._asked = asked
        self._freshest.ask(work)

    def _forget(self) -> None:
        self._freshest.forget()
        self._asked = ()

    def say(self, sentence: str) -> None:
        """A sentence in the place of the maps."""
        self.strip.show_sentence(sentence)
        self.legend.show_summary(None, self.workspace.view.look)
        self.headline_changed.emit("")

    def _show(self, compared: Compared) -> None:
        self.strip.show_maps(compared.maps)
        self.legend.show_summary(compared.summary, self._shown_look, compared.is_input)
        if compared.headline != self.headline:
            self.headline_changed.emit(compared.headline)

    def _problem_of(self, name: str, value: Any) -> str:
        return self.settings.problem_with(name, value)

    def _change(self, name: str, value: Any, key: object = None) -> None:
        self.settings = self.settings.with_settings(**{name: value})
        self.form.show_values(self.settings)
        self._asked = ()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_freshest"):
            self.refresh()

"""A form made from declared settings: every change is proposed at once, what is refused stands below its field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from explorer.engine.layer import Setting
from explorer.ui import theme
from explorer.ui.widgets.form_label import BETWEEN, FormLabel, ScrubLabel
from explorer.ui.widgets.setting_fields import SettingField, field_for


class SettingForm(QWidget):
    """Fields for these settings. `problem_of(name, value)` gives the sentence against a value, or nothing.

    `changed` carries name, value and an object that is the same for all changes of one gesture.
    """

    changed = Signal(str, object, object)

    def __init__(
        self,
        settings: Sequence[Setting],
        problem_of: Callable[[str, Any], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.settings = tuple(settings)
        self._problem_of = problem_of
        self.fields: dict[str, SettingField] = {}
        self._labels: dict[str, QLabel] = {}
        self._sentences: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(BETWEEN)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for i, setting in enumerate(self.settings):
            self._add(grid, 2 * i, setting)

    def show_values(self, owner: Any) -> None:
        """Show what `owner` (a layer) has, and only the settings that matter for it."""
        for setting in self.settings:
            field = self.fields[setting.name]
            field.show_value(getattr(owner, setting.name))
            matters = setting.matters(owner)
            self._labels[setting.name].setVisible(matters)
            field.setVisible(matters)
            if not matters:
                self._sentences[setting.name].hide()

    def sentence(self, name: str) -> str:
        """What stands below a field; empty where nothing was refused."""
        label = self._sentences[name]
        return label.text() if not label.isHidden() else ""

    def refuse(self, name: str, sentence: str) -> None:
        """Say below a field why its value is not taken; an empty sentence takes it away."""
        label = self._sentences[name]
        label.setText(sentence)
        label.setStyleSheet(f"color: {theme.css('error')};")
        label.setVisible(bool(sentence))

    def _add(self, grid: QGridLayout, row: int, setting: Setting) -> None:
        field = field_for(setting, lambda value: self._problem_of(setting.name, value), self)
        label = ScrubLabel(setting.label, self) if field.can_scrub else FormLabel(setting.label, self)
        label.setToolTip(setting.help + ("\nDrag sideways to change it." if field.can_scrub else ""))
        label.setBuddy(field)
        if isinstance(label, ScrubLabel):
            label.pressed.connect(field.begin_scrub)
            label.scrubbed.connect(field.scrub)
            label.released.connect(field.end_scrub)
        sentence = QLabel(self)
        sentence.setObjectName(f"refused_{setting.name}")
        sentence.setWordWrap(True)
        sentence.hide()
        field.proposed.connect(lambda value, gesture: self._take(setting.name, value, gesture))
        grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(field, row, 1)
        grid.addWidget(sentence, row + 1, 0, 1, 2)
        self.fields[setting.name] = field
        self._labels[setting.name] = label
        self._sentences[setting.name] = sentence

    def _take(self, name: str, value: Any, gesture: object) -> None:
        problem = self._problem_of(name, value)
        for other in self._sentences:
            self.refuse(other, problem if other == name else "")
        if not problem:
            self.changed.emit(name, value, gesture)

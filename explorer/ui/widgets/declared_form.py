"""A form for a value of declared settings that hands on the changed value as a whole."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.engine.setting import Declared
from explorer.ui.widgets.setting_form import SettingForm


class DeclaredForm(QWidget):
    """Shows a value; `changed` carries the one that a person makes of it."""

    changed = Signal(object)

    def __init__(self, value: Declared, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value = value
        self.form = SettingForm(type(value).settings(), self._problem_of, self)
        self.form.changed.connect(self._change)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.form)
        self.form.show_values(value)

    def show_value(self, value: Declared) -> None:
        """Show another value."""
        self.value = value
        self.form.show_values(value)

    def _problem_of(self, name: str, value: Any) -> str:
        return self.value.problem_with(name, value)

    def _change(self, name: str, value: Any, _: object) -> None:
        self.show_value(self.value.with_settings(**{name: value}))
        self.changed.emit(self.value)

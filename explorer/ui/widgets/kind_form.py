"""A choice among the kinds of a family (optimizers, losses, schedules), and the settings of the chosen one."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.engine.setting import Declared
from explorer.ui.widgets.choices import Choices
from explorer.ui.widgets.declared_form import DeclaredForm
from explorer.ui.widgets.form_label import FormLabel


class KindForm(QWidget):
    """Shows a value of one kind; `changed` carries what a person makes of it.

    Another kind begins with its own defaults: a rate that suits one optimizer ruins another.
    """

    changed = Signal(object)

    def __init__(self, label: str, value: Declared, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds = list(type(value).kinds.values())
        self.choice = Choices(label, self)
        for kind in self._kinds:
            self.choice.addItem(kind.title)
        self.choice.activated.connect(self._choose)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(FormLabel(label, self))
        row.addWidget(self.choice, 1)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(3)
        self._layout.addLayout(row)
        self.form: DeclaredForm | None = None
        self.show_value(value)

    def show_value(self, value: Declared) -> None:
        """Show another value."""
        kind = type(value)
        with QSignalBlocker(self.choice):
            self.choice.setCurrentIndex(self._kinds.index(kind))
        self.choice.setToolTip(kind.help)
        if self.form is not None and type(self.form.value) is kind:
            self.form.show_value(value)
            return
        if self.form is not None:
            self._layout.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
        self.form = DeclaredForm(value, self)
        self.form.changed.connect(self.changed)
        self._layout.addWidget(self.form)

    def _choose(self, index: int) -> None:
        if self.form is None or type(self.form.value) is not self._kinds[index]:
            value = self._kinds[index]()
            self.show_value(value)
            self.changed.emit(value)

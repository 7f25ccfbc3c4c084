"""Every setting of a training, in as many columns as there is room for."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from explorer.engine.setting import Declared
from explorer.engine.training import Training
from explorer.runtime.stopping import Stopping
from explorer.ui.widgets.declared_form import DeclaredForm
from explorer.ui.widgets.kind_form import KindForm
from explorer.ui.widgets.start_weights import StartWeights

COLUMN_LETTERS = 28  # a column of settings is at least that wide


class TrainingForm(QWidget):
    """Shows settings and ends of a run; the signals carry what a person makes of them."""

    settings_changed = Signal(object)  # Training
    stopping_changed = Signal(object)  # Stopping

    def __init__(self, settings: Training, stopping: Stopping, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.optimizer = KindForm("Optimizer", settings.optimizer, self)
        self.schedule = KindForm("Schedule", settings.schedule, self)
        self.loss = KindForm("Loss", settings.loss, self)
        self.settings = DeclaredForm(settings, self)
        self.stopping = DeclaredForm(stopping, self)
        self.start = StartWeights(self)
        self._groups = [
            self.optimizer,
            _column(self.settings),
            _column(self.loss, self.schedule),
            _column(_heading("Stop by itself (0: never)"), self.stopping),
            _column(_heading("Weights to start with"), self.start),
        ]
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 4, 0, 0)
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(8)
        self._arrange(1)
        self.settings.changed.connect(self.settings_changed)
        self.stopping.changed.connect(self.stopping_changed)
        for name, form in (("optimizer", self.optimizer), ("schedule", self.schedule), ("loss", self.loss)):
            form.changed.connect(lambda value, name=name: self._change(name, value))

    def show_values(self, settings: Training, stopping: Stopping) -> None:
        """Show other values."""
        self.settings.show_value(settings)
        self.stopping.show_value(stopping)
        self.optimizer.show_value(settings.optimizer)
        self.schedule.show_value(settings.schedule)
        self.loss.show_value(settings.loss)

    def _change(self, name: str, value: Declared) -> None:
        settings = self.settings.value
        assert isinstance(settings, Training)
        self.settings_changed.emit(settings.with_settings(**{name: value}))

    def arrange(self, width: int) -> None:
        """In as many columns as a place so wide has room for; who scrolls the form knows it, the form does not."""
        self._arrange(max(1, width // (COLUMN_LETTERS * self.fontMetrics().averageCharWidth())))

    def _arrange(self, columns: int) -> None:
        columns = min(columns, len(self._groups))
        if columns == self._columns:
            return
        self._columns = columns
        for group in self._groups:
            self._grid.removeWidget(group)
        for index, group in enumerate(self._groups):
            self._grid.addWidget(group, index // columns, index % columns, Qt.AlignmentFlag.AlignTop)
        for column in range(len(self._groups)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._grid.setRowStretch(len(self._groups), 1)


def _column(*widgets: QWidget) -> QWidget:
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    for widget in widgets:
        layout.addWidget(widget)
    return column


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setStyleSheet("font-weight: 600;")
    return label

"""A narrow column of settings beside what they are about; it scrolls where there is too little height."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.ui.widgets.form_label import BETWEEN, FormLabel

LETTERS = 38  # that fit into the column


def field_row(label: FormLabel, field: QWidget) -> QLayout:
    """A label and its field, in line with those of a form above or below."""
    label.setBuddy(field)
    row = QHBoxLayout()
    row.setSpacing(BETWEEN)
    row.addWidget(label)
    row.addWidget(field, 1)
    return row


class SideForm(QScrollArea):
    """Stacks widgets and layouts from the top."""

    def __init__(self, *parts: QWidget | QLayout, letters: int = LETTERS) -> None:
        super().__init__()
        self._letters = letters
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(10, 6, 8, 6)
        column.setSpacing(5)
        for part in parts:
            if isinstance(part, QWidget):
                column.addWidget(part)
            else:
                column.addLayout(part)
        column.addStretch(1)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inner)
        self.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        super().changeEvent(event)

    def _fit(self) -> None:
        self.setFixedWidth(self._letters * self.fontMetrics().averageCharWidth())

"""Which layers a layer reads: a choice for each input, more or fewer where it joins branches."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Signal
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from explorer.ui import icons
from explorer.ui.widgets.choices import Choices


class ReadsField(QWidget):
    """Shows the inputs of a layer and proposes others."""

    changed = Signal(object)  # tuple of names

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(3)
        self._grid.setColumnStretch(0, 1)
        self.choices: list[Choices] = []
        self._buttons: list[QToolButton] = []
        self._shown: tuple[object, ...] = ()

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names as they are shown."""
        return tuple(choice.currentText() for choice in self.choices)

    def button(self, name: str) -> QToolButton:
        """One of the buttons, by its accessible name: 'Read one more', 'Read one less 2'."""
        return next(one for one in self._buttons if one.accessibleName() == name)

    def show_inputs(
        self, inputs: Sequence[str], candidates: Sequence[str], fewest: int, most: int | None
    ) -> None:
        """Show what a layer reads, and offer these candidates for each of its inputs."""
        shown = (tuple(candidates), len(inputs), fewest, most)
        if shown != self._shown:
            self._shown = shown
            self._rebuild(len(inputs), candidates, fewest, most)
        for choice, name in zip(self.choices, inputs, strict=True):
            with QSignalBlocker(choice):
                choice.setCurrentText(name)

    def _rebuild(self, count: int, candidates: Sequence[str], fewest: int, most: int | None) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.choices, self._buttons = [], []
        for row in range(count):
            choice = Choices(f"Input {row + 1}", self)
            choice.addItems(list(candidates))
            choice.activated.connect(lambda _: self.changed.emit(self.inputs))
            self._grid.addWidget(choice, row, 0)
            self.choices.append(choice)
            if count > fewest:
                self._button(row, "remove", "Read one less", lambda _=False, row=row: self._drop(row))
        if most is None or count < most:
            self._button(count, "add", "Read one more", self._add)

    def _button(self, row: int, icon: str, tip: str, run) -> None:
        button = QToolButton(self)
        button.setIcon(icons.icon(icon))
        button.setIconSize(QSize(14, 14))
        button.setToolTip(tip)
        button.setAccessibleName(f"{tip} {row + 1}" if icon == "remove" else tip)
        button.clicked.connect(run)
        self._buttons.append(button)
        self._grid.addWidget(button, row, 1 if icon == "remove" else 0)

    def _add(self) -> None:
        choice = self.choices[-1]
        others = [choice.itemText(i) for i in range(choice.count())]
        unread = [name for name in others if name not in self.inputs]
        self.changed.emit((*self.inputs, unread[-1] if unread else others[-1]))

    def _drop(self, row: int) -> None:
        self.changed.emit(tuple(name for i, name in enumerate(self.inputs) if i != row))

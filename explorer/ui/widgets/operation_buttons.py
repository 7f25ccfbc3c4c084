"""Small buttons for the operations on a kernel, made from their declarations."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QMenu, QPushButton, QSizePolicy, QWidget

from explorer.engine.kernel_operations import KERNEL_OPERATIONS, KernelOperation
from explorer.ui import theme

COLUMNS = 6


class OperationButtons(QWidget):
    """A grid of buttons; an operation with a number to choose opens a menu of the usual ones."""

    asked = Signal(str, dict)  # name of the operation, its parameters

    def __init__(self, parent: QWidget | None = None, without: tuple[str, ...] = ()) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QPushButton] = {}
        self._seed = 0
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        offered = [each for each in KERNEL_OPERATIONS.values() if each.name not in without]
        for place, operation in enumerate(offered):
            button = self._button(operation)
            self.buttons[operation.name] = button
            layout.addWidget(button, *divmod(place, COLUMNS))

    def ask(self, name: str) -> None:
        """Ask for an operation as a press on its button does."""
        self.asked.emit(name, self._parameters(KERNEL_OPERATIONS[name]))

    def _button(self, operation: KernelOperation) -> QPushButton:
        button = QPushButton()
        button.setText(operation.label)
        button.setFont(theme.quiet_font(self.font(), 0.9))
        button.setToolTip(f"<b>{operation.title}</b><br>{operation.help}")
        button.setAccessibleName(operation.title)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.setMinimumWidth(36)
        button.setStyleSheet("padding: 3px 1px;")
        if any(parameter.usual for parameter in operation.parameters):
            button.setMenu(self._menu(operation, button))
        else:
            button.clicked.connect(lambda: self.ask(operation.name))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _menu(self, operation: KernelOperation, parent: QWidget) -> QMenu:
        menu = QMenu(parent)
        parameter = operation.parameters[0]
        for value in parameter.usual:
            menu.addAction(f"{parameter.title} {value:g}", self._asker(operation, {parameter.name: value}))
        return menu

    def _asker(self, operation: KernelOperation, parameters: dict[str, float]) -> Callable[[], None]:
        return lambda: self.asked.emit(operation.name, parameters)

    def _parameters(self, operation: KernelOperation) -> dict[str, float]:
        """A fresh seed for every press, so that each gives other numbers; the same ones after every start."""
        if any(parameter.name == "seed" for parameter in operation.parameters):
            self._seed += 1
            return {"seed": self._seed}
        return {}

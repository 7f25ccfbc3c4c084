"""With which weights a training starts: how they are drawn, from which seed, and for which layers."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from explorer.engine.initializers import He, Initializer
from explorer.engine.setting import Declared, setting
from explorer.ui.widgets.declared_form import DeclaredForm
from explorer.ui.widgets.kind_form import KindForm


class _Seeding(Declared):
    """What is random in the weights."""

    seed: int = setting(
        default=0, low=0, high=2**31 - 1, help="The same seed draws the same weights, another one others."
    )


class StartWeights(QWidget):
    """A form with two buttons; `asked` carries the initializer, the seed, and the layer's name ("" is all)."""

    asked = Signal(object, int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._node = ""
        self.initializer = KindForm("Drawn as", He(), self)
        self.seeding = DeclaredForm(_Seeding(), self)
        self.all = QPushButton("All layers anew", self)
        self.all.setToolTip(
            "Every layer forgets what it learned and starts with new weights. Undo brings them back."
        )
        self.all.clicked.connect(lambda: self._ask(""))
        self.one = QPushButton(self)
        self.one.setToolTip("Only the selected layer starts with new weights. Undo brings them back.")
        self.one.clicked.connect(lambda: self._ask(self._node))
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self.all)
        buttons.addWidget(self.one)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        for widget in (self.initializer, self.seeding):
            column.addWidget(widget)
        column.addLayout(buttons)
        self.show_layer("")

    def show_layer(self, node: str) -> None:
        """Which layer is selected; "" where none is that has weights."""
        self._node = node
        self.one.setText(f"Only {node}")
        self.one.setVisible(bool(node))

    def _ask(self, node: str) -> None:
        form, seeding = self.initializer.form, self.seeding.value
        assert form is not None
        assert isinstance(form.value, Initializer)
        assert isinstance(seeding, _Seeding)
        self.asked.emit(form.value, seeding.seed, node)

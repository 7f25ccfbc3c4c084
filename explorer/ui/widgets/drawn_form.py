"""The form for how a data set is drawn; after a moment without changes it is drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.ui.widgets.declared_form import DeclaredForm
from explorer.ui.widgets.offer_list import heading

if TYPE_CHECKING:
    from explorer.datasets.kinds.drawn import DrawnSet

PAUSE_MS = 600
PREFIX = "drawn:"


class DrawnForm(QWidget):
    """Hidden unless the data set is one that the program draws. `changed` carries the address of another one."""

    changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form: DeclaredForm | None = None
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(5)
        self._rows.addWidget(heading("How it is drawn"))
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(PAUSE_MS)
        self._later.timeout.connect(self._tell)
        self.hide()

    def show_address(self, address: str) -> None:
        """Show the settings of the set of this address, if it is a drawn one."""
        self._later.stop()
        self.setVisible(address.startswith(PREFIX))
        if not address.startswith(PREFIX):
            return
        from explorer.datasets.kinds.drawn import (
            drawn_set,
        )  # archives would cost every start of the program 20 ms

        drawn = drawn_set(address)
        if self.form is None or type(self.form.value) is not type(drawn):
            self._build(drawn)
        elif self.form.value != drawn:
            self.form.show_value(drawn)

    def _build(self, drawn: DrawnSet) -> None:
        if self.form is not None:
            self._rows.removeWidget(self.form)
            self.form.deleteLater()
        self.form = DeclaredForm(drawn)
        self.form.changed.connect(lambda _: self._later.start())
        self._rows.addWidget(self.form)

    def _tell(self) -> None:
        from explorer.datasets.kinds.drawn import DrawnSet

        if self.form is not None and isinstance(self.form.value, DrawnSet):
            self.changed.emit(self.form.value.address)

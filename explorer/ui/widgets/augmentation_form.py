"""The form for what may happen to an image before it is learned from, with an example of it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.datasets.augmentation import Augmentation
from explorer.sources.source import Pixels
from explorer.ui.widgets.declared_form import DeclaredForm
from explorer.ui.widgets.picture_row import COLUMNS, ROWS, PictureRow
from explorer.ui.widgets.still_lines import StillLines

NOTHING = "Nothing is changed: every image is learned as it is."
EXAMPLE = "Framed: as it is. The others: what may be learned instead."
LINES = 3  # that these have room for: what is set below stays where it is when the first change is made


class AugmentationForm(QWidget):
    """Shows an augmentation and what it makes of an image; `changed` carries the one that a person makes of it."""

    changed = Signal(object)

    def __init__(self, augmentation: Augmentation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = DeclaredForm(augmentation)
        self.form.changed.connect(self._take)
        self.pictures = PictureRow()
        self.caption = QLabel()
        self.others = QPushButton("Others")
        self.others.setToolTip("Draw the changes again")
        self.others.clicked.connect(self._draw_others)
        self._image: Pixels | None = None
        self._seed = 0
        row = QHBoxLayout()
        row.addWidget(StillLines(self.caption, lines=LINES), 1)
        row.addWidget(self.others, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addLayout(row)
        layout.addWidget(self.pictures)
        layout.addWidget(self.form)

    @property
    def augmentation(self) -> Augmentation:
        """The value that is shown."""
        value = self.form.value
        assert isinstance(value, Augmentation)
        return value

    def show_value(self, augmentation: Augmentation) -> None:
        """Show another one."""
        if augmentation != self.form.value:
            self.form.show_value(augmentation)
        self._show_example()

    def show_image(self, image: Pixels) -> None:
        """Show what becomes of another image, (height, width, channels) of uint8."""
        self._image = image
        self._show_example()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_example()

    def _take(self, augmentation: Augmentation) -> None:
        self._show_example()
        self.changed.emit(augmentation)

    def _draw_others(self) -> None:
        self._seed += 1
        self._show_example()

    def _show_example(self) -> None:
        if self._image is None or not self.isVisible():
            return
        changes = self.augmentation.changes_anything
        self.caption.setText(EXAMPLE if changes else NOTHING)
        self.others.setEnabled(changes)
        others = COLUMNS * ROWS - 1
        versions = (
            self.augmentation.preview(self._image, others, self._seed)
            if changes
            else np.broadcast_to(self._image, (others, *self._image.shape))
        )
        self.pictures.show_pictures(np.concatenate((self._image[None], versions)))

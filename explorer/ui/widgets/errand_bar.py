"""A line that says what is being done, how far it is, and lets one give it up."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from explorer.runtime.errands import Progress

STEPS = 1000
MEGABYTE = 1_000_000


class ErrandBar(QWidget):
    """Hidden while nothing is under way."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.what = QLabel()
        self.what.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.what.setWordWrap(True)  # how far it is stands at the end
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.button = QPushButton("Cancel")
        self.button.clicked.connect(self.cancelled)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.bar, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.what)
        layout.addLayout(row)
        self.hide()

    def begin(self, label: str) -> None:
        """Something is under way; how far, nobody knows yet."""
        self.show_progress(Progress(label))
        self.show()

    def show_progress(self, progress: Progress) -> None:
        """How far it is; without a total the bar only shows that something happens."""
        if progress.total > 0:
            self.bar.setRange(0, STEPS)
            self.bar.setValue(round(STEPS * min(1.0, progress.done / progress.total)))
        else:
            self.bar.setRange(0, 0)
        if progress.what:
            self.what.setText(text_of(progress))

    def end(self) -> None:
        """Nothing is under way any more."""
        self.bar.setRange(0, STEPS)  # a bar without a range never stops moving
        self.hide()


def text_of(progress: Progress) -> str:
    """Progress as a person reads it: "Downloading a.gz: 3.2 of 9.9 MB", "Assessing: 640 of 2,000"."""
    what, done, total = progress
    if not total:
        return f"{what} …"
    if total >= MEGABYTE and ("Downloading" in what or "Verifying" in what):
        return f"{what}: {done / MEGABYTE:.1f} of {total / MEGABYTE:.1f} MB"
    return f"{what}: {done:,} of {total:,}"

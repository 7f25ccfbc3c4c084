"""Previous, play, next, a bar to seek with, speed and loop: for folders, videos and animations."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from explorer.ui.icons import icon
from explorer.ui.widgets.tool_button import tool_button

SPEEDS = 0.1, 0.25, 0.5, 1.0, 2.0, 4.0


class Transport(QWidget):
    """Tells what is asked for and shows where a source stands; only what the source can do is there."""

    stepped = Signal(int)
    sought = Signal(int)
    paused = Signal(bool)
    speed_chosen = Signal(float)
    loop_chosen = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.previous = tool_button("previous", "Previous (PgUp)")
        self.play = tool_button("pause", "Play or pause (F)", checkable=True)
        self.next = tool_button("next", "Next (PgDown)")
        self.loop = tool_button("loop", "Begin again after the last frame", checkable=True)
        self.speed = QComboBox()
        self.speed.setToolTip("How fast it plays")
        self.speed.setAccessibleName("Speed")
        for speed in SPEEDS:
            self.speed.addItem(f"{speed:g} x", speed)
        self.bar = QSlider(Qt.Orientation.Horizontal)
        self.bar.setAccessibleName("Position")
        self.bar.setMinimumWidth(60)
        self._where = QLabel()
        row = QHBoxLayout()
        row.setSpacing(2)
        for widget in (self.previous, self.play, self.next, self.loop):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._where)
        row.addWidget(self.speed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.bar)
        layout.addLayout(row)
        self.previous.clicked.connect(lambda: self.stepped.emit(-1))
        self.next.clicked.connect(lambda: self.stepped.emit(1))
        self.play.clicked.connect(self.paused)
        self.loop.clicked.connect(self.loop_chosen)
        self.bar.valueChanged.connect(self.sought)
        self.speed.activated.connect(lambda index: self.speed_chosen.emit(SPEEDS[index]))

    def show_abilities(self, *, seek: bool, live: bool, speed: bool, loop: bool) -> None:
        """Show what the source can do and hide the rest, all of it if nothing is left."""
        for widget, is_useful in (
            (self.previous, seek), (self.next, seek), (self.bar, seek), (self._where, seek),
            (self.play, live), (self.speed, speed), (self.loop, loop),
        ):  # fmt: skip
            widget.setVisible(is_useful)
        self.setVisible(seek or speed)

    def show_state(self, *, paused: bool, speed: float, loop: bool) -> None:
        """Whether it plays, how fast, and whether it begins again."""
        self.play.setChecked(paused)
        self.play.setIcon(icon("play" if paused else "pause"))
        self.loop.setChecked(loop)
        self.speed.setCurrentIndex(min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - speed)))

    def show_position(self, position: int, length: int) -> None:
        """Where it stands, counted from 0."""
        self._where.setText(f"{position + 1} / {length}" if length else "")
        if not self.bar.isSliderDown():
            with QSignalBlocker(self.bar):
                self.bar.setRange(0, max(0, length - 1))
                self.bar.setValue(position)

"""The close-up: a card over the maps with a pixel enlarged beside what it reads, and the sweep over the whole map."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.icons import icon
from explorer.ui.pixel_arithmetic import Explained
from explorer.ui.widgets.close_up_body import CloseUpBody
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.scrub_slider import ScrubSlider
from explorer.ui.widgets.still_lines import StillLines
from explorer.ui.widgets.sweep_player import PACES_MS, SweepPlayer

SHARE = 0.66, 0.74  # of the maps' width and height
LEAST, MOST = (412, 350), (780, 500)
TALLEST = 760  # of a volume
AWAY = 10  # from the edges of the maps


class CloseUp(QFrame):
    """Title, the view, and what plays the sweep. It lies on the emptier side of what it enlarges."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("close_up")
        self.body = CloseUpBody()
        self.view = self.body.view
        self.player = SweepPlayer(self)
        self.title = QLabel()
        self.channel = QLabel()
        self.note = ElidedLabel()
        self.where = QLabel()
        self.slider = ScrubSlider()
        self.pace = QComboBox()
        self.close_button = _button("close", "Close (Esc)")
        self.previous_channel = _button("previous", "The map before among those that are read")
        self.next_channel = _button("next", "The next of the maps that are read")
        self.back_button = _button("step_back", "One pixel back (J)")
        self.play_button = _button("play", "Sweep over the map: play or pause (P)")
        self.step_button = _button("step", "One pixel on (L)")
        self._assemble()
        self._listen()
        self.hide()

    def _assemble(self) -> None:
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        bold = self.title.font()
        bold.setBold(True)
        self.title.setFont(bold)
        self.slider.setAccessibleName("Place of the sweep")
        self.slider.setToolTip("Drag to and fro over the pixels of the map")
        self.slider.setMinimumWidth(60)
        self.slider.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        for name, milliseconds in PACES_MS.items():
            self.pace.addItem(name, milliseconds)
        self.pace.setCurrentIndex(list(PACES_MS.values()).index(self.player.pace_ms))
        self.pace.setToolTip("Time per pixel")
        self.pace.setAccessibleName("Time per pixel")
        self.pace.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        top = QHBoxLayout()
        top.setSpacing(2)
        top.addWidget(StillLines(self.title), 1)
        for widget in (self.previous_channel, self.channel, self.next_channel):
            top.addWidget(widget)
        top.addSpacing(6)
        top.addWidget(self.close_button)
        bottom = QHBoxLayout()
        bottom.setSpacing(2)
        for widget in (self.back_button, self.play_button, self.step_button):
            bottom.addWidget(widget)
        bottom.addWidget(self.slider, 1)
        bottom.addSpacing(6)
        bottom.addWidget(self.where)
        bottom.addSpacing(6)
        bottom.addWidget(self.pace)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 5, 8, 6)
        column.setSpacing(3)
        column.addLayout(top)
        column.addWidget(self.body, 1)
        column.addWidget(StillLines(self.note))
        column.addLayout(bottom)

    def _listen(self) -> None:
        player = self.player
        self.close_button.clicked.connect(self.closed)
        self.back_button.clicked.connect(lambda: player.step(-1))
        self.step_button.clicked.connect(lambda: player.step(1))
        self.play_button.clicked.connect(player.toggle)
        self.slider.valueChanged.connect(self._scrub)
        self.pace.activated.connect(lambda index: player.set_pace(self.pace.itemData(index)))
        player.playing_changed.connect(self._show_playing)
        self.body.held.connect(player.hold)
        self.body.reading_changed.connect(self.show_channel)
        self.previous_channel.clicked.connect(lambda: self.show_reading(-1))
        self.next_channel.clicked.connect(lambda: self.show_reading(1))

    # ---- what is shown ----------------------------------------------------------------------------------------

    def show_explained(self, found: Explained) -> None:
        """Show how a value came about."""
        self.body.show_explained(found)

    def show_sentence(self, sentence: str) -> None:
        """Say why there is nothing to show."""
        self.body.show_sentence(sentence)

    def show_reading(self, by: int) -> None:
        """Show the next one of the maps that are read, or the one before."""
        self.view.show_reading(self.view.reading + by)
        self.show_channel()

    def show_channel(self) -> None:
        """Which of the maps that are read is shown."""
        view = self.view
        many = len(view.readings) > 1 and view.isVisibleTo(self)
        for widget in (self.previous_channel, self.channel, self.next_channel):
            widget.setVisible(many)
        if many:
            self.channel.setText(f"map {view.reading + 1} of {len(view.readings)}")

    def show_note(self, text: str, rule: str) -> None:
        """Say what is under the pointer, or the rule; what does not fit is in the tool tip."""
        self.note.setText(text)
        self.note.setToolTip(text if self.note.drawn != text else rule)

    def show_place(self, index: int, count: int, is_pinned: bool) -> None:
        """Which pixel is shown; the sweep goes on from the one that is pinned."""
        self.player.set_count(count)
        if is_pinned:
            self.player.stand(index)
        for widget in (self.back_button, self.play_button, self.step_button, self.slider, self.pace):
            widget.setEnabled(count > 1)
            widget.setVisible(count > 0)
        self.where.setText(f"{index + 1:,} of {count:,}" if count else "")
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(0, count - 1))
            self.slider.setValue(index)

    def place_beside(self, room: QRect, thing: QRect, is_volume: bool = False) -> None:
        """Lie within `room`, on the emptier side of the thing that is enlarged; low where there is only a strip.

        The slices of a volume stand below each other: it takes all the height there is.
        """
        right, left = room.right() - thing.right(), thing.left() - room.left()
        beside = max(right, left) - 2 * AWAY
        width = min(
            max(min(round(room.width() * SHARE[0]), beside), LEAST[0]), MOST[0], room.width() - 2 * AWAY
        )
        share, most = (1.0, TALLEST) if is_volume else (SHARE[1], MOST[1])
        height = min(max(round(room.height() * share), LEAST[1]), most, room.height() - 2 * AWAY)
        x = room.right() - width - AWAY + 1 if right >= left else room.left() + AWAY
        y = min(max(thing.center().y() - height // 2, room.top() + AWAY), room.bottom() - height - AWAY + 1)
        self.setGeometry(x, y, width, height)

    def _scrub(self, index: int) -> None:
        self.player.pause()
        self.player.go(index)

    def _show_playing(self, playing: bool) -> None:
        self.play_button.setIcon(icon("pause" if playing else "play"))

    # ---- events -----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()  # not for the maps beneath

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()

    def hideEvent(self, event: QEvent) -> None:  # type: ignore[override]
        self.player.pause()


def _button(name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name))
    button.setIconSize(QSize(18, 18))
    button.setAutoRaise(True)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button

"""A sentence over the window's contents: a note passes by, an error or a question stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from explorer.ui import theme
from explorer.ui.icons import icon, pixmap

NOTE_MS = 4000
MS_PER_LETTER = 45  # the time that a slow reader needs
MARGIN = 12
WIDEST = 760


class MessageBar(QWidget):
    """Floats at the lower edge of its parent. `say` and `ask` show a sentence, `dismiss` takes it away."""

    shown_changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.kind = ""
        self._picture = QLabel()
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._close = QToolButton()
        self._close.setIcon(icon("close"))
        self._close.setIconSize(QSize(16, 16))
        self._close.setToolTip("Dismiss (Esc)")
        self._close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._close.clicked.connect(self.dismiss)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._pass_by)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(10)
        layout.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._label, 1)
        self.buttons: list[QPushButton] = []
        self._choices = QHBoxLayout()
        self._choices.setSpacing(6)
        layout.addLayout(self._choices)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        parent.installEventFilter(self)
        self.hide()

    @property
    def sentence(self) -> str:
        """What is being said; empty while nothing is."""
        return self._label.text() if self.isVisibleTo(self.parentWidget()) else ""

    def say(self, sentence: str, kind: str = "note") -> None:
        """Show a sentence; a note does not push an unread error or question aside."""
        if self.kind in ("error", "question") and kind != "error" and self.sentence:
            return
        self._show(sentence, kind, {})

    def ask(self, sentence: str, choices: Mapping[str, Callable[[], object]]) -> None:
        """Show a sentence with buttons, which stays until one of them is chosen or it is dismissed."""
        self._show(sentence, "question", choices)

    def _show(self, sentence: str, kind: str, choices: Mapping[str, Callable[[], object]]) -> None:
        self.kind = kind
        self._show_choices(choices)
        self._label.setText(sentence)
        self._show_kind()
        self._place()
        self.show()
        self.raise_()
        self.shown_changed.emit()
        self._timer.stop()
        if kind == "note":
            self._timer.start(NOTE_MS + MS_PER_LETTER * len(sentence))

    def dismiss(self) -> None:
        """Take the sentence away."""
        self._timer.stop()
        self.kind = ""
        self.hide()
        self.shown_changed.emit()

    def dismiss_error(self) -> None:
        """An action has succeeded: whatever was wrong before is over."""
        if self.kind == "error":
            self.dismiss()

    def _show_choices(self, choices: Mapping[str, Callable[[], object]]) -> None:
        for button in self.buttons:
            self._choices.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        for label, choose in choices.items():
            button = QPushButton(label, self)
            button.clicked.connect(self.dismiss)
            button.clicked.connect(lambda _=False, choose=choose: choose())
            self._choices.addWidget(button)
            self.buttons.append(button)

    def _pass_by(self) -> None:
        if self.underMouse():
            self._timer.start(NOTE_MS)
        else:
            self.dismiss()

    def _show_kind(self) -> None:
        error = self.kind == "error"
        self._picture.setPixmap(pixmap("warning" if error else "info", 20, "error" if error else "accent"))

    def _place(self) -> None:
        parent = self.parentWidget()
        room = min(WIDEST, max(200, parent.width() - 2 * MARGIN))
        text = self._label.fontMetrics().horizontalAdvance(self._label.text()) + 100
        text += sum(button.sizeHint().width() + 6 for button in self.buttons)
        width = min(room, text)
        self.setFixedWidth(width)
        height = self.layout().totalHeightForWidth(width)
        if height < 0:
            height = self.layout().totalSizeHint().height()
        self.setFixedHeight(height)
        self.move((parent.width() - width) // 2, max(0, parent.height() - height - MARGIN))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Before the window is shown, too: what is asked at the start must be where one sees it.
        if event.type() == QEvent.Type.Resize and watched is self.parentWidget() and not self.isHidden():
            self._place()
        return False

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and self.kind:
            self._show_kind()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        error = self.kind == "error"
        painter.setPen(QPen(theme.color("error" if error else "accent"), 1))
        painter.setBrush(theme.color("error_ground" if error else "note_ground"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

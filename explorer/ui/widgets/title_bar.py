"""The title bar of a dock: a quiet name, the one number that matters, and small buttons."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QToolTip, QWidget

from explorer.ui import theme
from explorer.ui.icons import icon


class TitleBar(QWidget):
    """Shows `title`, a headline on the right, and buttons for help, floating and closing."""

    float_asked = Signal()
    close_asked = Signal()

    def __init__(self, title: str, help_text: str) -> None:
        super().__init__()
        self.help_text = help_text
        self._title = QLabel(title)
        self._headline = ElidedLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 3, 2)
        layout.setSpacing(1)
        layout.addWidget(self._title)
        layout.addWidget(self._headline, 1)
        layout.addSpacing(4)
        self.help_button = self._button("info", f"What {title} is", self.show_help)
        self.float_button = self._button("float", f"Float or dock {title}", self.float_asked.emit)
        self.close_button = self._button(
            "close", f"Close {title}; the View menu opens it again", self.close_asked.emit
        )
        for button in (self.help_button, self.float_button, self.close_button):
            layout.addWidget(button)
        self.help_button.setVisible(bool(help_text))
        self.setMinimumWidth(40)

    def set_headline(self, text: str) -> None:
        """Show the one number that matters."""
        self._headline.set_text(text)

    def set_title_shown(self, shown: bool) -> None:
        """Show the title, or leave its place to the headline."""
        self._title.setVisible(shown)
        self._headline.set_left(not shown)

    @property
    def headline(self) -> str:
        """What stands on the right."""
        return self._headline.text

    def show_help(self) -> None:
        """Tell under the button what the panel is for."""
        below = self.help_button.mapToGlobal(QPoint(0, self.help_button.height()))
        QToolTip.showText(below, f"<p>{self.help_text}</p>", self.help_button, self.help_button.rect(), 20000)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.ignore()  # the dock drags itself by it

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("bar"))

    def _button(self, name: str, tip: str, run) -> QToolButton:
        button = QToolButton()
        button.setObjectName("title_button")
        button.setIcon(icon(name, "faint"))
        button.setIconSize(QSize(16, 16))
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(run)
        return button


class ElidedLabel(QWidget):
    """One line of quiet text, aligned right, cut with an ellipsis where there is no room."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._left = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_left(self, left: bool) -> None:
        """Begin at the left edge instead of ending at the right one."""
        self._left = left
        self.update()

    def set_text(self, text: str) -> None:
        """Show another text."""
        if text != self.text:
            self.text = text
            self.setToolTip(text)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(10, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QColor(theme.color("quiet")))
        painter.setFont(theme.quiet_font(self.font()))
        text = painter.fontMetrics().elidedText(self.text, Qt.TextElideMode.ElideRight, self.width() - 6)
        side = Qt.AlignmentFlag.AlignLeft if self._left else Qt.AlignmentFlag.AlignRight
        room = self.rect() if self._left else self.rect().adjusted(6, 0, 0, 0)
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)

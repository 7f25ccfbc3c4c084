"""The line in which a layer is renamed, over its name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from explorer.ui import theme

NARROWEST = 120


class NameEditor(QLineEdit):
    """Takes a name that `problem_of` has nothing against; what it has against one is shown below while typing."""

    entered = Signal(str)
    closed = Signal()

    def __init__(self, name: str, rect: QRect, problem_of: Callable[[str], str], parent: QWidget) -> None:
        super().__init__(name, parent)
        self._problem_of = problem_of
        self._is_open = True
        self._sentence = QLabel(parent)
        self._sentence.setObjectName("name_problem")
        self._sentence.setWordWrap(True)
        self._sentence.setMargin(4)
        self._sentence.hide()
        self.setGeometry(rect.adjusted(-6, 1, max(0, NARROWEST - rect.width()), -1))
        self.setStyleSheet("QLineEdit { padding: 0px 3px; }")
        self.textChanged.connect(self._judge)
        self.selectAll()
        self.show()
        self.setFocus()

    @property
    def problem(self) -> str:
        """What is wrong with the name as it stands; empty where nothing is."""
        return self._problem_of(self.text().strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.problem:
                self._judge()
            else:
                self._close(enter=True)
        elif event.key() == Qt.Key.Key_Escape:
            self._close(enter=False)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:  # its own context menu
            self._close(enter=not self.problem)

    def _judge(self) -> None:
        problem = self.problem
        self._sentence.setVisible(bool(problem))
        if not problem:
            return
        self._sentence.setText(problem)
        self._sentence.setStyleSheet(
            f"background: {theme.css('error_ground')}; color: {theme.css('text')}; border-radius: 4px;"
        )
        parent = self.parentWidget()
        width = parent.width() - 8
        self._sentence.setFixedWidth(width)
        height = self._sentence.heightForWidth(width)
        below = self.geometry().bottom() + 3
        top = below if below + height < parent.height() else self.geometry().top() - height - 3
        self._sentence.setFixedHeight(height)
        self._sentence.move(QPoint(4, max(0, top)))
        self._sentence.raise_()

    def _close(self, enter: bool) -> None:
        if not self._is_open:
            return
        self._is_open = False
        text = self.text().strip()
        had_focus = self.hasFocus()
        self._sentence.hide()
        self._sentence.deleteLater()
        self.hide()
        self.deleteLater()
        if had_focus:
            self.closed.emit()
        if enter:
            self.entered.emit(text)

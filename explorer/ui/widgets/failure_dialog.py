"""The dialog for what nobody expected: one sentence, the details on request, and life goes on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from explorer.ui.icons import pixmap


class FailureDialog(QDialog):
    """Shows one failure; further ones are counted while it is open. It is not modal: the window stays usable."""

    def __init__(self, parent: QWidget, log_file: Path | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Something went wrong")
        self._others = 0
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._count = QLabel()
        self._count.hide()
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setMinimumSize(560, 220)
        self.details.hide()
        picture = QLabel()
        picture.setPixmap(pixmap("error", 32, "error"))
        top = QHBoxLayout()
        top.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self._sentence, 1)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addLayout(top)
        layout.addWidget(self._count)
        layout.addWidget(self.details)
        layout.addLayout(self._buttons(log_file))
        self.setMinimumWidth(460)

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._sentence.text()

    def tell(self, summary: str, details: str) -> None:
        """Show the first failure; while it is on screen, only count."""
        if self.isVisible():
            self._others += 1
            self._count.setText(f"It happened again, or something else did: {self._others} more in the log.")
            self._count.show()
            return
        self._others = 0
        self._count.hide()
        self._sentence.setText(
            f"The program met a fault of its own: {summary}. Nothing of your work is lost, and you can go on; "
            "if something looks wrong, undo the last step."
        )
        self.details.setPlainText(details)
        self.show()

    def _buttons(self, log_file: Path | None) -> QHBoxLayout:
        row = QHBoxLayout()
        details = QPushButton("Details")
        details.setCheckable(True)
        details.toggled.connect(self._show_details)
        copy = QPushButton("Copy")
        copy.setToolTip("Copy the details to the clipboard")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.details.toPlainText()))
        row.addWidget(details)
        row.addWidget(copy)
        if log_file is not None:
            opener = QPushButton("Open the log")
            opener.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_file))))
            row.addWidget(opener)
        row.addStretch(1)
        go_on = QPushButton("Continue")
        go_on.setDefault(True)
        go_on.clicked.connect(self.accept)
        row.addWidget(go_on)
        return row

    def _show_details(self, shown: bool) -> None:
        self.details.setVisible(shown)
        self.adjustSize()

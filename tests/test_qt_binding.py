"""The binding to Qt: PySide6 6.12.0 loses a reference to None with every void call, until Python 3.11 ends."""

import sys

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot


def test_repainting_loses_no_reference_to_none(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    widget.repaint()
    before = sys.getrefcount(None)
    for _ in range(200):
        widget.repaint()
    assert abs(sys.getrefcount(None) - before) < 100

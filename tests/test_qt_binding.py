"""The binding to Qt: it reads no sources, and loses no references.

PySide6 6.12.0 loses a reference to None with every void call, until Python 3.11 ends.
"""

import builtins
import sys

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

import explorer.ui  # noqa: F401


def test_repainting_loses_no_reference_to_none(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    widget.repaint()
    before = sys.getrefcount(None)
    for _ in range(200):
        widget.repaint()
    assert abs(sys.getrefcount(None) - before) < 100


def test_what_is_imported_is_not_read_for_names_in_snake_case() -> None:
    assert builtins.__import__.__name__ != "__feature_import__"

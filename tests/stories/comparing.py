"""What stories about comparing panels share: a window with a textured picture, and what a hand does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.document.view import Unit
from explorer.runtime.capture import CaptureState
from explorer.sources.source import Frame
from explorer.ui.window import Window
from explorer.ui.workspace import Workspace
from tests.ui.conftest import answer

Key, Button = Qt.Key, Qt.MouseButton
Open = Callable[[str], Any]


@pytest.fixture
def open_panel(
    window: Window, workspace: Workspace, qtbot: QtBot, run_command: Callable[[str], None]
) -> Open:
    """Open a panel from the menu View and wait until it can be seen."""
    show_texture(workspace)
    workspace.view.select(Unit("conv1", 2))
    answer(workspace)

    def opened(name: str) -> Any:
        run_command(f"view.docks.{name}")
        panel = window.panel(name)
        assert panel is not None
        qtbot.waitUntil(lambda: not panel.visibleRegion().isEmpty())
        QApplication.processEvents()
        return panel

    return opened


def show_texture(workspace: Workspace) -> None:
    """A picture in which every patch is another one, as large as the network's input."""
    pixels = np.random.default_rng(1).integers(0, 256, (160, 160, 3), dtype=np.uint8)
    workspace.capture.states.put(CaptureState("still", frame_size=(160, 160)))
    workspace.capture.frames.put(Frame(pixels, 0, 0.0))
    workspace.clock.tick()
    answer(workspace)


def move(widget: QWidget, at: QPointF, held: Qt.MouseButton = Button.NoButton) -> None:
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        widget.mapToGlobal(at),
        Button.NoButton,
        held,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)


def drag(qtbot: QtBot, widget: QWidget, start: QPointF, end: QPointF) -> None:
    qtbot.mousePress(widget, Button.LeftButton, pos=start.toPoint())
    move(widget, (start + end) / 2, Button.LeftButton)
    move(widget, QPointF(end.toPoint()), Button.LeftButton)
    qtbot.mouseRelease(widget, Button.LeftButton, pos=end.toPoint())


def type_into(qtbot: QtBot, field: QWidget, text: str) -> None:
    field.setFocus()
    qtbot.keyClick(field, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Key.Key_Return)

"""The drawing panel: strokes by the mouse become the live input while they are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from explorer.sources.source import Pixels
from explorer.ui.panels.draw import DrawPanel
from explorer.ui.window import Window
from explorer.ui.workspace import Workspace


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> DrawPanel:
    panel = DrawPanel(workspace)
    qtbot.addWidget(panel)
    panel.resize(260, 330)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def at(panel: DrawPanel, x: float, y: float) -> QPoint:
    board = panel.board.board_rect()
    return QPoint(round(board.left() + x * board.width()), round(board.top() + y * board.height()))


def stroke(panel: DrawPanel, qtbot: QtBot, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    """Across the middle, from left to right."""
    qtbot.mousePress(panel.board, button, pos=at(panel, 0.2, 0.5))
    for x in (0.4, 0.6, 0.8):
        qtbot.mouseMove(panel.board, at(panel, x, 0.5))
    qtbot.mouseRelease(panel.board, button, pos=at(panel, 0.8, 0.5))


def shown(workspace: Workspace) -> Pixels:
    """The frame that the panels get now."""
    workspace.capture._woken.set()
    workspace.capture.turn()
    workspace.clock.tick()
    assert workspace.frame is not None
    return workspace.frame.pixels


def test_the_input_follows_while_the_button_is_still_down(panel: DrawPanel, qtbot: QtBot) -> None:
    qtbot.mousePress(panel.board, Qt.MouseButton.LeftButton, pos=at(panel, 0.2, 0.5))
    first = np.count_nonzero(shown(panel.workspace))
    qtbot.mouseMove(panel.board, at(panel, 0.8, 0.5))
    second = np.count_nonzero(shown(panel.workspace))
    qtbot.mouseRelease(panel.board, Qt.MouseButton.LeftButton, pos=at(panel, 0.8, 0.5))
    assert 0 < first < second / 3


def test_the_first_stroke_does_not_move_the_board(panel: DrawPanel, qtbot: QtBot) -> None:
    panel.grab()
    before = panel.board.geometry()
    stroke(panel, qtbot)
    panel.workspace.capture_changed.emit(None)
    panel.grab()
    assert panel.hint.text() == ""
    assert panel.board.geometry() == before


def test_the_board_shows_what_is_drawn(panel: DrawPanel, qtbot: QtBot) -> None:
    stroke(panel, qtbot)
    picture: QImage = panel.board.grab().toImage()
    assert picture.pixelColor(at(panel, 0.5, 0.5)).lightness() > 200
    assert picture.pixelColor(at(panel, 0.5, 0.2)).lightness() < 30


@pytest.mark.parametrize("by_button", [True, False])
def test_the_eraser_and_the_right_button_erase(panel: DrawPanel, qtbot: QtBot, by_button: bool) -> None:
    stroke(panel, qtbot)
    if by_button:
        stroke(panel, qtbot, Qt.MouseButton.RightButton)
    else:
        qtbot.mouseClick(panel.eraser, Qt.MouseButton.LeftButton)
        stroke(panel, qtbot)
    assert shown(panel.workspace)[140, 140, 0] == 0


def test_undo_by_button_and_key(panel: DrawPanel, qtbot: QtBot) -> None:
    stroke(panel, qtbot)
    qtbot.mouseClick(panel.undo, Qt.MouseButton.LeftButton)
    assert not shown(panel.workspace).any()
    stroke(panel, qtbot)
    qtbot.keyClick(panel.board, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not shown(panel.workspace).any()
    assert not panel.undo.isEnabled()


def test_clear_by_key_and_undo_brings_it_back(panel: DrawPanel, qtbot: QtBot) -> None:
    stroke(panel, qtbot)
    before = shown(panel.workspace)
    qtbot.keyClick(panel.board, Qt.Key.Key_Delete)
    assert not shown(panel.workspace).any()
    qtbot.mouseClick(panel.undo, Qt.MouseButton.LeftButton)
    np.testing.assert_array_equal(shown(panel.workspace), before)


def test_the_size_is_that_of_the_slider(panel: DrawPanel, qtbot: QtBot) -> None:
    panel.thickness.setValue(5)
    stroke(panel, qtbot)
    thin = np.count_nonzero(shown(panel.workspace)[:, 140])
    panel.board.clear()
    panel.thickness.setValue(20)
    stroke(panel, qtbot)
    assert np.count_nonzero(shown(panel.workspace)[:, 140]) > 3 * thin


def test_black_on_white(panel: DrawPanel, qtbot: QtBot) -> None:
    stroke(panel, qtbot)
    qtbot.mouseClick(panel.ground, Qt.MouseButton.LeftButton)
    pixels = shown(panel.workspace)
    assert (pixels[140, 140, 0], pixels[10, 10, 0]) == (0, 255)
    assert panel.ground.text() == "Black on white"


def test_drawing_takes_the_input_back_from_another_source(panel: DrawPanel, qtbot: QtBot) -> None:
    stroke(panel, qtbot)
    panel.workspace.open_address("sample:house")
    assert panel.workspace.capture.wanted is not panel.source
    stroke(panel, qtbot)
    assert panel.workspace.capture.wanted is panel.source


def test_delete_on_the_board_removes_no_layer(window: Window, qtbot: QtBot) -> None:
    window.set_shown("draw", True)
    panel = window.panel("draw")
    assert isinstance(panel, DrawPanel)
    panel.board.setFocus()
    network = window.workspace.document.network
    qtbot.keyClick(panel.board, Qt.Key.Key_Delete)
    assert window.workspace.document.network is network

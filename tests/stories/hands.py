"""The window with its maps, and what a person does there with mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.document.view import Unit
from explorer.engine.presets.networks import build_network
from explorer.ui.panels.maps import MapsPanel
from explorer.ui.widgets.close_up import CloseUp
from explorer.ui.window import Window
from explorer.ui.workspace import Workspace
from tests.stories.comparing import Button, move, show_texture

SOON = 5000  # ms


class Hands:
    """The window with its maps, and what a person does there."""

    def __init__(self, window: Window, workspace: Workspace, qtbot: QtBot) -> None:
        self.window, self.workspace, self.qtbot = window, workspace, qtbot
        self.workspace.document.start_over(
            build_network("edges-and-colours"), self.workspace.document.preparation
        )
        show_texture(workspace)
        panel = window.panel("maps")
        assert isinstance(panel, MapsPanel)
        self.maps, self.flow = panel, panel.flow
        self.see()

    def see(self) -> None:
        """Let the maps ask for what is visible, and give it."""
        self.flow.finish_motion()
        self.flow.ask_now()
        show_texture(self.workspace)
        QApplication.processEvents()

    def at(self, name: str, row: int, column: int) -> QPointF:
        """Where a pixel of a map is on screen."""
        unit = Unit.parse(name)
        assert unit is not None
        place, cell = self.flow.find(unit)
        assert place is not None
        tile = place.tile(cell or 0)
        _, height, width = place.block.shape
        return QPointF(
            tile.left() + (column + 0.5) / width * tile.width(),
            tile.top() + (row + 0.5) / height * tile.height(),
        )

    def click(self, name: str, row: int, column: int) -> None:
        at = self.at(name, row, column)
        move(self.flow, at)
        self.qtbot.mouseClick(self.flow, Button.LeftButton, pos=at.toPoint())
        move(self.flow, QPointF(2, 2))
        QApplication.processEvents()

    def press(self, key: Qt.Key) -> None:
        self.qtbot.keyClick(self.flow, key)
        QApplication.processEvents()

    def command(self, key: str) -> None:
        """What a shortcut of the window does (offscreen no window is active, so that Qt sends it none)."""
        QApplication.processEvents()
        action = next(one for one in self.window.actions() if key in [s.toString() for s in one.shortcuts()])
        action.trigger()
        QApplication.processEvents()

    @property
    def close_up(self) -> CloseUp:
        close_up = self.maps.close_up.close_up
        assert close_up is not None
        return close_up

    def value(self, node: str, *unit: int) -> float:
        assert self.workspace.answer is not None
        return float(self.workspace.answer.trace.activations[node][0][unit])


@pytest.fixture
def hands(window: Window, workspace: Workspace, qtbot: QtBot) -> Hands:
    return Hands(window, workspace, qtbot)


@pytest.fixture
def enlarged(hands: Hands) -> Hands:
    """conv1:2 pinned at some pixel, and the close-up open."""
    hands.click("conv1:2", 80, 80)
    hands.workspace.view.pin_pixel((80, 80))
    hands.command("X")
    return hands

"""The history panel: every edit is seen, and a click goes there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.document import edits
from explorer.sources.preparation import Preparation
from explorer.ui.panels.history import HistoryPanel
from explorer.ui.workspace import Workspace
from tests.document.networks import chain

Key, Button = Qt.Key, Qt.MouseButton


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> HistoryPanel:
    """Three edits; the third is undone."""
    document = workspace.document
    document.start_over(chain(), Preparation())
    panel = HistoryPanel(workspace)
    qtbot.addWidget(panel)
    panel.resize(300, 200)
    panel.show()
    qtbot.waitExposed(panel)
    for name in ("relu1", "pool1", "flatten"):
        document.edit(f"Remove {name}", edits.remove(name))
    document.undo()
    return panel


def click(qtbot: QtBot, panel: HistoryPanel, row: int) -> None:
    where = panel.list.visualRect(panel.model.index(row)).center()
    qtbot.mouseClick(panel.list.viewport(), Button.LeftButton, pos=where)


def texts(panel: HistoryPanel) -> list[str]:
    return [panel.model.index(row).data() for row in range(panel.model.rowCount())]


def is_faint(panel: HistoryPanel, row: int) -> bool:
    return panel.model.index(row).data(Qt.ItemDataRole.FontRole).italic()


def test_the_model_keeps_qts_rules(panel: HistoryPanel, qtmodeltester) -> None:
    qtmodeltester.check(panel.model)


def test_every_edit_is_listed_and_what_was_undone_is_faint(panel: HistoryPanel) -> None:
    assert texts(panel) == ["Start", "Remove relu1", "Remove pool1", "Remove flatten"]
    assert [is_faint(panel, row) for row in range(4)] == [False, False, False, True]
    assert panel.list.currentIndex().row() == 2
    assert panel.headline == "2 edits, 1 undone"


def test_a_click_goes_back_and_forth(qtbot: QtBot, panel: HistoryPanel) -> None:
    document = panel.workspace.document
    click(qtbot, panel, 0)
    assert "relu1" in document.network
    assert len(document.history.entries) == 4
    click(qtbot, panel, 3)
    assert "flatten" not in document.network


def test_arrow_keys_walk_through_the_states(qtbot: QtBot, panel: HistoryPanel) -> None:
    qtbot.keyClick(panel.list, Key.Key_Up)
    assert "pool1" in panel.workspace.document.network
    qtbot.keyClick(panel.list, Key.Key_Home)
    assert "relu1" in panel.workspace.document.network


def test_a_new_edit_forgets_what_was_undone(panel: HistoryPanel) -> None:
    panel.workspace.document.edit("Bypass conv2", edits.set_bypassed("conv2", True))
    assert texts(panel) == ["Start", "Remove relu1", "Remove pool1", "Bypass conv2"]


def test_an_entry_says_how_far_it_is(panel: HistoryPanel) -> None:
    tips = [panel.model.index(row).data(Qt.ItemDataRole.ToolTipRole) for row in range(4)]
    assert tips == ["Undo 2 edits", "Undo 1 edit", "This is how it is now", "Redo 1 edit"]


def test_starting_over_empties_it(panel: HistoryPanel) -> None:
    panel.workspace.document.start_over(chain(), Preparation())
    assert texts(panel) == ["Start"]
    assert panel.headline == "0 edits"

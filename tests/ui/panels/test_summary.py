"""The summary panel: the whole network in numbers, to read and to copy."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from explorer.document import edits
from explorer.document.view import Unit
from explorer.engine.presets.networks import build_network
from explorer.sources.preparation import Preparation
from explorer.ui.panels.summary import SummaryPanel
from explorer.ui.workspace import Workspace
from tests.document.networks import chain
from tests.ui.conftest import show_picture

Key, Modifier, Button = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> SummaryPanel:
    workspace.document.start_over(chain(), Preparation())
    panel = SummaryPanel(workspace)
    qtbot.addWidget(panel)
    panel.resize(760, 200)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def row(panel: SummaryPanel, name: str) -> tuple[str, ...]:
    return next(one.texts for one in panel.model.rows if one.texts[0] == name)


def test_the_model_keeps_qts_rules(panel: SummaryPanel, qtmodeltester) -> None:
    qtmodeltester.check(panel.model)


def test_a_row_says_everything_of_a_layer(panel: SummaryPanel) -> None:
    assert row(panel, "conv1")[:7] == (
        "conv1", "conv 3×3", "4 × 8 × 8", "4×3×3×1 + 4 = 40", "2,304", "1 KiB", "3×3, step 1×1",
    )  # fmt: skip


def test_the_totals_of_the_tutorial_net_agree_with_keras(panel: SummaryPanel) -> None:
    panel.workspace.document.edit("Other", edits.replace_network(build_network("keras-tutorial")))
    assert row(panel, "Total")[3] == "34,826"
    assert panel.headline.startswith("34,826 parameters")


def test_the_time_of_every_layer_comes_from_the_trace(qtbot: QtBot, panel: SummaryPanel) -> None:
    answer = show_picture(panel.workspace)
    panel.show_answer(answer)
    qtbot.waitUntil(lambda: bool(row(panel, "conv1")[7]))
    assert row(panel, "conv1")[7] == f"{answer.trace.steps['conv1'].seconds * 1000:.2f}"
    assert row(panel, "Total")[7]


def test_what_cannot_run_says_so(panel: SummaryPanel) -> None:
    panel.workspace.document.edit("Remove", edits.remove("flatten"))
    assert row(panel, "dense")[2] == "cannot run"
    index = panel.model.index(5, 2)
    assert "Put a Flatten before it" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_a_click_selects_the_layer_and_a_selection_elsewhere_the_row(
    qtbot: QtBot, panel: SummaryPanel
) -> None:
    index = panel.model.index(3, 0)
    qtbot.mouseClick(panel.table.viewport(), Button.LeftButton, pos=panel.table.visualRect(index).center())
    assert panel.workspace.view.selection == Unit("pool1")
    panel.workspace.view.select(Unit("conv1", 2))
    assert [one.row() for one in panel.table.selectionModel().selectedRows()] == [1]
    assert panel.workspace.view.selection == Unit("conv1", 2)


def test_an_edit_keeps_the_marked_row(panel: SummaryPanel) -> None:
    panel.workspace.view.select(Unit("conv1", 2))
    panel.workspace.document.edit("Remove", edits.remove("relu1"))
    assert [one.row() for one in panel.table.selectionModel().selectedRows()] == [1]
    assert panel.workspace.view.selection == Unit("conv1", 2)


def test_ctrl_c_copies_the_marked_rows_for_a_spreadsheet(qtbot: QtBot, panel: SummaryPanel) -> None:
    panel.workspace.view.select(Unit("conv1"))
    panel.table.setFocus()
    qtbot.waitUntil(panel.table.hasFocus)
    qtbot.keyClick(panel.table, Key.Key_C, Modifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:3] == ["Name", "Layer", "Output"]
    assert [line.split("\t")[0] for line in lines[1:]] == ["conv1"]


def test_all_of_it_is_copied_where_nothing_is_marked(panel: SummaryPanel) -> None:
    panel.copy_marked()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[-1].startswith("Total\t7 layers\t\t213")


def test_markdown_has_a_head_a_rule_and_a_line_for_each_row(panel: SummaryPanel) -> None:
    panel.copy_markdown()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("| Name | Layer | Output |")
    assert lines[1] == "|---|---|---|---|---:|---:|---|---:|"
    assert len(lines) == 2 + 8

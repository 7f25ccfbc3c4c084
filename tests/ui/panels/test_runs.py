"""The runs panel: what was trained, to compare, to name, to go back to, and to delete."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from explorer.engine.optimizers import SGD
from explorer.ui.panels.runs import RunsPanel
from explorer.ui.widgets.run_table import COLUMNS, NOTE, cells
from explorer.ui.workspace import Workspace
from tests.ui.conftest import Said
from tests.ui.small_training import SETTINGS, prepare, train


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> RunsPanel:
    """Two runs from the same start: the first with Adam for 20 steps, the present one with SGD for 10."""
    prepare(workspace)
    panel = RunsPanel(workspace)
    qtbot.addWidget(panel)
    panel.resize(1000, 180)
    train(workspace, qtbot, 20)
    workspace.trainer.reset()
    workspace.trainer.configure(settings=dataclasses.replace(SETTINGS, optimizer=SGD(rate=0.25), batch=20))
    train(workspace, qtbot, 10)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def cell(panel: RunsPanel, row: int, name: str) -> str:
    column = [title for title, _ in COLUMNS].index(name)
    return panel.model.data(panel.model.index(row, column))


def mark(panel: RunsPanel, row: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    place = panel.table.visualRect(panel.model.index(row, 1)).center()
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, modifiers, place)


def press(panel: RunsPanel, name: str) -> None:
    action = panel.actions_by_name[name]
    assert action.isEnabled()
    action.trigger()


def test_the_newest_run_stands_first_with_its_settings(panel: RunsPanel) -> None:
    assert [cell(panel, row, "Run") for row in (0, 1)] == ["Run 2", "Run 1"]
    assert (cell(panel, 0, "Optimizer"), cell(panel, 0, "Batch"), cell(panel, 0, "Steps")) == (
        "SGD, 0.25",
        "20",
        "10",
    )
    assert (cell(panel, 1, "Optimizer"), cell(panel, 1, "Steps")) == ("Adam, 0.001", "20")
    assert cell(panel, 0, "Data") == "Bars"
    assert panel.headline == "2 runs"


def test_loss_and_accuracy_are_the_runs(panel: RunsPanel) -> None:
    run = panel.workspace.trainer.runs[0]
    assert cell(panel, 1, "Loss") == f"{run.curves.steps['loss'].mean():.3f}"
    assert cell(panel, 1, "Accuracy") == f"{run.curves.steps['accuracy'].mean() * 100:.1f} %"
    names = [name for name, _ in COLUMNS]
    assert names.index("Val. accuracy") < names.index("Accuracy"), "what counts is seen without scrolling"
    assert cell(panel, 1, "Val. loss") == f"{run.loss:.3f}"


def test_a_tick_compares_the_run(panel: RunsPanel, qtbot: QtBot) -> None:
    index = panel.model.index(1, 0)
    option = QStyleOptionViewItem()
    panel.table.initViewItemOption(option)
    option.rect = panel.table.visualRect(index)
    option.features |= QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
    box = panel.table.style().subElementRect(
        QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, panel.table
    )
    with qtbot.waitSignal(panel.workspace.trainer.runs_changed):
        QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert panel.workspace.trainer.runs[0].compared == 0


def test_the_space_bar_ticks_and_takes_the_tick_away(panel: RunsPanel) -> None:
    mark(panel, 1)
    panel.table.setCurrentIndex(panel.model.index(1, 0))
    for expected in (0, None):
        QTest.keyClick(panel.table, Qt.Key.Key_Space)
        assert panel.workspace.trainer.runs[0].compared == expected


def test_every_ticked_run_has_a_colour_of_its_own(panel: RunsPanel) -> None:
    for run in panel.model.runs:
        panel.model.compare(run, True)
    assert {run.compared for run in panel.model.runs} == {0, 1}
    panel.model.compare(panel.model.runs[0], False)
    panel.model.compare(panel.model.runs[0], True)
    assert [run.compared for run in panel.model.runs] == [0, 1]


def test_going_back_brings_the_network_and_the_run(panel: RunsPanel, qtbot: QtBot) -> None:
    workspace = panel.workspace
    first = workspace.trainer.runs[0]
    mark(panel, 1)
    press(panel, "go_back")
    assert workspace.trainer.current is first
    for node in first.network.nodes:
        for name, array in node.parameters.items():
            np.testing.assert_array_equal(workspace.document.network[node.name].parameters[name], array)
    assert train(workspace, qtbot, 5).steps == 25


def test_its_settings_can_be_used_again(panel: RunsPanel) -> None:
    mark(panel, 1)
    press(panel, "use")
    assert panel.workspace.trainer.settings == panel.workspace.trainer.runs[0].settings


def test_a_run_can_be_given_a_name_and_a_note(panel: RunsPanel, qtbot: QtBot) -> None:
    run = panel.workspace.trainer.runs[0]
    mark(panel, 1)
    press(panel, "rename")
    write(panel, "With Adam")
    qtbot.waitUntil(lambda: run.title == "With Adam" and panel.table.findChild(QLineEdit) is None)
    panel.table.setCurrentIndex(panel.model.index(1, NOTE))
    QTest.keyClick(panel.table, Qt.Key.Key_F2)
    write(panel, "calm")
    qtbot.waitUntil(lambda: run.note == "calm")


def write(panel: RunsPanel, text: str) -> None:
    editor = panel.table.findChild(QLineEdit)
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Qt.Key.Key_Return)


def test_an_empty_name_is_not_taken(panel: RunsPanel) -> None:
    panel.model.setData(panel.model.index(1, 0), "  ")
    assert panel.workspace.trainer.runs[0].title == "Run 1"


def test_the_delete_key_deletes_and_undo_brings_back(panel: RunsPanel) -> None:
    trainer, document = panel.workspace.trainer, panel.workspace.document
    runs, network = trainer.runs, document.network
    mark(panel, 1)
    QTest.keyClick(panel.table, Qt.Key.Key_Delete)
    assert (trainer.runs, panel.model.runs) == (runs[1:], runs[1:])
    assert document.history.undo_label == "Delete Run 1"
    document.undo()
    assert (trainer.runs, panel.model.runs) == (runs, runs[::-1])
    assert document.network is network


def test_a_run_is_deleted_while_another_one_goes_on(panel: RunsPanel, qtbot: QtBot) -> None:
    trainer, document = panel.workspace.trainer, panel.workspace.document
    trainer.play()
    qtbot.waitUntil(lambda: trainer.current.steps > 12)
    mark(panel, 1)
    press(panel, "delete")
    assert (len(trainer.runs), trainer.state) == (1, "running")
    trainer.pause()
    deleted, trained = [entry.label for entry in document.history.entries][-2:]
    assert (deleted, trained.split()[0]) == ("Delete Run 1", "Train")


def test_the_present_run_is_not_deleted(panel: RunsPanel, said: Said) -> None:
    mark(panel, 0)
    press(panel, "delete")
    assert len(panel.workspace.trainer.runs) == 2
    assert said[-1] == ("The present run cannot be deleted. Stop it first.", "error")


def test_marked_runs_are_copied_as_text(panel: RunsPanel) -> None:
    mark(panel, 1)
    QTest.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    heads, row = QGuiApplication.clipboard().text().splitlines()
    assert heads.split("\t") == [name for name, _ in COLUMNS]
    assert row.split("\t")[:-1] == list(cells(panel.workspace.trainer.runs[0]))[:-1]


def test_the_row_of_the_present_run_follows_it(panel: RunsPanel, qtbot: QtBot) -> None:
    train(panel.workspace, qtbot, 5)
    qtbot.waitUntil(lambda: cell(panel, 0, "Steps") == "15")

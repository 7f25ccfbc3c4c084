"""The network side inside the window: its keys beside the window's shortcuts, and answers that arrive."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.document.view import Unit
from explorer.ui.panels.layer_settings import LayerPanel
from explorer.ui.panels.network import NetworkPanel
from explorer.ui.window import Window
from explorer.ui.workspace import Workspace
from tests.ui.conftest import answer

Key, Modifier = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def panel(qtbot: QtBot, window: Window) -> NetworkPanel:
    panel = window.panel("network")
    assert isinstance(panel, NetworkPanel)
    panel.graph.setFocus()
    qtbot.waitUntil(panel.graph.hasFocus)
    return panel


def names(workspace: Workspace) -> list[str]:
    return [node.name for node in workspace.document.network.nodes]


def test_delete_in_the_graph_removes_one_layer_once(
    qtbot: QtBot, panel: NetworkPanel, workspace: Workspace
) -> None:
    before = names(workspace)
    workspace.view.select(Unit(before[2]))
    qtbot.keyClick(panel.graph, Key.Key_Delete)
    assert names(workspace) == before[:2] + before[3:]


def test_f2_in_the_graph_renames_in_place(qtbot: QtBot, panel: NetworkPanel, workspace: Workspace) -> None:
    workspace.view.select(Unit(names(workspace)[1]))
    qtbot.keyClick(panel.graph, Key.Key_F2)
    line = next(
        one for one in panel.graph.viewport().children() if one.metaObject().className() == "NameEditor"
    )
    qtbot.keyClicks(line, "f_z")  # letters that are shortcuts of the window
    qtbot.keyClick(line, Key.Key_Return)
    assert names(workspace)[1] == "f_z"


def test_letters_go_into_the_palettes_search(qtbot: QtBot, panel: NetworkPanel, workspace: Workspace) -> None:
    before = names(workspace)
    workspace.view.select(Unit(before[-1]))
    qtbot.keyClick(panel.graph, Key.Key_Return)
    qtbot.keyClicks(panel.palette_of_layers.search, "abs")
    assert panel.palette_of_layers.search.text() == "abs"
    qtbot.keyClick(panel.palette_of_layers.search, Key.Key_Return)
    assert names(workspace) == [*before, "abs1"]


def test_a_removed_layer_comes_back_with_the_windows_undo(
    qtbot: QtBot, panel: NetworkPanel, workspace: Workspace
) -> None:
    before = names(workspace)
    workspace.view.select(Unit(before[3]))
    qtbot.keyClick(panel.graph, Key.Key_Delete)
    QApplication.processEvents()  # the window brings its actions up to date once for every turn of the event loop
    qtbot.keyClick(panel.graph, Key.Key_Z, Modifier.ControlModifier)
    assert names(workspace) == before


def test_a_changed_stride_is_evaluated_and_only_from_there_down(
    qtbot: QtBot, panel: NetworkPanel, window: Window, workspace: Workspace
) -> None:
    layer = window.panel("layer")
    assert isinstance(layer, LayerPanel)
    workspace.view.select(Unit("conv2"))
    position = names(workspace).index("conv2")
    assert layer.form is not None
    qtbot.keyClick(layer.form.fields["stride"].focusProxy(), Key.Key_Up)
    trace = answer(workspace).trace
    assert trace.reused == position
    assert trace.steps["conv2"].output.shape[1:] == workspace.document.network.reports["conv2"].shape


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
def test_the_left_docks_stay_narrow(window: Window, panel: NetworkPanel, width: int, height: int) -> None:
    window.fix_size(width, height)
    assert panel.minimumSizeHint().width() <= 230
    assert window.panel("layer").minimumSizeHint().width() <= 230

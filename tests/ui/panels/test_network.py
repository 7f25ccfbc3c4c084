"""The network panel: whatever the graph asks for becomes an edit, and every edit is seen in the graph."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QToolButton
from pytestqt.qtbot import QtBot

from explorer.document import edits
from explorer.document.view import Unit
from explorer.engine.layer import layer_kinds
from explorer.sources.preparation import Preparation
from explorer.ui.panels.network import NetworkPanel
from explorer.ui.widgets.name_editor import NameEditor
from explorer.ui.widgets.network_graph_rows import Place
from explorer.ui.widgets.network_menu import NetworkMenu
from explorer.ui.workspace import Workspace
from tests.document.networks import chain, residual, wiring
from tests.ui.conftest import Said

Key, Modifier, Button = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> NetworkPanel:
    workspace.document.start_over(chain(), Preparation())
    panel = NetworkPanel(workspace)
    qtbot.addWidget(panel)
    panel.resize(240, 460)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def read(panel: NetworkPanel) -> dict[str, tuple[str, ...]]:
    return wiring(panel.workspace.document.network)


def labels(panel: NetworkPanel) -> list[str]:
    return [entry.label for entry in panel.workspace.document.history.entries]


def middle(panel: NetworkPanel, name: str) -> QPoint:
    plan = panel.graph.plan
    return plan.row_rect(plan.index[name]).center()


def button(panel: NetworkPanel, name: str) -> QToolButton:
    return panel.findChild(QToolButton, name)


def test_a_click_selects_for_everyone(qtbot: QtBot, panel: NetworkPanel) -> None:
    qtbot.mouseClick(panel.graph.viewport(), Button.LeftButton, pos=middle(panel, "pool1"))
    assert panel.workspace.view.selection == Unit("pool1")


def test_a_click_on_the_layer_of_the_selected_unit_keeps_the_unit(qtbot: QtBot, panel: NetworkPanel) -> None:
    panel.workspace.view.select(Unit("conv1", 3))
    qtbot.mouseClick(panel.graph.viewport(), Button.LeftButton, pos=middle(panel, "conv1"))
    assert panel.workspace.view.selection == Unit("conv1", 3)


def test_a_selection_made_elsewhere_is_marked(panel: NetworkPanel) -> None:
    panel.workspace.view.select(Unit("conv2", 1))
    assert panel.graph.current == "conv2"


def test_pointing_at_a_row_previews_it_everywhere(qtbot: QtBot, panel: NetworkPanel) -> None:
    qtbot.mouseMove(panel.graph.viewport(), middle(panel, "conv1"))
    assert panel.workspace.view.hover == Unit("conv1")


def test_the_headline_counts_parameters_and_what_cannot_run(panel: NetworkPanel) -> None:
    assert panel.headline == "213 parameters"  # 4x9+4, 2x4x9+2, 3x32+3
    panel.workspace.document.edit("Remove", edits.remove("flatten"))
    assert panel.headline == "114 parameters, 1 cannot run"


def test_enter_opens_the_palette_and_typing_enter_adds_the_layer(qtbot: QtBot, panel: NetworkPanel) -> None:
    panel.workspace.view.select(Unit("relu1"))
    qtbot.keyClick(panel.graph, Key.Key_Return)
    qtbot.keyClicks(panel.palette_of_layers.search, "max p")
    qtbot.keyClick(panel.palette_of_layers.search, Key.Key_Return)
    assert read(panel)["pool2"] == ("relu1",)
    assert read(panel)["pool1"] == ("pool2",)
    assert panel.workspace.view.selection == Unit("pool2")
    assert not panel.palette_of_layers.isVisible()
    assert labels(panel)[-1] == "Add pool2"


def test_shift_enter_adds_a_branch(qtbot: QtBot, panel: NetworkPanel) -> None:
    panel.open_palette(Place("relu1"))
    qtbot.keyClicks(panel.palette_of_layers.search, "relu")
    qtbot.keyClick(panel.palette_of_layers.search, Key.Key_Return, Modifier.ShiftModifier)
    assert read(panel)["relu2"] == ("relu1",)
    assert read(panel)["pool1"] == ("relu1",)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("avg", "Average pool"), ("batchnorm", "Batch normalisation"), ("maxpool", "Max pool")],
)
def test_what_students_call_a_layer_finds_it(
    qtbot: QtBot, panel: NetworkPanel, typed: str, kind: str
) -> None:
    panel.open_palette(Place("relu1"))
    palette = panel.palette_of_layers
    qtbot.keyClicks(palette.search, typed)
    assert layer_kinds()[palette.kinds()[0]].title == kind  # Enter takes the first


def test_the_palette_does_not_cover_the_layer_it_adds_after(qtbot: QtBot, panel: NetworkPanel) -> None:
    graph = panel.graph
    last = graph.rows[-1].name
    panel.resize(260, 300)
    panel.workspace.view.select(Unit(last))
    panel.open_palette(Place(last))
    row = graph.plan.row_rect(graph.plan.index[last]).translated(0, -graph.verticalScrollBar().value())
    assert graph.viewport().rect().contains(row.center())


def test_escape_closes_the_palette_and_gives_the_graph_the_keys(qtbot: QtBot, panel: NetworkPanel) -> None:
    panel.open_palette(Place("relu1"))
    qtbot.keyClick(panel.palette_of_layers.search, Key.Key_Escape)
    assert not panel.palette_of_layers.isVisible()
    assert labels(panel) == ["Start"]


def test_the_button_opens_the_palette_after_the_last_layer_if_none_is_selected(
    qtbot: QtBot, panel: NetworkPanel
) -> None:
    qtbot.mouseClick(button(panel, "add_layer"), Button.LeftButton)
    qtbot.keyClicks(panel.palette_of_layers.search, "softmax")
    qtbot.keyClick(panel.palette_of_layers.search, Key.Key_Return)
    assert read(panel)["softmax1"] == ("dense",)


def palette_row(panel: NetworkPanel, title: str) -> QPoint:
    layers = panel.palette_of_layers.list
    item = layers.findItems(title, Qt.MatchFlag.MatchExactly)[0]
    layers.scrollToItem(item)
    return layers.visualItemRect(item).center()


def test_a_click_in_the_palette_adds_the_layer(qtbot: QtBot, panel: NetworkPanel) -> None:
    panel.open_palette(Place("conv1"))
    where = palette_row(panel, "Average pool")
    qtbot.mouseClick(panel.palette_of_layers.list.viewport(), Button.LeftButton, pos=where)
    assert read(panel)["pool2"] == ("conv1",)


def test_a_layer_dragged_from_the_palette_lands_where_it_is_dropped(
    qtbot: QtBot, panel: NetworkPanel
) -> None:
    panel.open_palette(Place("dense"))
    source = panel.palette_of_layers.list.viewport()
    start = palette_row(panel, "Max pool")
    rect = panel.graph.plan.row_rect(panel.graph.plan.index["conv1"])
    target = panel.graph.viewport().mapToGlobal(QPoint(120, rect.bottom() - 2))
    end = source.mapFromGlobal(target)
    qtbot.mousePress(source, Button.LeftButton, pos=start)
    qtbot.mouseMove(source, start + QPoint(0, -20))
    qtbot.mouseMove(source, end)
    qtbot.mouseRelease(source, Button.LeftButton, pos=end)
    assert read(panel)["pool2"] == ("conv1",)
    assert panel.palette_of_layers.isVisible()


def test_the_palette_finds_layers_by_words_of_their_help(qtbot: QtBot, panel: NetworkPanel) -> None:
    panel.open_palette(Place("conv1"))
    qtbot.keyClicks(panel.palette_of_layers.search, "probabilities")
    kinds = panel.palette_of_layers.kinds()
    assert "softmax" in kinds
    assert "conv2d" not in kinds


def test_the_palette_offers_every_layer_but_the_input(panel: NetworkPanel) -> None:
    assert {"conv2d", "max_pool", "relu", "add", "dense"} <= set(panel.palette_of_layers.kinds())
    assert "input" not in panel.palette_of_layers.kinds()


def test_a_join_says_how_it_is_connected(qtbot: QtBot, panel: NetworkPanel, said: Said) -> None:
    panel.open_palette(Place("relu1"))
    qtbot.keyClicks(panel.palette_of_layers.search, "concat")
    qtbot.keyClick(panel.palette_of_layers.search, Key.Key_Return)
    assert said[-1][0].startswith("concatenate1 reads relu1 2 times for now.")


def drag(qtbot: QtBot, panel: NetworkPanel, start: QPoint, end: QPoint) -> None:
    viewport = panel.graph.viewport()
    qtbot.mousePress(viewport, Button.LeftButton, pos=start)
    qtbot.mouseMove(viewport, start + (end - start) * 0.5)
    qtbot.mouseMove(viewport, end)
    qtbot.mouseRelease(viewport, Button.LeftButton, pos=end)


def test_a_dragged_row_moves_the_layer_and_undo_moves_it_back(qtbot: QtBot, panel: NetworkPanel) -> None:
    before = read(panel)
    below = panel.graph.plan.row_rect(panel.graph.plan.index["conv1"]).bottomLeft() + QPoint(90, -2)
    drag(qtbot, panel, middle(panel, "pool1"), below)
    assert read(panel)["relu1"] == ("pool1",)
    panel.workspace.document.undo()
    assert read(panel) == before


def test_alt_up_and_alt_down_move_the_layer(qtbot: QtBot, panel: NetworkPanel) -> None:
    before = read(panel)
    panel.workspace.view.select(Unit("relu1"))
    qtbot.keyClick(panel.graph, Key.Key_Up, Modifier.AltModifier)
    assert read(panel)["conv1"] == ("relu1",)
    qtbot.keyClick(panel.graph, Key.Key_Down, Modifier.AltModifier)
    assert read(panel) == before


def test_a_wire_from_a_port_to_a_join_adds_an_input(qtbot: QtBot, panel: NetworkPanel) -> None:
    panel.workspace.document.start_over(residual(), Preparation())
    plan = panel.graph.plan
    drag(qtbot, panel, plan.port(plan.index["relu1"]).toPoint(), middle(panel, "add"))
    assert read(panel)["add"] == ("conv2", "image", "relu1")
    assert labels(panel)[-1] == "Let add read relu1"


def test_a_wire_upwards_is_refused_as_a_circle(qtbot: QtBot, panel: NetworkPanel, said: Said) -> None:
    plan = panel.graph.plan
    drag(qtbot, panel, plan.port(plan.index["conv2"]).toPoint(), middle(panel, "conv1"))
    assert said[-1][1] == "error"
    assert "A network has no circles." in said[-1][0]
    assert labels(panel) == ["Start"]


def test_f2_renames_and_the_selection_follows(qtbot: QtBot, panel: NetworkPanel) -> None:
    panel.workspace.view.select(Unit("conv1", 2))
    qtbot.keyClick(panel.graph, Key.Key_F2)
    line = panel.graph.viewport().findChild(NameEditor)
    qtbot.keyClicks(line, "edges")
    qtbot.keyClick(line, Key.Key_Return)
    assert read(panel)["relu1"] == ("edges",)
    assert panel.workspace.view.selection == Unit("edges", 2)


def test_a_taken_name_is_refused_while_typing(qtbot: QtBot, panel: NetworkPanel) -> None:
    assert panel.graph.name_problem("conv1", "relu1").startswith("There is a layer called 'relu1' already.")
    assert panel.graph.name_problem("conv1", "edges") == ""


def test_ctrl_d_duplicates_and_selects_the_copy(qtbot: QtBot, panel: NetworkPanel) -> None:
    panel.workspace.view.select(Unit("relu1"))
    qtbot.keyClick(panel.graph, Key.Key_D, Modifier.ControlModifier)
    assert read(panel)["relu2"] == ("relu1",)
    assert panel.workspace.view.selection == Unit("relu2")


def test_ctrl_b_bypasses_and_works_again(qtbot: QtBot, panel: NetworkPanel) -> None:
    panel.workspace.view.select(Unit("pool1"))
    qtbot.keyClick(panel.graph, Key.Key_B, Modifier.ControlModifier)
    assert panel.workspace.document.network["pool1"].bypassed
    qtbot.keyClick(panel.graph, Key.Key_B, Modifier.ControlModifier)
    assert labels(panel)[-2:] == ["Bypass pool1", "Use pool1 again"]


def test_delete_removes_and_selects_the_layer_before(qtbot: QtBot, panel: NetworkPanel) -> None:
    panel.workspace.view.select(Unit("pool1"))
    qtbot.keyClick(panel.graph, Key.Key_Delete)
    assert "pool1" not in read(panel)
    assert panel.workspace.view.selection == Unit("relu1")


def test_deleting_the_input_is_refused_with_a_sentence(qtbot: QtBot, panel: NetworkPanel, said: Said) -> None:
    panel.workspace.view.select(Unit("image"))
    qtbot.keyClick(panel.graph, Key.Key_Delete)
    assert said[-1] == ("The input cannot be removed: it is where the image comes from.", "error")


def test_undo_of_a_removal_shows_the_layer_again(qtbot: QtBot, panel: NetworkPanel) -> None:
    panel.workspace.view.select(Unit("flatten"))
    qtbot.keyClick(panel.graph, Key.Key_Delete)
    assert next(row for row in panel.graph.rows if row.name == "dense").problem
    panel.workspace.document.undo()
    assert "flatten" in [row.name for row in panel.graph.rows]
    assert not any(row.problem for row in panel.graph.rows)


@pytest.mark.parametrize("name", ["move_up", "move_down", "bypass", "duplicate", "remove"])
def test_the_buttons_wait_for_a_layer(panel: NetworkPanel, name: str) -> None:
    panel.workspace.view.select(Unit("image"))
    assert not button(panel, name).isEnabled()
    panel.workspace.view.select(Unit("relu1"))
    assert button(panel, name).isEnabled()


def test_the_remove_button_removes(qtbot: QtBot, panel: NetworkPanel) -> None:
    panel.workspace.view.select(Unit("relu1"))
    qtbot.mouseClick(button(panel, "remove"), Button.LeftButton)
    assert "relu1" not in read(panel)


@pytest.fixture
def menu(qtbot: QtBot, panel: NetworkPanel) -> Callable[[str], NetworkMenu]:
    """The context menu of a layer; closed when the test is over."""
    opened: list[QMenu] = []

    def open_menu(name: str) -> NetworkMenu:
        panel.graph.menu_asked.emit(name, panel.mapToGlobal(QPoint(20, 20)))
        opened.append(panel.findChildren(NetworkMenu)[-1])
        return opened[-1]

    return open_menu


def choose(menu: NetworkMenu, verb: str) -> None:
    next(action for action in menu.actions() if action.objectName() == verb).trigger()
    menu.close()


def test_the_menu_adds_before(qtbot: QtBot, panel: NetworkPanel, menu: Callable[[str], NetworkMenu]) -> None:
    choose(menu("conv2"), "add_before")
    qtbot.keyClicks(panel.palette_of_layers.search, "relu")
    qtbot.keyClick(panel.palette_of_layers.search, Key.Key_Return)
    assert read(panel)["conv2"] == ("relu2",)


def test_the_menu_replaces_a_layer(
    qtbot: QtBot, panel: NetworkPanel, menu: Callable[[str], NetworkMenu]
) -> None:
    choose(menu("pool1"), "replace")
    qtbot.keyClicks(panel.palette_of_layers.search, "average pool")
    qtbot.keyClick(panel.palette_of_layers.search, Key.Key_Return)
    assert panel.workspace.document.network["pool1"].layer.kind == "average_pool"


def test_the_menu_connects_to_those_that_could_read_it(
    panel: NetworkPanel, menu: Callable[[str], NetworkMenu]
) -> None:
    panel.workspace.document.start_over(residual(), Preparation())
    opened = menu("relu1")
    connect = next(action.menu() for action in opened.actions() if action.menu())
    assert [action.text() for action in connect.actions()] == ["add", "relu2"]
    connect.actions()[0].trigger()
    opened.close()
    assert read(panel)["add"] == ("conv2", "image", "relu1")


def test_the_menu_copies_the_name(panel: NetworkPanel, menu: Callable[[str], NetworkMenu]) -> None:
    choose(menu("pool1"), "copy")
    assert QGuiApplication.clipboard().text() == "pool1"


def test_the_input_has_no_entry_that_would_be_refused(menu: Callable[[str], NetworkMenu]) -> None:
    opened = menu("image")
    enabled = {
        action.objectName() for action in opened.actions() if action.isEnabled() and action.objectName()
    }
    opened.close()
    assert enabled == {"add_after", "add_branch", "rename", "copy"}

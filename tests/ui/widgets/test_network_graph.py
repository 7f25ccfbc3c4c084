"""The graph by mouse and keys: it says what is wanted, and changes nothing itself."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QPaintEvent, QRegion
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from explorer.document import edits
from explorer.ui.widgets.network_graph import NetworkGraph
from explorer.ui.widgets.network_graph_rows import Place, graph_rows
from tests.document.networks import chain, residual

Key, Modifier, Button = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton


@pytest.fixture
def graph(qtbot: QtBot, dark: None) -> NetworkGraph:
    """The chain: image, conv1, relu1, pool1, conv2, flatten, dense."""
    graph = NetworkGraph()
    qtbot.addWidget(graph)
    graph.show_rows(graph_rows(chain()))
    graph.resize(240, 300)
    graph.show()
    qtbot.waitExposed(graph)
    return graph


def middle(graph: NetworkGraph, name: str) -> QPoint:
    return graph.plan.row_rect(graph.plan.index[name]).center()


def port(graph: NetworkGraph, name: str) -> QPoint:
    return graph.plan.port(graph.plan.index[name]).toPoint()


def drag(qtbot: QtBot, graph: NetworkGraph, start: QPoint, end: QPoint) -> None:
    viewport = graph.viewport()
    qtbot.mousePress(viewport, Button.LeftButton, pos=start)
    for share in (0.3, 0.6, 1.0):
        qtbot.mouseMove(viewport, start + (end - start) * share)
    qtbot.mouseRelease(viewport, Button.LeftButton, pos=end)


def test_a_click_selects(qtbot: QtBot, graph: NetworkGraph) -> None:
    with qtbot.waitSignal(graph.selected) as told:
        qtbot.mouseClick(graph.viewport(), Button.LeftButton, pos=middle(graph, "pool1"))
    assert told.args == ["pool1"]
    assert graph.current == "pool1"


class Painted(QObject):
    """Where a widget has been painted."""

    def __init__(self) -> None:
        super().__init__()
        self.region = QRegion()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region += event.region()
        return False


def test_pointing_at_another_layer_paints_two_rows_and_not_all(qtbot: QtBot, graph: NetworkGraph) -> None:
    graph.set_hovered("conv1")
    graph.viewport().repaint()
    painted = Painted()
    graph.viewport().installEventFilter(painted)
    graph.set_hovered("dense")
    qtbot.waitUntil(lambda: painted.region.contains(middle(graph, "dense")))
    assert painted.region.contains(middle(graph, "conv1"))
    assert not painted.region.contains(middle(graph, "pool1"))


def test_arrows_home_and_end_walk_and_stop_at_the_ends(qtbot: QtBot, graph: NetworkGraph) -> None:
    walked: list[str] = []
    graph.selected.connect(walked.append)
    for key in (Key.Key_Home, Key.Key_Up, Key.Key_Down, Key.Key_Down, Key.Key_End, Key.Key_Down):
        qtbot.keyClick(graph, key)
    assert walked == ["image", "image", "conv1", "relu1", "dense", "dense"]


def test_the_pointer_points_and_leaves(qtbot: QtBot, graph: NetworkGraph) -> None:
    pointed: list[str] = []
    qtbot.mouseMove(graph.viewport(), middle(graph, "dense"))  # wherever an earlier test left the pointer
    graph.pointed_at.connect(pointed.append)
    qtbot.mouseMove(graph.viewport(), middle(graph, "conv1"))
    qtbot.mouseMove(graph.viewport(), middle(graph, "relu1"))
    assert pointed == ["conv1", "relu1"]


def test_dragging_a_row_below_another_asks_to_move_it_there(qtbot: QtBot, graph: NetworkGraph) -> None:
    below = graph.plan.row_rect(graph.plan.index["conv2"]).bottomLeft() + QPoint(90, -3)
    with qtbot.waitSignal(graph.move_asked) as told:
        drag(qtbot, graph, middle(graph, "relu1"), below)
    assert told.args == ["relu1", Place("conv2")]


def test_dragging_onto_the_upper_edge_means_before(qtbot: QtBot, graph: NetworkGraph) -> None:
    above = graph.plan.row_rect(graph.plan.index["conv1"]).topLeft() + QPoint(90, 3)
    with qtbot.waitSignal(graph.move_asked) as told:
        drag(qtbot, graph, middle(graph, "pool1"), above)
    assert told.args == ["pool1", Place("image", "conv1")]


def test_a_drag_that_ends_outside_asks_nothing(qtbot: QtBot, graph: NetworkGraph) -> None:
    with qtbot.assertNotEmitted(graph.move_asked):
        drag(qtbot, graph, middle(graph, "relu1"), QPoint(500, 60))


def test_dragging_from_a_port_asks_to_connect(qtbot: QtBot, graph: NetworkGraph) -> None:
    with qtbot.waitSignal(graph.connect_asked) as told:
        drag(qtbot, graph, port(graph, "relu1"), middle(graph, "conv2"))
    assert told.args == ["relu1", "conv2"]


def test_while_a_wire_is_drawn_the_reason_against_it_is_asked_for(qtbot: QtBot, graph: NetworkGraph) -> None:
    asked: list[tuple[str, str]] = []
    graph.wire_problem = lambda source, reader: asked.append((source, reader)) or "A circle."
    drag(qtbot, graph, port(graph, "conv2"), middle(graph, "conv1"))
    assert ("conv2", "conv1") in asked


def test_the_plus_between_two_rows_asks_for_a_layer(qtbot: QtBot, graph: NetworkGraph) -> None:
    plus = graph.plan.plus(graph.plan.index["conv1"]).toPoint()
    with qtbot.waitSignal(graph.add_asked) as told:
        qtbot.mouseMove(graph.viewport(), plus)
        qtbot.mouseClick(graph.viewport(), Button.LeftButton, pos=plus)
    assert told.args == [Place("conv1")]


@pytest.mark.parametrize(
    ("key", "modifier", "signal", "arguments"),
    [
        (Key.Key_Return, Modifier.NoModifier, "add_asked", [Place("relu1")]),
        (Key.Key_Insert, Modifier.NoModifier, "add_asked", [Place("relu1")]),
        (Key.Key_Plus, Modifier.ShiftModifier, "add_asked", [Place("relu1")]),
        (Key.Key_Delete, Modifier.NoModifier, "remove_asked", ["relu1"]),
        (Key.Key_D, Modifier.ControlModifier, "duplicate_asked", ["relu1"]),
        (Key.Key_B, Modifier.ControlModifier, "bypass_asked", ["relu1", True]),
        (Key.Key_Up, Modifier.AltModifier, "step_asked", ["relu1", -1]),
        (Key.Key_Down, Modifier.AltModifier, "step_asked", ["relu1", 1]),
    ],
)
def test_every_deed_has_a_key(
    qtbot: QtBot, graph: NetworkGraph, key: Key, modifier: Modifier, signal: str, arguments: list
) -> None:
    graph.set_current("relu1")
    with qtbot.waitSignal(getattr(graph, signal)) as told:
        qtbot.keyClick(graph, key, modifier)
    assert told.args == arguments


def test_without_a_selection_keys_ask_nothing(qtbot: QtBot, graph: NetworkGraph) -> None:
    with qtbot.assertNotEmitted(graph.remove_asked):
        qtbot.keyClick(graph, Key.Key_Delete)


def test_the_switch_at_the_right_asks_to_bypass(qtbot: QtBot, graph: NetworkGraph) -> None:
    switch = graph.plan.switch_rect(graph.plan.index["pool1"]).center()
    with qtbot.waitSignal(graph.bypass_asked) as told:
        qtbot.mouseClick(graph.viewport(), Button.LeftButton, pos=switch)
    assert told.args == ["pool1", True]


def editor(graph: NetworkGraph) -> QLineEdit:
    return graph.viewport().findChild(QLineEdit)


def test_f2_opens_the_name_and_enter_asks_to_rename(qtbot: QtBot, graph: NetworkGraph) -> None:
    graph.set_current("conv1")
    qtbot.keyClick(graph, Key.Key_F2)
    qtbot.keyClicks(editor(graph), "edges")
    with qtbot.waitSignal(graph.rename_asked) as told:
        qtbot.keyClick(editor(graph), Key.Key_Return)
    assert told.args == ["conv1", "edges"]


def test_a_double_click_on_the_name_opens_it(qtbot: QtBot, graph: NetworkGraph) -> None:
    name = graph.plan.name_rect(graph.plan.index["conv1"]).center()
    qtbot.mouseDClick(graph.viewport(), Button.LeftButton, pos=name)
    assert editor(graph).text() == "conv1"


def test_a_name_that_is_not_possible_stays_open_and_says_why(qtbot: QtBot, graph: NetworkGraph) -> None:
    graph.name_problem = lambda name, new: "That name is taken." if new == "relu1" else ""
    graph.set_current("conv1")
    graph.rename_current()
    line = editor(graph)
    with qtbot.assertNotEmitted(graph.rename_asked):
        qtbot.keyClicks(line, "relu1")
        qtbot.keyClick(line, Key.Key_Return)
    sentence = graph.viewport().findChild(type(line.parent()), "name_problem")
    assert line.isVisible()
    assert sentence.text() == "That name is taken."


def test_escape_leaves_the_name_as_it_was(qtbot: QtBot, graph: NetworkGraph) -> None:
    graph.set_current("conv1")
    graph.rename_current()
    line = editor(graph)
    with qtbot.assertNotEmitted(graph.rename_asked):
        qtbot.keyClicks(line, "edges")
        qtbot.keyClick(line, Key.Key_Escape)
    assert not line.isVisible()


def test_a_node_that_cannot_run_says_why_and_one_that_waits_names_the_other() -> None:
    network = edits.insert_after("dense", chain()["relu1"].layer)(edits.remove("flatten")(chain()))
    rows = {row.name: row for row in graph_rows(network)}
    assert rows["dense"].note.startswith("Dense works on a list of features")
    assert not rows["dense"].waits
    assert rows["relu2"].waits
    assert "waits for dense" in rows["relu2"].note


def test_rows_say_shape_and_formula_with_signs_of_multiplication() -> None:
    row = graph_rows(chain())[1]
    assert (row.summary, row.shape, row.formula) == ("conv 3×3", "4×8×8", "4×3×3×1 + 4 = 40")


def test_nothing_is_wider_than_the_dock(graph: NetworkGraph) -> None:
    names = "a_very_long_name_of_a_layer_that_elides"
    graph.show_rows(graph_rows(edits.rename("add", names)(residual())))
    columns = graph.plan.columns
    for index in range(len(graph.rows)):
        assert graph.plan.name_rect(index).right() < columns.shape
        assert columns.shape + columns.shape_width <= graph.viewport().width()
        assert graph.plan.switch_rect(index).right() < graph.viewport().width()


def test_a_selection_from_elsewhere_scrolls_into_view(graph: NetworkGraph) -> None:
    graph.resize(240, 80)
    graph.set_current("dense")
    offset = graph.verticalScrollBar().value()
    assert graph.plan.row_rect(graph.plan.index["dense"]).bottom() - offset <= graph.viewport().height()


def test_the_tool_tip_tells_of_port_plus_and_layer(graph: NetworkGraph) -> None:
    assert "Drag to another layer" in graph.tip_at(port(graph, "conv1"))
    assert graph.tip_at(graph.plan.plus(1).toPoint()) == "Add a layer after conv1"
    assert "Slides every kernel" in graph.tip_at(middle(graph, "conv1"))

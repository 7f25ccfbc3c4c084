"""The unit panel: the pinned or hovered map large, with its numbers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.document.document import Document
from explorer.document.edits import set_settings
from explorer.document.view import Unit
from explorer.engine.layer import layer_of
from explorer.engine.network import Network, Node
from explorer.engine.presets.networks import build_network
from explorer.ui import theme
from explorer.ui.panels.unit import UnitPanel
from explorer.ui.workspace import Workspace
from tests.ui.conftest import Said, answer, show_picture


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> Iterator[UnitPanel]:
    workspace.view.select(Unit("conv1", 2))
    panel = UnitPanel(workspace)
    qtbot.addWidget(panel)
    panel.resize(300, 400)
    workspace.answered.connect(panel.show_answer)
    panel.show()
    qtbot.waitExposed(panel)
    show_picture(workspace)
    yield panel
    workspace.answered.disconnect(panel.show_answer)


def move(panel: UnitPanel, at: QPointF) -> None:
    none = Qt.MouseButton.NoButton
    view = panel.map_view
    event = QMouseEvent(
        QEvent.Type.MouseMove, at, view.mapToGlobal(at), none, none, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(view, event)


def test_the_numbers_are_those_of_the_map(panel: UnitPanel, workspace: Workspace) -> None:
    assert workspace.answer is not None
    values = workspace.answer.trace.activations["conv1"][0, 2]
    texts = {name: label.text().replace("−", "-") for name, label in panel.figures.items()}
    assert panel.name_label.text() == "conv1:2"
    assert float(texts["min"]) == pytest.approx(float(values.min()), rel=0.01, abs=1e-3)
    assert float(texts["max"]) == pytest.approx(float(values.max()), rel=0.01, abs=1e-3)
    assert float(texts["mean"]) == pytest.approx(float(values.mean()), rel=0.05, abs=1e-3)
    assert texts["size"] == "160×160"


def test_the_headline_has_range_and_mean(panel: UnitPanel, workspace: Workspace, qtbot: QtBot) -> None:
    heard: list[str] = []
    panel.headline_changed.connect(heard.append)
    assert workspace.answer is not None
    panel.show_answer(workspace.answer)
    qtbot.waitUntil(lambda: bool(heard))  # the newest numbers come as fast as one can read
    assert "…" in heard[-1]
    assert "mean" in heard[-1]


def test_what_is_pointed_at_goes_before_what_is_pinned(panel: UnitPanel, workspace: Workspace) -> None:
    workspace.view.point_at(Unit("relu1", 4))
    answer(workspace)
    assert panel.name_label.text() == "relu1:4"
    workspace.view.point_at(None)
    answer(workspace)
    assert panel.name_label.text() == "conv1:2"


def test_the_map_keeps_its_aspect(panel: UnitPanel) -> None:
    target = panel.map_view.target()
    assert target.width() == pytest.approx(target.height())


def test_the_value_under_the_pointer_is_told_and_marked(panel: UnitPanel, workspace: Workspace) -> None:
    target = panel.map_view.target()
    move(panel, target.topLeft() + QPointF(target.width() * 10.5 / 160, target.height() * 20.5 / 160))
    assert panel.map_view.pixel == (10, 20)
    assert panel.value_label.text().startswith("(20, 10)")
    move(panel, QPointF(-5, -5))
    assert panel.value_label.text() == ""


def test_the_button_copies_the_name(panel: UnitPanel, said: Said) -> None:
    panel.copy_name()
    assert QApplication.clipboard().text() == "conv1:2"
    assert said[-1] == ("Copied conv1:2.", "note")


def test_a_whole_layer_has_numbers_and_no_map(panel: UnitPanel, workspace: Workspace) -> None:
    workspace.view.select(Unit("relu1"))
    answer(workspace)
    assert panel.name_label.text() == "relu1"
    assert panel.figures["min"].text() == "0"
    assert panel.map_view.target().isEmpty()


def test_a_feature_is_shown_among_the_others(panel: UnitPanel, workspace: Workspace) -> None:
    workspace.document.start_over(build_network("lenet-5"), workspace.document.preparation)
    workspace.view.select(Unit("softmax", 3))
    before = panel.map_view.grab().toImage()
    answer(workspace)
    assert panel.name_label.text() == "softmax:3"
    assert panel.map_view.grab().toImage() != before


def test_nothing_pinned_says_what_to_do(panel: UnitPanel, workspace: Workspace) -> None:
    workspace.view.select(None)
    assert panel.name_label.text() == "Point at a map"
    assert panel.figures["max"].text() == "–"


def test_a_unit_that_is_gone_is_let_go(panel: UnitPanel, workspace: Workspace) -> None:
    workspace.document.start_over(build_network("one-filter"), workspace.document.preparation)
    answer(workspace)
    assert isinstance(workspace.document, Document)
    assert panel.unit is None or panel.unit.node in workspace.document.network


def test_a_map_whose_filter_is_gone_is_let_go(panel: UnitPanel, workspace: Workspace) -> None:
    workspace.document.edit("Fewer", set_settings("conv1", filters=2))
    answer(workspace)
    assert panel.unit is None
    assert panel.name_label.text() == "Point at a map"


def test_a_node_that_cannot_run_says_why_and_shows_no_other_map(
    panel: UnitPanel, workspace: Workspace
) -> None:
    image = Node("image", layer_of("input", {"channels": 3, "height": 8, "width": 8}))
    small = Node("pool", layer_of("max_pool", {"window": (20, 20)}), ("image",))
    workspace.document.start_over(Network((image, small)), workspace.document.preparation)
    workspace.view.select(Unit("image", 0))
    answer(workspace)
    workspace.view.select(Unit("pool", 0))
    answer(workspace)
    assert panel.name_label.text() == "pool:0"
    assert "20 pixels" in panel.map_view.note
    assert panel.figures["min"].text() == "–"


def test_the_frame_of_a_map_of_one_pixel_is_seen_all_around(panel: UnitPanel, workspace: Workspace) -> None:
    workspace.view.select(Unit("average", 3))
    workspace.view.pin_pixel((0, 0))
    answer(workspace)
    view = panel.map_view
    view.resize(view.width(), 60)
    image, middle = view.grab().toImage(), view.width() // 2
    framed = theme.color("selection").rgb()
    assert framed in [image.pixel(middle, y) for y in range(4)]
    assert framed in [image.pixel(middle, view.height() - 1 - y) for y in range(4)]

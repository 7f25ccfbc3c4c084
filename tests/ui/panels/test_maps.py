"""The panel of the feature maps: view, legend and field, joined with the workspace."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.document import edits
from explorer.document.view import Unit
from explorer.rendering.wanted import unit_key
from explorer.runtime.capture import CaptureState
from explorer.ui import theme
from explorer.ui.panels.maps import MapsPanel
from explorer.ui.widgets.flow_scene import NETWORK
from explorer.ui.workspace import Workspace
from tests.ui.conftest import Said, answer, show_picture


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> Iterator[MapsPanel]:
    """The panel of the first network at the size it has on a small screen, with a picture shown."""
    panel = MapsPanel(workspace)
    qtbot.addWidget(panel)
    panel.resize(830, 520)
    workspace.answered.connect(panel.show_answer)
    panel.show()
    qtbot.waitExposed(panel)
    panel.flow.ask_now()
    show_picture(workspace)
    yield panel
    workspace.answered.disconnect(panel.show_answer)


def middle(panel: MapsPanel, unit: Unit) -> QPointF:
    place, cell = panel.flow.find(unit)
    assert place is not None
    assert cell is not None
    return place.tile(cell).center()


def test_every_layer_is_wanted_and_comes_with_a_picture(panel: MapsPanel, workspace: Workspace) -> None:
    assert workspace.answer is not None
    assert {node.name for node in workspace.document.network.nodes} <= set(workspace.answer.pictures)


def test_a_click_pins_for_everybody(panel: MapsPanel, workspace: Workspace, qtbot: QtBot) -> None:
    at = middle(panel, Unit("relu1", 3))
    qtbot.mouseClick(panel.flow, Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert workspace.view.selection == Unit("relu1", 3)


def test_what_others_pin_is_pinned_here(panel: MapsPanel, workspace: Workspace) -> None:
    workspace.view.select(Unit("conv2", 7))
    assert panel.flow.selection == Unit("conv2", 7)


def test_the_pointer_previews_for_everybody(panel: MapsPanel, workspace: Workspace, qtbot: QtBot) -> None:
    qtbot.mouseMove(panel.flow, middle(panel, Unit("conv1", 5)).toPoint())
    qtbot.waitUntil(lambda: workspace.view.hover == Unit("conv1", 5))


def test_the_legend_has_the_histogram_of_the_pinned_unit(panel: MapsPanel, workspace: Workspace) -> None:
    workspace.view.select(Unit("conv1", 0))
    pictures = answer(workspace).pictures
    picture = pictures[unit_key("conv1", 0)]
    assert picture.summary is not None
    assert panel.legend.limit == picture.summary.limit == picture.limit_of(0)


def test_another_look_is_asked_for_at_once(panel: MapsPanel, workspace: Workspace) -> None:
    workspace.view.change(gamma=0.5)
    assert workspace.wanted.look.gamma == 0.5


def test_the_theme_is_asked_for_with_the_palette(
    panel: MapsPanel, workspace: Workspace, qapp: object
) -> None:
    assert workspace.wanted.dark
    theme.apply(qapp, "light")  # type: ignore[arg-type]
    assert not workspace.wanted.dark


def test_a_name_and_enter_lead_to_a_unit(panel: MapsPanel, workspace: Workspace, qtbot: QtBot) -> None:
    panel.find()
    qtbot.keyClicks(panel.find_field, "conv2:7")
    qtbot.keyClick(panel.find_field, Qt.Key.Key_Return)
    assert workspace.view.selection == Unit("conv2", 7)
    assert panel.find_field.text() == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [("conv2:99", "numbered 0 to 31"), ("nobody", "image, conv1"), ("conv 1", "There is no 'conv 1'")],
)
def test_a_name_of_nothing_is_answered_with_what_there_is(
    panel: MapsPanel, said: Said, qtbot: QtBot, text: str, words: str
) -> None:
    qtbot.keyClicks(panel.find_field, text)
    qtbot.keyClick(panel.find_field, Qt.Key.Key_Return)
    assert words in said[-1][0]


def test_dead_is_a_search_and_not_a_name(panel: MapsPanel, said: Said, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.find_field, "dead")
    qtbot.keyClick(panel.find_field, Qt.Key.Key_Return)
    assert panel.flow.query == "dead"
    assert said == []


def test_escape_leaves_the_field_empty(panel: MapsPanel, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.find_field, "dead")
    qtbot.keyClick(panel.find_field, Qt.Key.Key_Escape)
    assert panel.flow.query == ""


def test_the_path_names_the_levels_and_leads_back(panel: MapsPanel) -> None:
    panel.flow.open(Unit("conv1"))
    panel.flow.open(Unit("conv1", 3))
    assert "conv1:3" in panel.path.text()
    panel.path.linkActivated.emit("conv1")
    assert panel.flow.level == Unit("conv1")
    panel.path.linkActivated.emit(".")
    assert panel.flow.level == NETWORK


def test_frozen_and_stale_come_from_the_workspace(panel: MapsPanel, workspace: Workspace) -> None:
    workspace.capture_changed.emit(CaptureState("frozen"))
    workspace.stale_changed.emit(True)
    assert panel.flow.is_frozen
    assert panel.flow.is_stale
    workspace.capture_changed.emit(CaptureState("live"))
    workspace.stale_changed.emit(False)
    assert not panel.flow.is_frozen
    assert not panel.flow.is_stale


def test_an_edit_shows_at_once_what_cannot_run_and_undo_brings_it_back(
    panel: MapsPanel, workspace: Workspace
) -> None:
    assert workspace.document.edit("Small", edits.set_input_size(3, 1, 1))
    problems = set(workspace.document.network.problems)
    assert problems
    assert all(panel.flow.scene.problem(name) for name in problems)
    workspace.document.undo()
    assert not any(panel.flow.scene.problem(name) for name in problems)


def test_a_removed_layer_leaves_no_selection_behind(panel: MapsPanel, workspace: Workspace) -> None:
    workspace.view.select(Unit("pool1", 2))
    workspace.document.edit("Remove", edits.remove("pool1"))
    assert panel.flow.selection is None
    answer(workspace)


def test_painting_tells_how_long_it_took(panel: MapsPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel.flow, "paint_seconds", 0.0)
    panel.flow.repaint()
    assert panel.flow.paint_seconds > 0  # how long it may take is the benchmark's

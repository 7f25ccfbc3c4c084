"""The images panel: filters, search, and the image that becomes the live input."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.datasets.sample_source import DataSetSource
from explorer.ui.gallery import Choice
from explorer.ui.panels.images import ImagesPanel, part_of
from explorer.ui.workspace import Workspace
from tests.ui.datasets import lamps


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> ImagesPanel:
    panel = ImagesPanel(workspace)
    qtbot.addWidget(panel)
    panel.resize(700, 200)
    panel.show()
    qtbot.waitExposed(panel)
    workspace.trainer.use(lamps(named=True))
    return panel


def turn(workspace: Workspace, times: int = 1) -> None:
    """What the capture thread does, and the clock."""
    for _ in range(times):
        workspace.capture._woken.set()
        workspace.capture.turn()
        workspace.clock.tick()


def click(panel: ImagesPanel, qtbot: QtBot, place: int) -> None:
    qtbot.mouseClick(panel.grid.viewport(), Qt.MouseButton.LeftButton, pos=panel.grid.rect_of(place).center())


def test_all_images_are_there(panel: ImagesPanel) -> None:
    assert panel.grid.chosen.tolist() == list(range(60))
    assert panel.headline == "60 images"


def test_a_class_and_a_part_together(panel: ImagesPanel) -> None:
    split = panel.workspace.trainer.split
    assert split is not None
    panel.classes.setCurrentText("dim")
    panel.parts.setCurrentText("Validation")
    assert panel.grid.chosen.tolist() == [index for index in split.validation.tolist() if index % 3 == 1]
    assert len(panel.grid.chosen) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [("7", [7, 37, 17, 27, 47, 57]), ("on59", [59]), ("OFF0", [0]), ("61", []), ("nowhere", [])],
)
def test_search_by_number_and_file_name(
    panel: ImagesPanel, qtbot: QtBot, text: str, expected: list[int]
) -> None:
    qtbot.keyClicks(panel.search, text)
    found = panel.grid.chosen.tolist()
    assert found[:1] == expected[:1]
    assert sorted(found) == sorted(expected)


def test_a_click_makes_an_image_the_live_input_with_its_label(panel: ImagesPanel, qtbot: QtBot) -> None:
    workspace = panel.workspace
    panel.classes.setCurrentText("on")
    click(panel, qtbot, 2)
    turn(workspace)
    assert workspace.frame is not None
    assert workspace.frame.label == "on · lamps/on8.png"
    np.testing.assert_array_equal(workspace.frame.pixels, lamps().images[8])


def test_arrow_keys_show_one_image_after_the_other(panel: ImagesPanel, qtbot: QtBot) -> None:
    workspace = panel.workspace
    click(panel, qtbot, 0)
    turn(workspace)
    source = workspace.capture.wanted
    for _ in range(3):
        qtbot.keyClick(panel.grid, Qt.Key.Key_Right)
    turn(workspace)
    assert workspace.frame is not None
    assert workspace.frame.position == 3
    assert workspace.capture.wanted is source, "the source was opened again"


def test_previous_and_next_of_the_source_move_the_mark(panel: ImagesPanel, qtbot: QtBot) -> None:
    click(panel, qtbot, 5)
    turn(panel.workspace)
    panel.workspace.capture.step(1)
    turn(panel.workspace)
    assert panel.grid.current == 6


def test_a_frame_that_is_late_does_not_take_the_mark_back(panel: ImagesPanel, qtbot: QtBot) -> None:
    click(panel, qtbot, 5)
    turn(panel.workspace)
    panel.workspace.capture.step(1)
    panel.workspace.capture.turn()  # its frame is on the way
    click(panel, qtbot, 0)
    panel.workspace.clock.tick()
    assert panel.grid.current == 0


def test_what_the_gallery_has_chosen_goes_before_the_filters(panel: ImagesPanel, qtbot: QtBot) -> None:
    panel.workspace.gallery.choose(Choice(np.array([9, 4]), "on, taken for dim", ("90 %", "80 %")))
    assert panel.grid.chosen.tolist() == [9, 4]
    assert panel.reason.text() == "on, taken for dim"
    assert not panel.classes.isVisible()
    qtbot.mouseClick(panel.all, Qt.MouseButton.LeftButton)
    assert len(panel.grid.chosen) == 60
    assert panel.classes.isVisible()


def test_another_data_set_shows_its_own_images(panel: ImagesPanel) -> None:
    panel.workspace.gallery.choose(Choice(np.array([9, 4]), "on, taken for dim"))
    panel.workspace.trainer.use(lamps(each=2, classes=("left", "right")))
    assert panel.grid.chosen.tolist() == [0, 1, 2, 3]
    assert [panel.classes.itemText(i) for i in range(panel.classes.count())] == [
        "All classes",
        "left",
        "right",
    ]


def test_without_a_data_set_it_says_where_to_choose_one(qtbot: QtBot, workspace: Workspace) -> None:
    panel = ImagesPanel(workspace)
    qtbot.addWidget(panel)
    panel.show()
    assert "Choose one in the panel Data" in panel.grid.sentence


def test_hidden_it_does_nothing(qtbot: QtBot, workspace: Workspace) -> None:
    panel = ImagesPanel(workspace)
    qtbot.addWidget(panel)
    workspace.trainer.use(lamps())
    assert len(panel.grid.chosen) == 0


def test_the_whole_data_set_keeps_its_address_for_the_recent(panel: ImagesPanel, qtbot: QtBot) -> None:
    panel.workspace.trainer.use(lamps().with_changes(address="drawn:bars"))
    click(panel, qtbot, 1)
    source = panel.workspace.capture.wanted
    assert isinstance(source, DataSetSource)
    assert source.address == "dataset:drawn:bars"


def test_every_part_is_named(workspace: Workspace) -> None:
    workspace.trainer.use(lamps())
    split = workspace.trainer.split
    assert split is not None
    for word, part in zip(("training", "validation", "test"), split, strict=True):
        assert part_of(int(part[-1]), split) == word

"""The data panel: choosing, what is told of a data set, how it is divided, and what may be changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QScrollArea
from pytestqt.qtbot import QtBot

from explorer.datasets.dataset import DataSet
from explorer.datasets.split import Splitting
from explorer.ui.commands import data as commands_data
from explorer.ui.panels.data import DataPanel
from explorer.ui.panels.images import ImagesPanel
from explorer.ui.widgets.number_box import NumberBox
from explorer.ui.window import Window
from explorer.ui.workspace import Workspace
from tests.datasets.files import pets, write_folder
from tests.ui.datasets import lamps, uneven


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> DataPanel:
    panel = DataPanel(workspace)
    qtbot.addWidget(panel)
    panel.resize(260, 900)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def use(panel: DataPanel, dataset: DataSet) -> None:
    panel.workspace.trainer.use(dataset)


def wait_for_data(panel: DataPanel, qtbot: QtBot) -> DataSet:
    qtbot.waitUntil(lambda: not panel.workspace.shelf.label)
    dataset = panel.workspace.trainer.dataset
    assert dataset is not None
    return dataset


# ---- choosing ----------------------------------------------------------------------------------------------------


def test_all_offers_are_there_with_the_size_of_a_download(panel: DataPanel) -> None:
    names = {button.offer.address: button.accessibleName() for button in panel.offers.buttons}
    assert {"drawn:shapes", "drawn:bars", "download:mnist", "download:cifar-10"} <= set(names)
    assert "12 MB to download" in names["download:mnist"]
    assert "to download" not in names["drawn:shapes"]


def test_a_click_on_an_offer_opens_it(panel: DataPanel, qtbot: QtBot) -> None:
    button = next(button for button in panel.offers.buttons if button.offer.address == "drawn:bars")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert panel.progress.isVisible()
    assert wait_for_data(panel, qtbot).title == "Oriented bars"
    assert not panel.progress.isVisible()
    assert panel.headline == "Oriented bars"


def test_what_was_chosen_is_shown_from_its_top(panel: DataPanel, qtbot: QtBot) -> None:
    panel.resize(260, 320)
    area = next(area for area in panel.findChildren(QScrollArea) if area.widget() is panel.pages)
    bar = area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(150)
    button = next(button for button in panel.offers.buttons if button.offer.address == "drawn:bars")
    button.click()
    wait_for_data(panel, qtbot)
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == 0)  # the layout of the new page follows


def test_a_folder_can_be_dropped(panel: DataPanel, qtbot: QtBot, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "pets", pets())
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(folder))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(panel, QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, mime, left, none))
    drop = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, mime, left, none)
    QApplication.sendEvent(panel, drop)
    assert drop.isAccepted()
    assert wait_for_data(panel, qtbot).classes == ("cat", "dog")


def test_what_was_opened_is_offered_again(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    workspace, folder = window.workspace, write_folder(tmp_path / "pets", pets())
    workspace.shelf.open(str(folder))
    qtbot.waitUntil(lambda: workspace.trainer.dataset is not None)
    recent = commands_data.recent(workspace)
    assert recent[0].label == "pets"
    workspace.trainer.use(None)
    recent[0].run(workspace)
    qtbot.waitUntil(lambda: workspace.trainer.dataset is not None)
    recent[-1].run(workspace)
    assert commands_data.recent(workspace) == []


def test_the_one_in_use_is_checked_in_the_menu(workspace: Workspace) -> None:
    workspace.trainer.use(lamps().with_changes(address="drawn:bars"))
    checked = [one.name for one in commands_data.choose(workspace) if one.checked and one.checked(workspace)]
    assert checked == ["data.choose.drawn:bars"]


# ---- what is told ------------------------------------------------------------------------------------------------


def test_title_count_size_and_classes(panel: DataPanel) -> None:
    use(panel, lamps())
    assert "Lamps" in panel.facts.text()
    assert "60 grey images of 4 × 6, 3 classes" in panel.facts.text()
    assert [(bar.name, bar.text) for bar in panel.classes.list.bars] == [
        ("off", "20"),
        ("dim", "20"),
        ("on", "20"),
    ]
    assert not panel.classes.balance.isVisible()
    assert not panel.notes.isVisible()


def test_what_was_left_out_is_told_and_listed(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(window, "show_text", lambda title, text: shown.append(text))
    window.set_shown("data", True)
    panel = window.panel("data")
    assert isinstance(panel, DataPanel)
    use(panel, uneven())
    assert "2 files were left out: pets/cat/7.png, pets/dog/8.png" in panel.notes.text()
    assert "Made 5 x 5." in panel.notes.text()
    panel.notes.linkActivated.emit("list")
    assert "pets/dog/8.png</b>: It is no picture." in shown[0]


def test_unbalanced_classes_are_told_and_seen(panel: DataPanel) -> None:
    use(panel, uneven())
    assert "Unbalanced: cat has 6 images, dog 1." in panel.classes.balance.text()
    assert panel.classes.balance.isVisible()
    assert [bar.color for bar in panel.classes.list.bars] == ["accent", "stale"]


def test_a_click_on_a_class_shows_its_images(window: Window, qtbot: QtBot) -> None:
    window.set_shown("data", True)
    panel = window.panel("data")
    assert isinstance(panel, DataPanel)
    use(panel, lamps())
    line = QPoint(20, round(panel.classes.list.line_height * 1.5))
    qtbot.mouseClick(panel.classes.list, Qt.MouseButton.LeftButton, pos=line)
    images = window.panel("images")
    assert isinstance(images, ImagesPanel)
    assert images.isVisible()
    assert {lamps().class_of(index) for index in images.grid.chosen.tolist()} == {"dim"}


# ---- dividing and changing ---------------------------------------------------------------------------------------


def test_the_parts_are_counted_and_can_be_divided_otherwise(panel: DataPanel, qtbot: QtBot) -> None:
    use(panel, lamps())
    assert "48 to learn from, 6 for validation, 6 for testing" in panel.counts.text()
    box = panel.splitting.form.fields["validation"].findChild(NumberBox)
    assert box is not None
    box.selectAll()
    qtbot.keyClicks(box, "0.5")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert panel.workspace.trainer.splitting.validation == 0.5
    assert "24 to learn from, 30 for validation" in panel.counts.text()


def test_settings_changed_elsewhere_are_shown(panel: DataPanel) -> None:
    use(panel, lamps())
    panel.workspace.trainer.configure(splitting=Splitting(validation=0.2, test=0.2))
    assert "36 to learn from, 12 for validation, 12 for testing" in panel.counts.text()


def test_images_for_testing_that_came_with_it_are_told(panel: DataPanel) -> None:
    use(panel, lamps().with_changes(tested=9))
    assert "9 for testing. Those for testing came with the data set." in panel.counts.text()
    assert not panel.splitting.form.fields["test"].isEnabled()
    use(panel, lamps())
    assert panel.splitting.form.fields["test"].isEnabled()


def test_nothing_is_changed_at_first_and_that_is_said(panel: DataPanel) -> None:
    use(panel, lamps())
    assert "every image is learned as it is" in panel.augmentation.caption.text()
    assert not panel.augmentation.others.isEnabled()
    assert all((picture == lamps().images[0]).all() for picture in panel.augmentation.pictures.pictures)


def test_a_change_is_seen_before_training(panel: DataPanel, qtbot: QtBot) -> None:
    use(panel, lamps())
    box = panel.augmentation.form.form.fields["flip_h"].findChild(QCheckBox)
    assert box is not None
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert panel.workspace.trainer.augmentation.flip_h
    panel.augmentation.form._change("brightness", 0.5, None)
    pictures = panel.augmentation.pictures.pictures
    assert panel.augmentation.pictures.isVisible()
    np.testing.assert_array_equal(pictures[0], lamps().images[0])
    assert any((picture != pictures[0]).any() for picture in pictures[1:])


def test_the_first_change_moves_nothing_and_both_rows_of_pictures_are_whole(
    panel: DataPanel, qtbot: QtBot
) -> None:
    use(panel, lamps())
    augmentation = panel.augmentation
    panel.resize(400, 900)
    before = augmentation.form.geometry()
    augmentation.form._change("brightness", 0.5, None)
    qtbot.waitUntil(lambda: augmentation.others.isEnabled())
    panel.grab()
    assert augmentation.form.geometry() == before
    pictures = augmentation.pictures
    assert pictures.rect().contains(pictures.rect_of(len(pictures.pictures) - 1))
    assert pictures.height() <= pictures.rect_of(len(pictures.pictures) - 1).bottom() + 4


def test_others_are_drawn_on_demand(panel: DataPanel, qtbot: QtBot) -> None:
    use(panel, lamps())
    panel.augmentation.form._change("brightness", 0.5, None)
    before = panel.augmentation.pictures.pictures
    qtbot.mouseClick(panel.augmentation.others, Qt.MouseButton.LeftButton)
    assert (panel.augmentation.pictures.pictures != before).any()


def test_the_live_image_is_the_one_whose_changes_are_shown(panel: DataPanel) -> None:
    workspace, data = panel.workspace, lamps()
    use(panel, data)
    panel.augmentation.form._change("brightness", 0.5, None)
    workspace.gallery.make_live(data, np.array([8, 2]), 1)
    workspace.capture.turn()
    workspace.clock.tick()
    np.testing.assert_array_equal(panel.augmentation.pictures.pictures[0], data.images[2])


def test_a_hidden_panel_is_up_to_date_when_it_is_seen(panel: DataPanel) -> None:
    panel.hide()
    use(panel, lamps())
    assert not panel.classes.list.bars
    panel.show()
    assert len(panel.classes.list.bars) == 3


def test_a_drawn_set_can_be_drawn_otherwise(panel: DataPanel, qtbot: QtBot) -> None:
    panel.workspace.shelf.open("drawn:bars?count=20")
    assert wait_for_data(panel, qtbot).address == "drawn:bars?count=20"
    form = panel.drawn.form
    assert panel.drawn.isVisible()
    assert form is not None
    box = form.form.fields["count"].findChild(NumberBox)
    assert box is not None
    box.selectAll()
    qtbot.keyClicks(box, "30")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(panel.workspace.trainer.dataset or ()) == 30)
    assert panel.drawn.form is form
    use(panel, lamps())
    assert not panel.drawn.isVisible()

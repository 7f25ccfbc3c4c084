"""The confusion panel: assessing by hand, following the training, and the way to the images."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.document import edits
from explorer.ui.panels import confusion as panels_confusion
from explorer.ui.panels.confusion import ConfusionPanel, percent
from explorer.ui.panels.images import ImagesPanel
from explorer.ui.window import Window
from tests.ui.conftest import Said
from tests.ui.datasets import judge, lamps


@pytest.fixture
def panel(window: Window) -> ConfusionPanel:
    window.workspace.document.edit("Judge", edits.replace_network(judge()))
    window.set_shown("confusion", True)
    panel = window.panel("confusion")
    assert isinstance(panel, ConfusionPanel)
    return panel


def assess(panel: ConfusionPanel, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.assess, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not panel.workspace.errands.under_way)


def test_without_data_it_says_what_to_do(panel: ConfusionPanel) -> None:
    assert "Choose a data set" in panel.sentence.text()
    assert not panel.assess.isEnabled()


def test_a_click_assesses_the_network_on_the_chosen_part(panel: ConfusionPanel, qtbot: QtBot) -> None:
    panel.workspace.trainer.use(lamps(each=60))
    panel.part.setCurrentText("Training")
    assess(panel, qtbot)
    assert panel.confusion is not None
    assert len(panel.confusion) == 144
    assert panel.confusion.accuracy == pytest.approx(0.8, abs=0.05)
    assert "144 training images" in panel.sentence.text()
    assert panel.headline == percent(panel.confusion.accuracy)


def test_a_network_that_does_not_fit_is_told(panel: ConfusionPanel, qtbot: QtBot, said: Said) -> None:
    panel.workspace.trainer.use(lamps(classes=("left", "right")))
    assess(panel, qtbot)
    assert said[-1][1] == "error"
    assert "answers 3 classes and Lamps has 2" in said[-1][0]
    assert panel.confusion is None


def test_another_network_makes_it_old(panel: ConfusionPanel, qtbot: QtBot) -> None:
    panel.workspace.trainer.use(lamps())
    assess(panel, qtbot)
    panel.workspace.document.edit("Weight", edits.set_weight("dense", "bias", (0,), 0.5))
    assert "has changed since" in panel.sentence.text()
    panel.workspace.document.undo()
    assert "has changed since" not in panel.sentence.text()


def test_another_data_set_takes_it_away(panel: ConfusionPanel, qtbot: QtBot) -> None:
    panel.workspace.trainer.use(lamps())
    assess(panel, qtbot)
    panel.workspace.trainer.use(lamps(each=4))
    assert panel.confusion is None
    assert not panel.view.isVisible()


def test_an_assessment_can_be_given_up(
    panel: ConfusionPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, said: Said
) -> None:
    may_go_on = threading.Event()

    def slowly(network: object, dataset: object, indices: object, tell: object, is_cancelled: object) -> None:
        tell("Assessing", 64, 640)  # type: ignore[operator]
        while not is_cancelled():  # type: ignore[operator]
            may_go_on.wait(0.01)

    monkeypatch.setattr(panels_confusion, "confuse", slowly)
    panel.workspace.trainer.use(lamps())
    qtbot.mouseClick(panel.assess, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.progress.what.text() == "Assessing: 64 of 640")
    assert panel.progress.isVisible()
    qtbot.mouseClick(panel.progress.button, Qt.MouseButton.LeftButton)
    assert not panel.progress.isVisible()
    assert "cancelled" in said[-1][0]
    qtbot.waitUntil(lambda: not panel.workspace.errands._open)
    assert panel.confusion is None


def test_a_cell_shows_its_images_the_surest_first(
    panel: ConfusionPanel, qtbot: QtBot, window: Window
) -> None:
    panel.workspace.trainer.use(lamps(each=60))
    panel.part.setCurrentText("Training")
    assess(panel, qtbot)
    confusion = panel.confusion
    assert confusion is not None
    qtbot.mouseClick(
        panel.view.viewport(), Qt.MouseButton.LeftButton, pos=panel.view.rect_of((1, 0)).center()
    )
    images = window.panel("images")
    assert isinstance(images, ImagesPanel)
    assert images.isVisible()
    expected, confidences = confusion.images_in(1, 0)
    np.testing.assert_array_equal(images.grid.chosen, expected)
    assert len(expected) > 0
    assert images.reason.text().startswith("dim, taken for off")
    assert images.grid._caption is not None
    assert images.grid._caption(0) == percent(float(confidences[0]))


def test_a_click_moves_no_cell_and_the_hint_is_not_seen_again(panel: ConfusionPanel, qtbot: QtBot) -> None:
    panel.workspace.trainer.use(lamps(each=60))
    assess(panel, qtbot)
    before = panel.view.geometry()
    panel.view.cell_picked.emit(1, 0)
    panel._show()
    panel.grab()
    assert panel.view.geometry() == before
    panel.hide()
    panel.show()
    assert not panel.hint.isVisible()


def test_arrows_and_enter_do_the_same(panel: ConfusionPanel, qtbot: QtBot, window: Window) -> None:
    panel.workspace.trainer.use(lamps(each=60))
    assess(panel, qtbot)
    qtbot.keyClick(panel.view, Qt.Key.Key_Down)
    qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    choice = window.workspace.gallery.choice
    assert choice is not None
    assert choice.title.startswith("dim, taken for off")

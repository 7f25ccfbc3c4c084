"""The picture of a confusion matrix: cells, names, keys, and a hundred classes."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.datasets.confusion import Confusion
from explorer.ui.widgets.confusion_view import ConfusionView


def confusion(count: int = 3) -> Confusion:
    """Class k has ten images; one of each is taken for the next class."""
    labels = np.repeat(np.arange(count), 10)
    guesses = labels.copy()
    guesses[::10] = (guesses[::10] + 1) % count
    names = tuple(f"class {i}" for i in range(count))
    return Confusion(np.arange(len(labels)), labels, guesses, np.full(len(labels), 0.9, np.float32), names)


@pytest.fixture
def view(qtbot: QtBot) -> ConfusionView:
    view = ConfusionView()
    qtbot.addWidget(view)
    view.resize(360, 360)
    view.show()
    qtbot.waitExposed(view)
    return view


def test_a_click_picks_a_cell(view: ConfusionView, qtbot: QtBot) -> None:
    view.show_confusion(confusion())
    with qtbot.waitSignal(view.cell_picked) as told:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.rect_of((1, 2)).center())
    assert told.args == [1, 2]


def test_arrows_and_enter_pick_a_cell(view: ConfusionView, qtbot: QtBot) -> None:
    view.show_confusion(confusion())
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(view, key)
    with qtbot.waitSignal(view.cell_picked) as told:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert told.args == [1, 1]


def test_right_is_of_another_colour_than_wrong_and_nothing_of_none(view: ConfusionView) -> None:
    view.show_confusion(confusion())
    picture = view.viewport().grab().toImage()
    right, wrong, none = (
        picture.pixelColor(view.rect_of(cell).topLeft()) for cell in ((0, 0), (0, 1), (0, 2))
    )
    assert right.blue() > right.red()
    assert wrong.red() > wrong.blue()
    assert none not in (right, wrong)


def test_a_cell_is_told_in_words(view: ConfusionView) -> None:
    view.show_confusion(confusion())
    assert view.describe((0, 1)) == "1 of 10 images of class 0 taken for class 1 (10.0 %)"
    assert view.describe((1, 1)) == "9 of 10 images of class 1 recognised (90.0 %)"


def test_a_hundred_classes_stay_readable_and_can_be_reached(view: ConfusionView, qtbot: QtBot) -> None:
    view.show_confusion(confusion(100))
    assert view.cell.height() >= view.fontMetrics().ascent()
    for _ in range(99):
        qtbot.keyClick(view, Qt.Key.Key_Down)
    for _ in range(99):
        qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.current == (99, 99)
    assert view.viewport().rect().contains(view.rect_of((99, 99)))


def test_a_newer_one_keeps_the_cell_that_is_looked_at(view: ConfusionView) -> None:
    view.show_confusion(confusion())
    view.set_picked((2, 1))
    view.show_confusion(confusion())
    assert view.current == (2, 1)


def test_other_classes_begin_at_the_first_cell(view: ConfusionView) -> None:
    view.show_confusion(confusion())
    view.set_picked((2, 1))
    view.show_confusion(confusion(2))
    assert view.current == (0, 0)


def test_few_classes_fill_the_room(view: ConfusionView) -> None:
    view.show_confusion(confusion(3))
    assert view.cell.width() > 40
    assert view.horizontalScrollBar().maximum() == view.verticalScrollBar().maximum() == 0

"""The grid of thumbnails: only what is in sight costs anything, and it is used with mouse and keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.sources.source import Pixels
from explorer.ui.widgets.thumbnail_grid import ThumbnailGrid

MANY = 100_000


def images(count: int, height: int = 8, width: int = 8) -> Pixels:
    """The k-th is k % 256 bright all over."""
    levels = (np.arange(count) % 256).astype(np.uint8)
    return np.broadcast_to(levels[:, None, None, None], (count, height, width, 1))


@pytest.fixture
def grid(qtbot: QtBot) -> ThumbnailGrid:
    grid = ThumbnailGrid()
    qtbot.addWidget(grid)
    grid.resize(400, 300)
    grid.show()
    qtbot.waitExposed(grid)
    return grid


def level_at(grid: ThumbnailGrid, place: int) -> int:
    return grid.viewport().grab().toImage().pixelColor(grid.rect_of(place).center()).red()


def test_every_image_is_at_its_place(grid: ThumbnailGrid) -> None:
    grid.show_images(images(50), np.arange(40, 10, -1))
    assert [level_at(grid, place) for place in (0, 1, grid.columns)] == [40, 39, 40 - grid.columns]


def test_of_a_hundred_thousand_only_those_in_sight_are_drawn(grid: ThumbnailGrid) -> None:
    grid.show_images(images(MANY), np.arange(MANY))
    grid.viewport().grab()
    assert 0 < len(grid._scaled) < 60
    assert grid.rows * grid.columns >= MANY


def test_the_end_of_a_hundred_thousand_can_be_reached(grid: ThumbnailGrid, qtbot: QtBot) -> None:
    grid.show_images(images(MANY), np.arange(MANY))
    with qtbot.waitSignal(grid.picked) as told:
        qtbot.keyClick(grid, Qt.Key.Key_End)
    assert told.args == [MANY - 1]
    assert grid.viewport().rect().contains(grid.rect_of(MANY - 1))
    assert level_at(grid, MANY - 1) == (MANY - 1) % 256


def test_a_click_picks_what_is_under_it(grid: ThumbnailGrid, qtbot: QtBot) -> None:
    grid.show_images(images(50), np.arange(50))
    with qtbot.waitSignal(grid.picked) as told:
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.rect_of(3).center())
    assert told.args == [3]
    assert grid.current == 3


def test_a_click_beside_picks_nothing(grid: ThumbnailGrid, qtbot: QtBot) -> None:
    grid.show_images(images(2), np.arange(2))
    with qtbot.assertNotEmitted(grid.picked):
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(390, 290))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([Qt.Key.Key_Right], 0),
        ([Qt.Key.Key_Right, Qt.Key.Key_Right], 1),
        ([Qt.Key.Key_Right, Qt.Key.Key_Down], 6),
        ([Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up], 0),
        ([Qt.Key.Key_End, Qt.Key.Key_Right], 49),
        ([Qt.Key.Key_Right, Qt.Key.Key_Up], 0),
    ],
)
def test_arrows_walk(grid: ThumbnailGrid, qtbot: QtBot, keys: list[Qt.Key], expected: int) -> None:
    grid.show_images(images(50), np.arange(50))
    assert grid.columns == 6
    for key in keys:
        qtbot.keyClick(grid, key)
    assert grid.current == expected


def test_showing_what_is_current_tells_nobody(grid: ThumbnailGrid, qtbot: QtBot) -> None:
    grid.show_images(images(5000), np.arange(5000))
    with qtbot.assertNotEmitted(grid.picked):
        grid.set_current(4000)
    assert grid.viewport().rect().contains(grid.rect_of(4000))


def test_the_wheel_with_ctrl_changes_the_size(grid: ThumbnailGrid) -> None:
    grid.show_images(images(50), np.arange(50))
    before = grid.columns
    middle = grid.viewport().rect().center()
    turn = QWheelEvent(
        middle, grid.viewport().mapToGlobal(middle), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(grid.viewport(), turn)
    assert grid.columns < before


def test_images_keep_their_shape(grid: ThumbnailGrid) -> None:
    grid.show_images(images(3, height=10, width=20), np.arange(3))
    rect = grid.rect_of(0)
    assert rect.width() == 2 * rect.height()


def test_a_sentence_stands_where_there_is_nothing(grid: ThumbnailGrid) -> None:
    grid.show_images(images(3), np.empty(0, np.intp))
    empty = grid.viewport().grab().toImage()
    grid.sentence = "Nothing here."
    assert grid.viewport().grab().toImage() != empty

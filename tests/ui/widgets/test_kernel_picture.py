"""The picture of all kernels of a layer: where each is, what a click chooses, which colours it has."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from explorer.ui.widgets.kernel_picture import KernelPicture
from explorer.ui.widgets.kernel_picture_grid import PictureGrid


def red_white_blue(t: float) -> QColor:
    """Red where negative, white at zero, blue where positive."""
    off = abs(t - 0.5) * 2
    return QColor.fromRgbF(1 - off if t > 0.5 else 1, 1 - off, 1 - off if t < 0.5 else 1)


@pytest.fixture
def picture(qtbot: QtBot) -> KernelPicture:
    picture = KernelPicture(red_white_blue)
    qtbot.addWidget(picture)
    picture.resize(300, 180)
    picture.show()
    return picture


def kernels(*shape: int) -> np.ndarray:
    return np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)


@pytest.mark.parametrize(
    "shape",
    [(1, 1, 1, 1), (1, 3, 3, 3), (16, 3, 5, 5), (32, 1, 3, 3), (10, 84, 1, 1), (64, 32, 3, 3), (3, 2, 15, 1)],
)
def test_a_click_on_any_kernel_chooses_it(qtbot, picture, shape):
    picture.set_kernels(kernels(*shape))
    chosen = []
    picture.chosen.connect(lambda *index: chosen.append(index))
    last = (shape[0] - 1, shape[1] - 1)
    for index in ((0, 0), (shape[0] // 2, shape[1] // 2), last):
        picture.set_selected(index)
        qtbot.mouseClick(
            picture.viewport(), Qt.MouseButton.LeftButton, pos=picture.kernel_rect(index).center()
        )
        assert chosen[-1] == index


def test_each_kernel_has_its_colours_at_its_place(picture):
    values = np.zeros((2, 2, 1, 2), np.float32)
    values[1, 0] = [[-4, 4]]
    picture.set_kernels(values)
    rect, image = picture.kernel_rect((1, 0)).translated(-1, -1), picture.image()
    left = image.pixelColor(rect.left() + 1, rect.center().y())
    right = image.pixelColor(rect.right() - 1, rect.center().y())
    assert (left.red(), left.blue()) == (255, 0)
    assert (right.red(), right.blue()) == (0, 255)
    middle = picture.kernel_rect((0, 0)).translated(-1, -1).center()
    assert image.pixelColor(middle).getRgb()[:3] == (255, 255, 255)


def test_kernels_are_coloured_by_the_layers_range_or_each_by_its_own(picture):
    values = np.array([4, 1], np.float32).reshape(2, 1, 1, 1)
    picture.set_kernels(values)
    weak = picture.kernel_rect((1, 0)).translated(-1, -1).center()
    assert picture.image().pixelColor(weak).red() > 150
    picture.set_own_range(True)
    assert picture.image().pixelColor(weak).red() == 0


def test_three_inputs_are_shown_as_one_coloured_tile(qtbot, picture):
    values = np.zeros((4, 3, 3, 3), np.float32)
    values[2, 1] = 1
    picture.set_kernels(values)
    picture.set_in_colour(True)
    assert picture.is_in_colour
    colour = picture.image().pixelColor(picture.kernel_rect((2, 0)).translated(-1, -1).center())
    assert colour.green() == 255
    assert colour.red() == colour.blue() == 128


def test_a_click_on_a_coloured_tile_keeps_the_input(qtbot, picture):
    picture.set_kernels(kernels(4, 3, 3, 3))
    picture.set_in_colour(True)
    picture.set_selected((0, 2))
    with qtbot.waitSignal(picture.chosen) as chosen:
        qtbot.mouseClick(
            picture.viewport(), Qt.MouseButton.LeftButton, pos=picture.kernel_rect((3, 2)).center()
        )
    assert chosen.args == [3, 2]


def test_colour_needs_three_inputs(picture):
    picture.set_kernels(kernels(4, 2, 3, 3))
    picture.set_in_colour(True)
    assert not picture.is_in_colour


def test_arrows_walk_from_kernel_to_kernel_and_stop_at_the_end(qtbot, picture):
    picture.set_kernels(kernels(3, 2, 3, 3))
    picture.chosen.connect(lambda *index: picture.set_selected(index))
    chosen = []
    picture.chosen.connect(lambda *index: chosen.append(index))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Up):
        qtbot.keyClick(picture, key)
    assert chosen == [(1, 0), (1, 1), (0, 1)]


def test_the_kernel_under_the_pointer_is_told(qtbot, picture):
    picture.set_kernels(kernels(3, 2, 3, 3))
    seen = []
    picture.hovered.connect(seen.append)
    qtbot.mouseMove(picture.viewport(), picture.kernel_rect((2, 1)).center())
    assert seen == [(2, 1)]


def test_all_kernels_fit_the_area_where_that_is_possible():
    grid = PictureGrid.fitting((32, 1, 3, 3), 290, 180)
    assert grid.pixel_width <= 294
    assert grid.pixel_height <= 180
    assert grid.scale >= 8


def test_a_layer_of_many_kernels_can_be_scrolled(picture):
    picture.set_kernels(kernels(64, 32, 3, 3))
    assert picture.verticalScrollBar().maximum() > 0
    picture.set_selected((63, 31))
    assert picture.viewport().rect().contains(picture.kernel_rect((63, 31)).center())

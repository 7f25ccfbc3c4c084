"""Maps side by side: where they stand, and what pointing and dragging tell."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.rendering.look import Look
from explorer.rendering.map_pixels import image_pixels, largest_size, map_pixels
from explorer.ui.widgets.map_strip import MapStrip, StripMap


def strip_map(height: int, width: int, **settings: object) -> StripMap:
    values = np.arange(height * width, dtype=np.float32).reshape(height, width)
    return StripMap("map", map_pixels(values, 1.0, Look(), True), values, **settings)  # type: ignore[arg-type]


@pytest.fixture
def strip(qtbot: QtBot, dark: None) -> MapStrip:
    strip = MapStrip("Maps", 1)
    qtbot.addWidget(strip)
    strip.resize(600, 160)
    strip.show()
    return strip


@pytest.mark.parametrize("size", [(600, 160), (200, 700), (120, 90), (1900, 400)])
def test_no_map_lies_on_another_or_outside(strip: MapStrip, size: tuple[int, int]) -> None:
    strip.resize(*size)
    strip.show_maps([strip_map(*shape) for shape in ((8, 8), (1, 1), (1, 300), (300, 1), (40, 64))])
    rects = [strip.picture_rect(index) for index in range(5)]
    for index, rect in enumerate(rects):
        assert rect.width() > 0
        assert rect.height() > 0
        assert 0 <= rect.left() <= rect.right() <= size[0] + 1
        assert not any(rect.intersects(other) for other in rects[index + 1 :])


def test_as_many_stand_in_a_row_as_makes_them_large(strip: MapStrip) -> None:
    strip.show_maps([strip_map(8, 8)] * 4)
    assert len({strip.picture_rect(index).top() for index in range(4)}) == 1
    strip.resize(160, 700)
    assert len({strip.picture_rect(index).top() for index in range(4)}) > 1


def test_a_title_as_long_as_a_sentence_takes_no_room_from_the_pictures(strip: MapStrip) -> None:
    maps = [strip_map(8, 8)] * 3
    strip.show_maps(maps)
    before = strip.picture_rect(0).size()
    strip.show_maps(
        [dataclasses.replace(maps[0], title="before: Kernel conv1 4←0: row 2, column 1 = 2"), *maps[1:]]
    )
    assert strip.picture_rect(0).size() == before


def test_a_short_title_gets_the_room_to_be_read(strip: MapStrip) -> None:
    strip.resize(200, 160)
    strip.show_maps([dataclasses.replace(strip_map(8, 8), title="shift(map(x))")] * 3)
    assert len({strip.picture_rect(index).top() for index in range(3)}) > 1


def test_the_same_place_is_pointed_at_in_maps_of_every_size(strip: MapStrip) -> None:
    strip.show_maps([strip_map(8, 8), strip_map(4, 4), strip_map(2, 2, scene=1)])
    rect = strip.picture_rect(0)
    at = rect.topLeft() + QPointF(rect.width() * 5.5 / 8, rect.height() * 2.5 / 8)
    assert strip.pixel_at(at) == (0, 2, 5)
    none = Qt.MouseButton.NoButton
    QApplication.sendEvent(
        strip, QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier)
    )
    assert [strip._pixel_of(one) for one in strip.maps] == [(2, 5), (1, 2), None]


def test_a_sentence_takes_the_place_of_the_maps(strip: MapStrip) -> None:
    strip.show_maps([strip_map(2, 2)])
    strip.show_sentence("There is nothing.")
    assert strip.maps == ()
    assert strip.accessibleDescription() == "There is nothing."
    strip.grab()


def test_values_that_are_not_finite_are_painted_in_a_colour_of_their_own(strip: MapStrip) -> None:
    values = np.array([[np.nan, 1.0], [0.0, -1.0]], np.float32)
    pixels = map_pixels(values, largest_size(values), Look(), True)
    assert len(np.unique(pixels)) == 4
    strip.show_maps([StripMap("NaN", pixels, values, shows_numbers=True)])
    strip.grab()


def test_an_image_keeps_its_colours() -> None:
    image = np.zeros((3, 1, 2), np.float32)
    image[0, 0, 1] = 1
    assert image_pixels(image).tolist() == [[0xFF000000, 0xFFFF0000]]


def test_a_kernel_of_whole_numbers_shows_them_in_narrow_cells(strip: MapStrip) -> None:
    emboss = np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], np.float32)
    one = StripMap("Kernel", map_pixels(emboss, 2.0, Look(), True), emboss, shows_numbers=True)
    strip.resize(110, 150)
    strip.show_maps([one])
    assert 24 < strip.picture_rect(0).width() / 3 < 36
    with_numbers = strip.grab().toImage()
    strip.show_maps([dataclasses.replace(one, shows_numbers=False)])
    assert strip.grab().toImage() != with_numbers

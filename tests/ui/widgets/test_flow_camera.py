"""The camera: what is under the pointer stays there, and tiles at rest are whole pixels."""

import pytest
from PySide6.QtCore import QPointF

from explorer.ui.widgets.flow_block import Block
from explorer.ui.widgets.flow_camera import Camera, fitting, placed
from explorer.ui.widgets.flow_layout import FlowLayout

GRID = Block("conv1", "maps", (10, 30, 40), 4, 10, 40.6, 30.3, x=100, y=50)


def test_zooming_keeps_the_place_under_the_pointer() -> None:
    camera = Camera(1.5, 20, -30)
    before = camera.to_scene(200, 120)
    assert camera.zoomed(3.0, 200, 120).to_scene(200, 120) == pytest.approx(before)


def test_on_the_way_the_place_under_the_pointer_stays_too() -> None:
    start = Camera(1.0, 10, 10)
    goal = start.zoomed(4.0, 300, 200)
    for share in (0.0, 0.3, 0.7, 1.0):
        assert start.between(goal, share).to_scene(300, 200) == pytest.approx(start.to_scene(300, 200))
    assert start.between(goal, 1.0).scale == pytest.approx(goal.scale)


def test_a_pure_move_is_even() -> None:
    assert Camera(2, 0, 0).between(Camera(2, 10, 20), 0.5) == Camera(2, 5, 10)


def test_zoom_has_an_end_on_both_sides() -> None:
    assert Camera().zoomed(1e9, 0, 0).scale < 1e4
    assert Camera().zoomed(1e-9, 0, 0).scale > 1e-3


def test_fitting_centres_and_never_enlarges() -> None:
    camera = fitting(FlowLayout(width=400, height=100), 800, 300)
    assert camera.scale == 1
    assert (camera.x, camera.y) == (200, 100)
    assert fitting(FlowLayout(width=1600, height=100), 800, 300).scale == 0.5


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_tiles_at_rest_are_whole_device_pixels(ratio: float) -> None:
    place = placed(GRID, Camera(1.37, 3.3, 4.4), ratio)
    for number in (place.x, place.y, place.pitch_x, place.pitch_y):
        assert number * ratio == pytest.approx(round(number * ratio))


def test_a_moving_camera_does_not_make_tiles_jump() -> None:
    place = placed(GRID, Camera(1.37), 1.0, still=False)
    assert place.pitch_x == pytest.approx(40.6 * 1.37)


def test_every_tile_is_found_under_its_middle_and_nothing_beside_the_grid() -> None:
    place = placed(GRID, Camera(), 1.0)
    for cell in range(10):
        middle = place.tile(cell).center()
        assert place.cell_at(middle.x(), middle.y()) == cell
    free = place.tile(11).center()
    assert place.cell_at(free.x(), free.y()) is None
    assert place.cell_at(place.x - 1, place.y) is None


def test_the_pixel_of_a_map_is_found() -> None:
    place = placed(GRID, Camera(), 1.0)
    tile = place.tile(5)
    assert place.pixel_at(5, tile.topLeft() + QPointF(0.1, 0.1)) == (0, 0)
    assert place.pixel_at(5, tile.bottomRight() - QPointF(0.1, 0.1)) == (39, 29)


def test_visible_cells_are_those_on_screen_and_one_around() -> None:
    grid = Block("conv1", "maps", (100, 10, 10), 10, 100, 50, 50)
    place = placed(grid, Camera(1, -200, -300), 1.0)
    assert place.visible_cells(100, 100) == (5, 9, 3, 7)

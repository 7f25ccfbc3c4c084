"""Mosaics: values become the right colours in the right places."""

import numpy as np

from explorer.rendering import mosaic
from explorer.rendering.colors import table


def paint(values: list[float], limit: float) -> list[int]:
    maps = np.array(values, np.float32).reshape(1, 1, -1)
    lut = mosaic.table_for("red-blue", True, 1.0)
    colors = mosaic.colored(maps, np.array([limit], np.float32), lut)
    return colors.view(np.uint32).ravel().tolist()


def test_zero_and_the_limits_have_the_colours_of_the_table() -> None:
    colors = table("red-blue", True).tolist()
    assert paint([-2.0, 0.0, 2.0], 2.0) == [colors[1], colors[128], colors[255]]


def test_beyond_a_held_limit_the_end_colour_stays() -> None:
    colors = table("red-blue", True).tolist()
    assert paint([-1e9, -3.0, 3.0, 1e9], 1.0) == [colors[1], colors[1], colors[255], colors[255]]


def test_what_is_not_finite_has_its_own_colour() -> None:
    broken = int(table("red-blue", True)[0])
    assert paint([np.nan, np.inf, -np.inf], 1.0) == [broken] * 3


def test_a_layer_of_nothing_is_neutral_and_does_not_divide_by_zero() -> None:
    assert paint([0.0, 0.0], 0.0) == [int(table("red-blue", True)[128])] * 2


def test_tiles_stand_row_by_row_with_the_ground_between_them() -> None:
    tiles = np.arange(1, 6, dtype=np.int32).reshape(1, 5, 1).repeat(2, axis=0)  # five tiles, 2 x 1
    out = np.zeros((2 * 3, 3 * 2), np.uint32)
    mosaic.lay_tiles(tiles, 3, 1, out)
    assert out.tolist() == [
        [1, 0, 2, 0, 3, 0],
        [1, 0, 2, 0, 3, 0],
        [0, 0, 0, 0, 0, 0],
        [4, 0, 5, 0, 0, 0],
        [4, 0, 5, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
    ]


def test_an_input_is_shown_in_its_own_colours() -> None:
    image = np.array([1.0, 0.5, 0.0], np.float32).reshape(3, 1, 1)
    assert mosaic.own_colors(image).tolist() == [[0xFFFF8000]]


def test_an_input_of_two_channels_is_shown_by_its_first() -> None:
    image = np.array([1.0, 0.25], np.float32).reshape(2, 1, 1)
    assert mosaic.own_colors(image).tolist() == [[0xFFFFFFFF]]


def test_an_input_beyond_its_range_is_clipped_and_nan_is_seen() -> None:
    image = np.array([[7.0, np.nan, -2.0]], np.float32).reshape(1, 1, 3)
    white, broken, black = mosaic.own_colors(image)[0].tolist()
    assert (white, black) == (0xFFFFFFFF, 0xFF000000)
    assert broken == int(table("red-blue", True)[0])


def test_a_channel_of_an_input_is_grey() -> None:
    colors = mosaic.grey_colors(np.array([0.0, 1.0], np.float32).reshape(1, 1, 2)).view(np.uint32)
    assert colors.ravel().tolist() == [0xFF000000, 0xFFFFFFFF]


def test_no_channel_in_view_is_no_mistake() -> None:
    none = np.zeros((4, 0, 5), np.float32)
    assert mosaic.grey_colors(none).shape == none.shape
    assert mosaic.colored(none, none[0, :, 0], mosaic.table_for("red-blue", True, 1.0)).shape == none.shape


def test_beside_a_denormal_value_zero_is_still_zero() -> None:
    lut = mosaic.table_for("red-blue", True, 1.0)
    maps = np.array([[[0.0, 1e-42]]], np.float32)
    zero = mosaic.colored(np.zeros((1, 1, 2), np.float32), np.ones(1, np.float32), lut)
    assert mosaic.colored(maps, np.full(1, 1e-42, np.float32), lut)[0, 0, 0] == zero[0, 0, 0]

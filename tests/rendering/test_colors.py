"""Colours: zero is neutral, signs have sides, equal sizes look equally strong."""

import numpy as np
import pytest

from explorer.rendering import mosaic
from explorer.rendering.colors import (
    COLOURS,
    GROUND_DARK,
    GROUND_LIGHT,
    color_at,
    fine_table,
    table,
    weights_color,
)

DIVERGING = ["red-blue", "blue-orange", "purple-green"]


def channels(packed: int) -> tuple[int, int, int]:
    return packed >> 16 & 255, packed >> 8 & 255, packed & 255


@pytest.mark.parametrize("name", list(COLOURS))
@pytest.mark.parametrize("dark", [True, False])
def test_every_table_is_opaque_and_has_256_colours(name: str, dark: bool) -> None:
    colors = table(name, dark)
    assert colors.shape == (256,)
    assert np.all(colors >> 24 == 255)


@pytest.mark.parametrize("name", [*DIVERGING, "lagoon"])
def test_zero_is_exactly_the_ground(name: str) -> None:
    assert channels(int(table(name, True)[128])) == GROUND_DARK
    assert channels(int(table(name, False)[128])) == GROUND_LIGHT


@pytest.mark.parametrize("dark", [True, False])
def test_negative_is_red_and_positive_is_blue(dark: bool) -> None:
    red, _, blue = channels(int(table("red-blue", dark)[1]))
    assert red > blue + 80
    red, _, blue = channels(int(table("red-blue", dark)[255]))
    assert blue > red + 80


@pytest.mark.parametrize("name", DIVERGING)
@pytest.mark.parametrize("dark", [True, False])
def test_equal_sizes_of_both_signs_look_about_equally_strong(name: str, dark: bool) -> None:
    luminance = [
        0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in map(channels, table(name, dark).tolist())
    ]
    for step in (32, 64, 96, 126):
        assert abs(luminance[128 - step] - luminance[128 + step]) < 35


@pytest.mark.parametrize("name", DIVERGING)
def test_larger_values_are_further_from_the_ground(name: str) -> None:
    colors = np.array([channels(one) for one in table(name, True).tolist()], float)
    away = np.abs(colors - colors[128]).sum(axis=1)
    assert np.all(np.diff(away[128:]) >= -3)
    assert np.all(np.diff(away[1:129]) <= 3)


def test_gamma_below_one_lifts_small_values_and_keeps_the_ends() -> None:
    plain, lifted = fine_table("grey", False, 1.0, 256), fine_table("grey", False, 0.5, 256)
    assert lifted[255] == plain[255]
    assert lifted[128] == plain[128]
    assert lifted[144] > plain[144]


def test_not_a_number_has_a_colour_of_its_own() -> None:
    for name in COLOURS:
        for dark in (True, False):
            assert int(table(name, dark)[0]) not in table(name, dark)[1:].tolist()


def test_an_unknown_name_gives_the_first_colours() -> None:
    assert np.array_equal(table("jet", True), table("red-blue", True))


def test_the_colour_of_the_card_is_the_colour_of_the_map() -> None:
    lut = mosaic.table_for("red-blue", True, 1.0)
    for value in (-1.0, -0.5, 0.0, 0.25, 1.0):
        shown = int(lut[mosaic.ZERO + round(value * mosaic.REACH)]) & 0xFFFFFFFF
        said = color_at("red-blue", 0.5 + value / 2, True)
        assert np.abs(np.subtract(channels(shown), said)).max() <= 2


def test_weights_are_brown_below_teal_above_and_paler_than_activations() -> None:
    for dark in (True, False):
        red, _, blue = weights_color(0.0, dark)
        assert red > blue
        red, green, blue = weights_color(1.0, dark)
        assert green > red
        assert blue > red
        middle = weights_color(0.5, dark)
        assert max(middle) - min(middle) < 16
        strongest = max(weights_color(0.0, dark)) - min(weights_color(0.0, dark))
        activation = channels(int(table("red-blue", dark)[1]))
        assert strongest < max(activation) - min(activation)

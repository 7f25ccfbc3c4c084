"""The colours of curves: seen on their ground, and apart for those who see fewer colours."""

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from explorer.ui import curve_colors, theme

# Machado, Oliveira & Fernandes 2009, at full severity, for linear RGB.
VISIONS = {
    "all": np.eye(3),
    "protanopia": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
    "deuteranopia": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
    "tritanopia": np.array([[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]]),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1, 1.089])


def linear(color: str) -> np.ndarray:
    values = np.array(QColor(color).getRgbF()[:3])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(color: str, vision: str) -> np.ndarray:
    """CIELAB of a colour as somebody sees it."""
    xyz = TO_XYZ @ np.clip(VISIONS[vision] @ linear(color), 0, 1) / WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(color: str, ground: str) -> float:
    weights = np.array([0.2126, 0.7152, 0.0722])
    one, other = sorted((weights @ linear(color), weights @ linear(ground)), reverse=True)
    return (one + 0.05) / (other + 0.05)


@pytest.fixture(params=["dark", "light"])
def colors(request: pytest.FixtureRequest, dark: None, qapp: QApplication) -> list[str]:
    theme.apply(qapp, request.param)
    runs = [curve_colors.run(number) for number in range(len(curve_colors.RUNS))]
    return [curve_colors.training(), curve_colors.validation(), *runs]


def test_every_colour_is_seen_on_its_ground(colors: list[str]) -> None:
    for color in (*colors, *curve_colors.depths(6)):
        assert contrast(color, theme.css("ground")) >= 2.4, color


@pytest.mark.parametrize("vision", VISIONS)
def test_no_two_colours_look_the_same(colors: list[str], vision: str) -> None:
    least = 40 if vision == "all" else 20  # ΔE: 2 can just be told apart side by side
    for one, other in combinations(colors, 2):
        assert np.linalg.norm(lab(one, vision) - lab(other, vision)) >= least, (one, other)


@pytest.mark.parametrize("vision", VISIONS)
def test_layers_follow_each_other_in_lightness(colors: list[str], vision: str) -> None:
    steps = np.diff([lab(color, vision)[0] for color in curve_colors.depths(6)])
    assert (steps > 2).all() or (steps < -2).all()


def test_there_are_colours_for_any_number_of_layers(dark: None) -> None:
    assert [len(curve_colors.depths(count)) for count in (0, 1, 2, 30)] == [0, 1, 2, 30]

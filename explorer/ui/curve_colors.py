"""The colours of curves, in either theme: apart for everybody, whatever colours one can tell apart."""

from __future__ import annotations

import numpy as np

from explorer.rendering.colors import Scheme, ramp
from explorer.ui import theme

# Of all colours that are seen on their ground those that are furthest apart for the eye that tells them apart
# least: with all cones, or without those for red, green or blue (tests/ui/test_curve_colors.py measures it).
TRAINING = "#4da6f5", "#1768b3"
VALIDATION = "#f5a742", "#b35a00"
RUNS = (
    ("#c8ff9b", "#450066"),
    ("#954e9c", "#b97297"),
    ("#00f4ef", "#707a52"),
    ("#227727", "#4e0000"),
    ("#636363", "#001a2b"),
)
# Early layers dark and blue, late ones bright and yellow (on light ground the other way round).
DEPTH_DARK = Scheme(
    (), ((0.55, 0.17, 270), (0.68, 0.12, 210), (0.78, 0.14, 150), (0.93, 0.15, 105)), (0, 0, 0)
)
DEPTH_LIGHT = Scheme(
    (), ((0.64, 0.13, 80), (0.55, 0.12, 150), (0.44, 0.10, 225), (0.28, 0.14, 280)), (0, 0, 0)
)


def training() -> str:
    """The colour of what is measured on batches."""
    return _of(TRAINING)


def validation() -> str:
    """The colour of what is measured on images that are not learned from."""
    return _of(VALIDATION)


def run(number: int) -> str:
    """The colour of a run that is compared."""
    return _of(RUNS[number % len(RUNS)])


def depths(count: int) -> list[str]:
    """Colours for so many layers, from the first to the last."""
    scheme = DEPTH_DARK if theme.is_dark() else DEPTH_LIGHT
    first = 1 / len(scheme.positive)  # before it, the ramp comes from zero
    places = np.linspace(first, 1, count) if count != 1 else np.array([0.6])
    return ["#{:02x}{:02x}{:02x}".format(*map(int, color)) for color in ramp(scheme, places)]


def _of(pair: tuple[str, str]) -> str:
    return pair[0] if theme.is_dark() else pair[1]

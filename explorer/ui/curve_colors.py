"""The colours of curves, in either theme: apart for everybody, whatever colours one can tell apart."""

from __future__ import annotations

import numpy as np

from explorer.rendering.colors import Scheme, ramp
from explorer.ui import theme

# After Okabe & Ito 2008, lighter on dark ground and darker on light. They differ in lightness, too.
TRAINING = "#4da6f5", "#1768b3"
VALIDATION = "#f5a742", "#b35a00"
RUNS = (
    ("#2fc7a0", "#00735a"),
    ("#ec8fd0", "#a3287a"),
    ("#f2e45c", "#7d6b00"),
    ("#b6a4ff", "#5b3fc4"),
    ("#d9dee6", "#3d4651"),
)
# Early layers dark and blue, late ones bright and yellow (on light ground the other way round).
DEPTH_DARK = Scheme(
    (), ((0.55, 0.17, 270), (0.68, 0.12, 210), (0.78, 0.14, 150), (0.93, 0.15, 105)), (0, 0, 0)
)
DEPTH_LIGHT = Scheme(
    (), ((0.72, 0.14, 85), (0.60, 0.13, 150), (0.48, 0.11, 220), (0.30, 0.15, 280)), (0, 0, 0)
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

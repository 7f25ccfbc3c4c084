"""Presets that answer to lines and stripes of one direction; their weights sum to 0."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.engine.kernel_operations import centre, resized
from explorer.engine.kernel_parameter import KernelParameter
from explorer.engine.presets.kernel_preset import kernel_preset
from explorer.engine.presets.kernels.smoothing import bell, distances

LINES = "Lines and stripes"


@kernel_preset("Horizontal line", LINES, smallest=(2, 1))
def horizontal_line(height: int, width: int) -> NDArray[Any]:
    """Answers to thin bright horizontal lines: the middle row counts for, every other row against."""
    kernel = np.full((height, width), -1.0)
    kernel[centre(height)] = height - 1
    return kernel


@kernel_preset("Vertical line", LINES, smallest=(1, 2))
def vertical_line(height: int, width: int) -> NDArray[Any]:
    """Answers to thin bright vertical lines: the middle column counts for, every other column against."""
    return horizontal_line(width, height).T


@kernel_preset("Diagonal line ╲", LINES, smallest=(2, 2))
def falling_line(height: int, width: int) -> NDArray[Any]:
    """Answers to thin bright lines that fall to the right, from the upper left to the lower right."""
    side = min(height, width)
    return resized(side * np.eye(side) - 1, height, width)


@kernel_preset("Diagonal line ╱", LINES, smallest=(2, 2))
def rising_line(height: int, width: int) -> NDArray[Any]:
    """Answers to thin bright lines that rise to the right, from the lower left to the upper right."""
    side = min(height, width)
    return resized(side * np.eye(side)[::-1] - 1, height, width)


@kernel_preset(
    "Gabor",
    LINES,
    KernelParameter(
        "theta",
        "Angle",
        0.0,
        0,
        180,
        1,
        "°",
        "0° answers to upright stripes, 90° to level ones, turning clockwise",
    ),
    KernelParameter("wavelength", "Wavelength", 4.0, 2.2, 20, 0.1, "px", "Pixels from stripe to stripe"),
    KernelParameter("sigma", "Sigma", 2.0, 0.3, 10, 0.05, "px", "How far the window reaches"),
    smallest=(3, 3),
)
def gabor(height: int, width: int, theta: float, wavelength: float, sigma: float) -> NDArray[Any]:
    """Answers to stripes of one direction and width in a soft window, as cells of the visual cortex do."""
    y, x = distances(height, width)
    along = x * np.cos(np.deg2rad(theta)) + y * np.sin(np.deg2rad(theta))
    window = bell(height, width, sigma)
    wave = np.cos(2 * np.pi * along / wavelength)
    kernel = window * (wave - (window * wave).sum())  # sum 0: the window sums to 1
    # All weights above 0 sum to 1, so that stripes from 0 to 1 are answered by at most 1.
    return np.asarray(kernel / kernel[kernel > 0].sum())

"""Presets that keep, blur or sharpen: what stays of a flat area is its own brightness."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.engine.kernel_operations import centre
from explorer.engine.kernel_parameter import KernelParameter
from explorer.engine.presets.kernel_preset import kernel_preset

AMOUNT = KernelParameter("amount", "Amount", 1.0, 0, 5, 0.05, "", "How much of the difference is added")


def distances(height: int, width: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Pixels down and right of the kernel's middle, which lies between two pixels where a side is even."""
    y = np.arange(height) - (height - 1) / 2
    x = np.arange(width) - (width - 1) / 2
    return y[:, None], x[None, :]  # (height, 1), (1, width)


def bell(height: int, width: int, sigma: float) -> NDArray[np.float64]:
    """The two-dimensional normal distribution, sampled at the pixels, with sum 1."""
    y, x = distances(height, width)
    weights = np.exp(-(y**2 + x**2) / (2 * sigma**2))
    return np.asarray(weights / weights.sum())


@kernel_preset("Identity", "Keep and blur")
def identity(height: int, width: int) -> NDArray[Any]:
    """Keeps the image as it is: one weight of 1 in the middle, so every pixel is only itself."""
    kernel = np.zeros((height, width))
    kernel[centre(height), centre(width)] = 1
    return kernel


@kernel_preset("Box blur", "Keep and blur")
def box(height: int, width: int) -> NDArray[Any]:
    """Blurs: every pixel becomes the plain average of the window around it."""
    return np.full((height, width), 1 / (height * width))


@kernel_preset(
    "Gaussian",
    "Keep and blur",
    KernelParameter("sigma", "Sigma", 1.0, 0.2, 10, 0.05, "px", "Width of the bell: larger blurs more"),
)
def gaussian(height: int, width: int, sigma: float) -> NDArray[Any]:
    """Blurs softly: near pixels count more than far ones, along a bell curve."""
    return bell(height, width, sigma)


@kernel_preset("Sharpen", "Sharpen", AMOUNT, natural=(3, 3))
def sharpen(height: int, width: int, amount: float) -> NDArray[Any]:
    """Sharpens: adds to every pixel what sets it apart from its four neighbours."""
    cross = np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]])
    return identity(3, 3) + amount * cross


@kernel_preset(
    "Unsharp mask",
    "Sharpen",
    KernelParameter("sigma", "Sigma", 1.0, 0.2, 10, 0.05, "px", "Width of the blur that is taken away"),
    AMOUNT,
    smallest=(3, 3),
)
def unsharp(height: int, width: int, sigma: float, amount: float) -> NDArray[Any]:
    """Sharpens gently: adds the difference between the image and its Gaussian blur."""
    keep = identity(height, width)
    return keep + amount * (keep - bell(height, width, sigma))


@kernel_preset("Emboss", "Sharpen", natural=(3, 3))
def emboss(height: int, width: int) -> NDArray[Any]:
    """Looks like a relief lit from the lower right: brighter where brightness rises towards there."""
    return np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]])

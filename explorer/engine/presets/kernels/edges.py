"""Presets that answer to edges: their weights sum to 0, so a flat area gives 0.

Sign: x kernels are positive where the image gets brighter to the right, y kernels where it gets brighter
downwards, Roberts' kernels where it gets brighter towards the corner they are named after.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.engine.kernel_parameter import KernelParameter
from explorer.engine.presets.kernel_preset import kernel_preset
from explorer.engine.presets.kernels.smoothing import bell, distances

GRADIENT, BLOB = "Edges", "Edges in all directions"
RIGHT = (-1, 0, 1)


@kernel_preset("Derivative x [-1 1]", GRADIENT, natural=(1, 2))
def derivative_x(height: int, width: int) -> NDArray[Any]:
    """Gives the rate of change to the right: the next pixel minus this one, above 0 where it brightens."""
    return np.array([[-1, 1]])


@kernel_preset("Derivative y [-1 1]", GRADIENT, natural=(2, 1))
def derivative_y(height: int, width: int) -> NDArray[Any]:
    """Gives the rate of change downwards: the pixel below minus this one, above 0 where it brightens."""
    return np.array([[-1], [1]])


@kernel_preset("Sobel x", GRADIENT, natural=(3, 3))
def sobel_x(height: int, width: int) -> NDArray[Any]:
    """Answers to vertical edges: above 0 where it brightens to the right."""
    return np.outer([1, 2, 1], RIGHT)


@kernel_preset("Sobel y", GRADIENT, natural=(3, 3))
def sobel_y(height: int, width: int) -> NDArray[Any]:
    """Answers to horizontal edges: above 0 where it brightens downwards."""
    return sobel_x(3, 3).T


@kernel_preset("Prewitt x", GRADIENT, natural=(3, 3))
def prewitt_x(height: int, width: int) -> NDArray[Any]:
    """Answers to vertical edges like Sobel x, but its three rows count the same."""
    return np.outer([1, 1, 1], RIGHT)


@kernel_preset("Prewitt y", GRADIENT, natural=(3, 3))
def prewitt_y(height: int, width: int) -> NDArray[Any]:
    """Answers to horizontal edges like Sobel y, but its three columns count the same."""
    return prewitt_x(3, 3).T


@kernel_preset("Scharr x", GRADIENT, natural=(3, 3))
def scharr_x(height: int, width: int) -> NDArray[Any]:
    """Answers to vertical edges like Sobel x, with weights that judge slanted edges more evenly."""
    return np.outer([3, 10, 3], RIGHT)


@kernel_preset("Scharr y", GRADIENT, natural=(3, 3))
def scharr_y(height: int, width: int) -> NDArray[Any]:
    """Answers to horizontal edges like Sobel y, with weights that judge slanted edges more evenly."""
    return scharr_x(3, 3).T


@kernel_preset("Roberts ↘", GRADIENT, natural=(2, 2))
def roberts_lower_right(height: int, width: int) -> NDArray[Any]:
    """Answers to slanted edges: the lower right pixel minus the upper left one."""
    return np.array([[-1, 0], [0, 1]])


@kernel_preset("Roberts ↙", GRADIENT, natural=(2, 2))
def roberts_lower_left(height: int, width: int) -> NDArray[Any]:
    """Answers to slanted edges: the lower left pixel minus the upper right one."""
    return np.array([[0, -1], [1, 0]])


@kernel_preset("Laplacian 4", BLOB, natural=(3, 3))
def laplacian_4(height: int, width: int) -> NDArray[Any]:
    """Answers to edges of any direction: four neighbours minus four times the pixel, below 0 on a dot."""
    return np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])


@kernel_preset("Laplacian 8", BLOB, natural=(3, 3))
def laplacian_8(height: int, width: int) -> NDArray[Any]:
    """Answers to edges of any direction and to corners: eight neighbours minus eight times the pixel."""
    return np.array([[1, 1, 1], [1, -8, 1], [1, 1, 1]])


@kernel_preset(
    "Laplacian of Gaussian",
    BLOB,
    KernelParameter("sigma", "Sigma", 1.0, 0.3, 5, 0.05, "px", "Size of the spots it answers to"),
    smallest=(3, 3),
)
def laplacian_of_gaussian(height: int, width: int, sigma: float) -> NDArray[Any]:
    """Answers to spots and edges of one size: blurs first, so noise counts less; below 0 on bright spots."""
    y, x = distances(height, width)
    kernel = bell(height, width, sigma) * (y**2 + x**2 - 2 * sigma**2) / sigma**4
    return np.asarray(kernel - kernel.mean())  # the tails that are cut off would leave a sum other than 0

"""What a kernel made by a person may hold: its largest side and weight, and the error that says no."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Kernel = NDArray[np.float32]

LARGEST_SIDE = 15
LARGEST_WEIGHT = 1e6


class KernelError(ValueError):
    """A kernel, a cell or an operation that cannot be; its text is a sentence for the person."""


def size_text(height: int, width: int) -> str:
    """The size as the whole program writes it, height first: `3 x 5`."""
    return f"{height} x {width}"


def check_size(height: int, width: int) -> None:
    """Raise KernelError unless both sides are whole numbers of pixels from 1 to LARGEST_SIDE."""
    if not (1 <= height <= LARGEST_SIDE and 1 <= width <= LARGEST_SIDE):
        raise KernelError(
            f"A kernel of {size_text(height, width)} is not possible. "
            f"Each side may be 1 to {LARGEST_SIDE} pixels."
        )


def check_weight(value: float, name: str = "The number") -> None:
    """Raise KernelError unless the value is finite and at most LARGEST_WEIGHT in size."""
    if not abs(value) <= LARGEST_WEIGHT:  # false for NaN too
        raise KernelError(
            f"{name} is {value:g}. "
            f"Expected a number between {-LARGEST_WEIGHT:,.0f} and {LARGEST_WEIGHT:,.0f}."
        )


def checked_kernel(values: ArrayLike) -> Kernel:
    """The values as a new float32 array (kh, kw); KernelError when the size or a weight is out of bounds."""
    kernel = np.array(values, np.float64)
    if kernel.ndim != 2:
        raise KernelError(f"A kernel has rows and columns, these numbers have {kernel.ndim} axes.")
    check_size(*kernel.shape)
    for row, column in zip(*np.nonzero(~(np.abs(kernel) <= LARGEST_WEIGHT)), strict=True):
        check_weight(float(kernel[row, column]), f"The weight in row {row + 1}, column {column + 1}")
    return kernel.astype(np.float32)

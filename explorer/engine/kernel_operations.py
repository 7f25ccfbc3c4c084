"""What one can do to a kernel: turn, flip, negate, scale, normalise, randomise, resize."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.engine.kernel_limits import (
    LARGEST_SIDE,
    Kernel,
    KernelError,
    check_size,
    checked_kernel,
    size_text,
)
from explorer.engine.kernel_parameter import KernelParameter, complete_parameters

Change = Callable[..., NDArray[Any]]
FACTORS = (0.1, 0.5, 2.0, 10.0)


@dataclass(frozen=True)
class KernelOperation:
    """One registered change of a kernel, with all that a button or a menu needs to offer it.

    `key` is the letter of its shortcut, which the window puts behind a prefix. `changes_size` says that the
    result may have another size than the kernel; the kernels of a layer share one size, so such a result is
    only possible for all of them at once (see `change_slices`).
    """

    name: str
    label: str
    title: str
    help: str
    key: str
    change: Change
    parameters: tuple[KernelParameter, ...] = ()
    changes_size: bool = False

    def __call__(self, kernel: Kernel, **parameters: float) -> Kernel:
        """A new kernel (kh, kw); KernelError when this kernel cannot be changed so."""
        values = complete_parameters(self.title, self.parameters, parameters)
        return checked_kernel(self.change(np.asarray(kernel, np.float64), **values))


KERNEL_OPERATIONS: dict[str, KernelOperation] = {}


def kernel_operation(
    label: str, title: str, *parameters: KernelParameter, key: str = "", changes_size: bool = False
) -> Callable[[Change], Change]:
    """Register a function (kernel float64, **parameters) -> kernel; its docstring becomes the help."""

    def register(change: Change) -> Change:
        name = change.__name__
        text = " ".join((change.__doc__ or "").split())
        KERNEL_OPERATIONS[name] = KernelOperation(
            name, label, title, text, key, change, tuple(parameters), changes_size
        )
        return change

    return register


def centre(size: int) -> int:
    """The index of the cell that lies over the output pixel when padding is `same`: the earlier middle."""
    return (size - 1) // 2


def resized(kernel: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """The kernel at (height, width), centre on centre: what overlaps stays, the rest is 0."""
    check_size(height, width)
    result = np.zeros((height, width), kernel.dtype)
    top, left = centre(height) - centre(kernel.shape[0]), centre(width) - centre(kernel.shape[1])
    rows = slice(max(top, 0), min(top + kernel.shape[0], height))
    columns = slice(max(left, 0), min(left + kernel.shape[1], width))
    result[rows, columns] = kernel[
        rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
    ]
    return result


def random_kernel(height: int, width: int, seed: int, spread: float | None = None) -> NDArray[np.float64]:
    """Normal numbers around 0; without a spread their squares sum to about 1, whatever the size."""
    spread = 1 / np.sqrt(height * width) if spread is None else spread
    return np.random.default_rng(seed).normal(0, spread, (height, width))


@kernel_operation("⟳ 90°", "Rotate by 90°", key="R", changes_size=True)
def rotate_90(kernel: NDArray[Any]) -> NDArray[Any]:
    """Turns the kernel clockwise: what answered to the right answers downwards."""
    return np.rot90(kernel, -1)


@kernel_operation("180°", "Rotate by 180°", key="U")
def rotate_180(kernel: NDArray[Any]) -> NDArray[Any]:
    """Turns the kernel upside down: this is the step from cross-correlation to true convolution."""
    return np.rot90(kernel, 2)


@kernel_operation("⇄", "Flip left and right", key="H")
def flip_horizontal(kernel: NDArray[Any]) -> NDArray[Any]:
    """Mirrors the kernel: left becomes right."""
    return kernel[:, ::-1]


@kernel_operation("⇅", "Flip top and bottom", key="V")
def flip_vertical(kernel: NDArray[Any]) -> NDArray[Any]:
    """Mirrors the kernel: top becomes bottom."""
    return kernel[::-1]


@kernel_operation("kᵀ", "Transpose", key="T", changes_size=True)
def transpose(kernel: NDArray[Any]) -> NDArray[Any]:
    """Swaps rows and columns: what answered to vertical edges answers to horizontal ones."""
    return kernel.T


@kernel_operation("×−1", "Negate", key="N")
def negate(kernel: NDArray[Any]) -> NDArray[Any]:
    """Changes every sign: what was bright in the map becomes dark."""
    return 0 - kernel  # leaves 0 as 0, where -kernel would show -0


@kernel_operation(
    "×",
    "Scale",
    KernelParameter(
        "factor", "Factor", 2.0, -1000, 1000, 0.1, "", "What every number is multiplied by", usual=FACTORS
    ),
    key="S",
)
def scale(kernel: NDArray[Any], factor: float) -> NDArray[Any]:
    """Multiplies every number by the factor: the map gets stronger or weaker."""
    return factor * kernel


@kernel_operation("Σ = 1", "Normalise to sum 1", key="B")
def normalise_sum(kernel: NDArray[Any]) -> NDArray[Any]:
    """Divides by the sum, so that a flat area keeps its brightness."""
    total = kernel.sum()
    if abs(total) <= 1e-6 * np.abs(kernel).sum():
        raise KernelError(
            "This kernel sums to 0, so it cannot be scaled to sum 1. "
            "Scale it to length 1 instead, or change a number."
        )
    return np.asarray(kernel / total)


@kernel_operation("Σ = 0", "Normalise to mean 0", key="M")
def normalise_mean(kernel: NDArray[Any]) -> NDArray[Any]:
    """Subtracts the mean, so that a flat area gives 0 and only differences count."""
    if kernel.any() and np.ptp(kernel) <= 1e-6 * np.abs(kernel).max():
        raise KernelError(
            "All numbers of this kernel are the same, so subtracting their mean would leave only zeros. "
            "Change a number first."
        )
    return np.asarray(kernel - kernel.mean())


@kernel_operation("‖k‖ = 1", "Normalise to length 1", key="L")
def normalise_length(kernel: NDArray[Any]) -> NDArray[Any]:
    """Divides by the root of the sum of squares (L2), so that kernels can be compared."""
    length = np.sqrt((kernel**2).sum())
    if length == 0:
        raise KernelError(
            "Every number of this kernel is 0, so it has no length to scale. Type a number first."
        )
    return np.asarray(kernel / length)


@kernel_operation(
    "rand",
    "Randomise",
    KernelParameter("seed", "Seed", 0, 0, 2**31 - 1, 1, "", "The same seed gives the same numbers"),
    key="X",
)
def randomise(kernel: NDArray[Any], seed: int) -> NDArray[Any]:
    """Fills the kernel with random numbers around 0, as a network does before it learns."""
    return random_kernel(kernel.shape[0], kernel.shape[1], seed)


@kernel_operation("clear", "Set to 0", key="C")
def clear(kernel: NDArray[Any]) -> NDArray[Any]:
    """Sets every number to 0: this input channel no longer counts."""
    return np.zeros_like(kernel)


@kernel_operation(
    "resize",
    "Resize",
    KernelParameter("height", "Height", 3, 1, LARGEST_SIDE, 1, "px", "Rows of the kernel"),
    KernelParameter("width", "Width", 3, 1, LARGEST_SIDE, 1, "px", "Columns of the kernel"),
    key="D",
    changes_size=True,
)
def resize(kernel: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """Adds zeros around the kernel or cuts its border off; the middle stays in the middle."""
    return resized(kernel, height, width)


def change_slices(
    kernels: NDArray[np.float32],
    slices: Sequence[tuple[int, int]],
    operation: KernelOperation,
    **parameters: float,
) -> NDArray[np.float32]:
    """The kernels (out, in, kh, kw) of a layer with the operation applied to the slices (output, input).

    The kernels of a layer share one size. An operation whose result has another size (a quarter turn of a
    rectangular kernel) is refused with KernelError unless it changes every slice of the layer.
    """
    changed = {index: operation(kernels[index], **parameters) for index in dict.fromkeys(slices)}
    shapes = {kernel.shape for kernel in changed.values()}
    if shapes <= {kernels.shape[2:]}:
        result = kernels.copy()
    elif len(changed) == kernels.shape[0] * kernels.shape[1]:
        result = np.empty((*kernels.shape[:2], *shapes.pop()), np.float32)
    else:
        before, after = size_text(*kernels.shape[2:]), size_text(*shapes.pop())
        raise KernelError(
            f"{operation.title} would make a {before} kernel {after}, but all "
            f"{kernels.shape[0] * kernels.shape[1]} kernels of this layer share one size. "
            "Make the kernels square first, or change all of them at once."
        )
    for index, kernel in changed.items():
        result[index] = kernel
    return result

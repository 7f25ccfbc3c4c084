"""The verbs that change kernels: of one slice, of all inputs of an output, of a whole layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from explorer.document.document import Change, EditError
from explorer.document.edits import set_settings
from explorer.document.parameter_edits import set_parameter
from explorer.engine.kernel_limits import Kernel, KernelError, checked_kernel, size_text
from explorer.engine.kernel_operations import KernelOperation, change_slices, resized
from explorer.engine.kernel_slices import KernelSlices, Slice, kernel_slices
from explorer.engine.layer import Array
from explorer.engine.network import Network

NewKernels = Callable[[KernelSlices], Array]


def change_kernels(name: str, new_kernels: NewKernels) -> Change:
    """All kernels of a node by a function of what they are; the layer takes the size of the new ones."""

    def change(network: Network) -> Network:
        slices = kernel_slices(network, name)
        if slices is None:
            raise EditError(f"{name} has no kernels. Convolutions and dense layers have some.")
        kernels = new_kernels(slices)
        if kernels.shape == slices.kernels.shape:
            return set_parameter(name, "kernel", kernels.reshape(slices.weights_shape))(network)
        if not slices.resizable:
            why = "its settings say so" if len(slices.weights_shape) > 2 else "its input has this size"
            raise KernelError(
                f"The kernels of {name} are {size_text(*slices.size)}, because {why}. "
                f"Expected kernels of the same size, got {size_text(*kernels.shape[2:])}."
            )
        larger = set_settings(name, kernel=kernels.shape[2:])(network)
        return set_parameter(name, "kernel", kernels)(larger)

    return change


def put_cells(name: str, index: Slice, targets: Sequence[Slice], kernel: Kernel) -> Change:
    """The kernel at the index as it was edited; the other targets get the cells that changed."""

    def edited(slices: KernelSlices) -> Array:
        kernels = slices.kernels.copy()
        changed = kernels[index] != kernel
        for target in targets:
            kernels[target][changed] = kernel[changed]
        return kernels

    return change_kernels(name, edited)


def put_kernel(name: str, targets: Sequence[Slice], kernel: Kernel) -> Change:
    """A kernel in the place of the targets; all others are resized to its size around their middle."""

    def replaced(slices: KernelSlices) -> Array:
        kernels = resized_kernels(slices.kernels, *kernel.shape)
        for target in targets:
            kernels[target] = checked_kernel(kernel)
        return kernels

    return change_kernels(name, replaced)


def operate(name: str, targets: Sequence[Slice], operation: KernelOperation, **parameters: float) -> Change:
    """An operation on the targets."""
    return change_kernels(
        name, lambda slices: change_slices(slices.kernels, targets, operation, **parameters)
    )


def resize_kernels(name: str, height: int, width: int) -> Change:
    """Another size of all kernels of a layer; what overlaps around the middle stays, the rest is 0."""
    return change_kernels(name, lambda slices: resized_kernels(slices.kernels, height, width))


def resized_kernels(kernels: Array, height: int, width: int) -> Array:
    """Kernels (out, in, kh, kw) as (out, in, height, width), always a copy."""
    flat = kernels.reshape(-1, *kernels.shape[2:])
    return np.stack([resized(kernel, height, width) for kernel in flat]).reshape(
        *kernels.shape[:2], height, width
    )

"""The weights of a node seen as kernels: which nodes have some, and which input a kernel reads."""

from __future__ import annotations

import math
from dataclasses import dataclass

from explorer.engine.kernel_limits import LARGEST_SIDE
from explorer.engine.layer import Array
from explorer.engine.network import Network

Slice = tuple[int, int]  # output channel, input of this output: the first two indices of the kernels


@dataclass(frozen=True, eq=False)
class KernelSlices:
    """All kernels of a node, (outputs, inputs per output, height, width); a view of its weights.

    The kernels of a convolution of maps can have another size (`resizable`). Those of signals are one row high;
    those of volumes count as one kernel per slice, the slices of an input channel one after another (`slices`). A
    dense layer behind flattened maps has one kernel per map, as large as the map; any other dense layer has kernels
    of one number.
    """

    node: str
    kernels: Array
    groups: int = 1
    resizable: bool = False
    weights_shape: tuple[int, ...] = ()
    slices: int = 1

    @property
    def outputs(self) -> int:
        """How many channels come out."""
        return int(self.kernels.shape[0])

    @property
    def inputs(self) -> int:
        """How many channels every output reads."""
        return int(self.kernels.shape[1])

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of every kernel."""
        return int(self.kernels.shape[2]), int(self.kernels.shape[3])

    @property
    def fits_table(self) -> bool:
        """Whether a kernel is small enough to be edited cell by cell."""
        return max(self.size) <= LARGEST_SIDE

    def channel(self, index: Slice) -> int:
        """The channel of the node's input that the kernel at this index reads: groups read only their own."""
        output, position = index
        group = output // max(1, self.outputs // self.groups)
        return (group * self.inputs + position) // self.slices

    def within(self, index: Slice) -> Slice:
        """The nearest index that exists."""
        return min(max(index[0], 0), self.outputs - 1), min(max(index[1], 0), self.inputs - 1)


def kernel_slices(network: Network, name: str) -> KernelSlices | None:
    """The kernels of a node, or None where it has none (or none yet, because it cannot run)."""
    node = network[name]
    weights = node.parameters.get("kernel")
    if weights is None or not weights.size:
        return None
    if weights.ndim > 2:
        groups, slices = int(getattr(node.layer, "groups", 1)), weights.shape[-3] if weights.ndim == 5 else 1
        height, width = (1, *weights.shape[2:])[-2:]
        kernels = weights.reshape(*weights.shape[:1], weights.shape[1] * slices, height, width)
        return KernelSlices(name, kernels, groups, weights.ndim == 4, weights.shape, slices)
    if weights.ndim != 2:
        return None
    height, width = _flattened_maps(network, name, weights.shape[1])
    kernels = weights.reshape(len(weights), -1, height, width)
    return KernelSlices(name, kernels, weights_shape=weights.shape)


def nodes_with_kernels(network: Network) -> list[str]:
    """The names of all nodes whose weights are kernels, in the network's order."""
    return [node.name for node in network.nodes if kernel_slices(network, node.name) is not None]


def kernels_behind(network: Network, name: str) -> str | None:
    """The node itself or the nearest before it (along first inputs) that has kernels: they made what it shows."""
    while True:
        if kernel_slices(network, name) is not None:
            return name
        inputs = network[name].inputs
        if not inputs:
            return None
        name = inputs[0]


def _flattened_maps(network: Network, name: str, features: int) -> tuple[int, int]:
    """Height and width of the maps that a dense layer reads as one list, or (1, 1) where it reads no maps."""
    inputs = network[name].inputs
    while inputs:
        source = network[inputs[0]]
        shape = network.reports[source.name].shape
        if shape is not None and len(shape) == 3:
            return (shape[1], shape[2]) if math.prod(shape) == features else (1, 1)
        if "kernel" in source.parameters:
            break
        inputs = source.inputs
    return 1, 1

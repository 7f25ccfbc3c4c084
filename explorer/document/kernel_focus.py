"""The kernel that is being worked on: which slice of which layer, and every edit of it with its label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, Signal

from explorer.document import kernel_edits as edits
from explorer.document.document import Document
from explorer.document.edits import set_settings
from explorer.document.parameter_edits import set_weight
from explorer.document.recipe_book import Recipe, RecipeBook
from explorer.document.view import Unit, View
from explorer.engine.kernel_limits import Kernel, checked_kernel, size_text
from explorer.engine.kernel_operations import KERNEL_OPERATIONS
from explorer.engine.kernel_slices import (
    KernelSlices,
    Slice,
    kernel_slices,
    kernels_behind,
    nodes_with_kernels,
)
from explorer.engine.network import Node
from explorer.engine.presets.kernels import KERNEL_PRESETS

Scope = Literal["kernel", "output", "layer"]


class KernelFocus(QObject):
    """Follows the selection of the view to the kernel behind it, and edits that kernel in the document.

    The scope says what an edit changes: this kernel, those of all inputs of this output, or all of the layer.
    """

    moved = Signal()  # another layer, slice or scope
    changed = Signal()  # other weights or settings of the layer
    noted = Signal(str)  # something happened to more than the kernel; a sentence

    def __init__(self, document: Document, view: View, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._view = view
        self._slices: KernelSlices | None = None
        self._index: Slice = (0, 0)
        self._scope: Scope = "kernel"
        self._shown: Node | None = None
        self._recipes = RecipeBook()
        self._refresh()
        self._follow(view.selection)
        document.network_changed.connect(self._refresh)
        view.selected.connect(self._follow)

    # ---- where it is ------------------------------------------------------------------------------------------

    @property
    def slices(self) -> KernelSlices | None:
        """All kernels of the layer, or None where the network has no kernels."""
        return self._slices

    @property
    def node(self) -> Node | None:
        """The layer at its place."""
        return None if self._slices is None else self._document.network[self._slices.node]

    @property
    def index(self) -> Slice:
        """Output channel, and which of the inputs of this output."""
        return self._index

    @property
    def scope(self) -> Scope:
        """What an edit changes."""
        return self._scope

    @property
    def kernel(self) -> Kernel:
        """The kernel (kh, kw) as it is now; empty where there is none."""
        if self._slices is None:
            return np.zeros((0, 0), np.float32)
        kernel: Kernel = self._slices.kernels[self._index]
        return kernel

    @property
    def channel(self) -> int:
        """The channel of the layer's input that the kernel reads."""
        return 0 if self._slices is None else self._slices.channel(self._index)

    @property
    def bias(self) -> float | None:
        """The number that is added to this output, or None where the layer has none."""
        node = self.node
        if node is None or "bias" not in node.parameters:
            return None
        return float(node.parameters["bias"][self._index[0]])

    @property
    def is_flipped(self) -> bool | None:
        """Whether the layer turns its kernels by 180 degrees (true convolution); None where it cannot."""
        node = self.node
        flip = None if node is None else getattr(node.layer, "flip", None)
        return None if flip is None else bool(flip)

    @property
    def recipe(self) -> Recipe | None:
        """The preset that makes this kernel, with its parameters; None for a custom one."""
        if self._slices is None or not self._slices.fits_table or not self.kernel.any():
            return None
        return self._recipes.look_up(self.kernel)

    @property
    def name(self) -> str:
        """What labels call the kernel, or the kernels of the scope: `Kernel conv1 0←2`."""
        if self._slices is None:
            return "Kernel"
        if self._scope == "layer":
            return f"Kernels {self._slices.node}"
        if self._scope == "output":
            return f"Kernels {self._slices.node} {self._index[0]}←all"
        return f"Kernel {self._slices.node} {self._index[0]}←{self.channel}"

    def layers(self) -> list[str]:
        """The layers of the network that have kernels."""
        return nodes_with_kernels(self._document.network)

    def choose_layer(self, name: str) -> None:
        """Work on another layer; the view selects it."""
        if self._slices is None or name != self._slices.node:
            self._view.select(Unit(name, 0))

    def choose(self, output: int, position: int) -> None:
        """Work on another slice of the layer; beyond either end means the end."""
        if self._slices is None:
            return
        index = self._slices.within((output, position))
        moves_output = index[0] != self._index[0]
        if index != self._index:
            self._index = index
            self.moved.emit()
        if moves_output:
            self._view.select(Unit(self._slices.node, index[0]))

    def set_scope(self, scope: Scope) -> None:
        """Let edits change this kernel, all inputs of its output, or the whole layer."""
        if scope != self._scope:
            self._scope = scope
            self.moved.emit()

    # ---- edits ------------------------------------------------------------------------------------------------

    def put_cells(self, kernel: Kernel, what: str, merge_key: object = None) -> bool:
        """The kernel with some cells edited; in a wider scope the others get the same cells."""
        if self._slices is None:
            return False
        change = edits.put_cells(self._slices.node, self._index, self._targets(), kernel)
        return self._document.edit(f"{self.name}: {what}", change, merge_key)

    def put_kernel(self, kernel: Kernel, what: str, merge_key: object = None) -> bool:
        """A whole kernel; one of another size changes the size of every kernel of the layer."""
        if self._slices is None:
            return False
        before = self._slices.size
        change = edits.put_kernel(self._slices.node, self._targets(), kernel)
        done = self._document.edit(f"{self.name}: {what}", change, merge_key)
        if done and self._slices.size != before:
            self.noted.emit(f"All kernels of {self._slices.node} are {size_text(*self._slices.size)} now.")
        return done

    def apply_preset(
        self,
        name: str,
        parameters: Mapping[str, float] | None = None,
        merge_key: object = None,
        factor: float = 1.0,
    ) -> bool:
        """A preset at the size of the layer's kernels, which grow where the preset needs more room."""
        if self._slices is None:
            return False
        preset = KERNEL_PRESETS[name]
        values = {**preset.defaults, **(parameters or {})}
        height, width = self._slices.size
        if self._slices.resizable:
            height, width = max(height, preset.smallest_size[0]), max(width, preset.smallest_size[1])
        try:
            kernel = checked_kernel(factor * preset.build(height, width, **values).astype(np.float64))
        except ValueError as error:  # KernelError: told as any edit that cannot be done
            self._document.refused.emit(str(error))
            return False
        self._recipes.note(kernel, Recipe(preset, values, factor))
        return self.put_kernel(kernel, preset.title_with(values, factor), merge_key)

    def operate(self, name: str, merge_key: object = None, **parameters: float) -> bool:
        """An operation on the kernels of the scope; a resize is always one of the whole layer."""
        if self._slices is None:
            return False
        if name == "resize":
            return self.resize(int(parameters["height"]), int(parameters["width"]), merge_key)
        operation = KERNEL_OPERATIONS[name]
        change = edits.operate(self._slices.node, self._targets(), operation, **parameters)
        values = f" {', '.join(f'{value:g}' for value in parameters.values())}" if parameters else ""
        return self._document.edit(f"{self.name}: {operation.title.lower()}{values}", change, merge_key)

    def resize(self, height: int, width: int, merge_key: object = None) -> bool:
        """Another size of all kernels of the layer."""
        if self._slices is None:
            return False
        name = self._slices.node
        change = edits.resize_kernels(name, height, width)
        return self._document.edit(f"Kernels {name}: {size_text(height, width)}", change, merge_key)

    def set_bias(self, value: float, merge_key: object = None) -> bool:
        """The number that is added to this output."""
        if self._slices is None:
            return False
        name, output = self._slices.node, self._index[0]
        label = f"Bias {name}:{output} = {value:g}"
        return self._document.edit(label, set_weight(name, "bias", (output,), value), merge_key)

    def set_flipped(self, flipped: bool) -> bool:
        """True convolution, or cross-correlation."""
        if self._slices is None or self.is_flipped is None:
            return False
        what = "true convolution" if flipped else "cross-correlation"
        name = self._slices.node
        return self._document.edit(f"{name}: {what}", set_settings(name, flip=flipped))

    # ---- following --------------------------------------------------------------------------------------------

    def _targets(self) -> list[Slice]:
        slices = self._slices
        if slices is None:
            return []
        output, position = self._index
        outputs = range(slices.outputs) if self._scope == "layer" else [output]
        inputs = [position] if self._scope == "kernel" else range(slices.inputs)
        return [(one, other) for one in outputs for other in inputs]

    def _refresh(self, *_: object) -> None:
        network, slices = self._document.network, self._slices
        name = None if slices is None else self._renamed(slices)
        if name is None:
            name = self._behind(self._view.selection) or next(iter(nodes_with_kernels(network)), None)
        if self._shown is None or name is None or network[name] is not self._shown:
            self._show(name, self._index)

    def _renamed(self, slices: KernelSlices) -> str | None:
        """The layer worked on, under the name it has now; None where it is gone or has no kernels any more."""
        network = self._document.network
        if slices.node in network and kernel_slices(network, slices.node) is not None:
            return slices.node
        weights = None if self._shown is None else self._shown.parameters["kernel"]
        return next((node.name for node in network.nodes if node.parameters.get("kernel") is weights), None)

    def _follow(self, unit: Unit | None) -> None:
        name = self._behind(unit)
        if unit is None or name is None:
            return
        network = self._document.network
        slices, shape = kernel_slices(network, name), network.reports[unit.node].shape
        index = self._index if self._slices is not None and self._slices.node == name else (0, 0)
        if unit.channel is not None and slices is not None and shape and shape[0] == slices.outputs:
            index = (unit.channel, index[1])
        if slices is not None and not slices.kernels[slices.within(index)].any():
            output = slices.within(index)[0]  # nothing to see: the input that says most to this map
            index = (output, int(np.abs(slices.kernels[output]).sum(axis=(1, 2)).argmax()))
        self._show(name, index)

    def _behind(self, unit: Unit | None) -> str | None:
        network = self._document.network
        return None if unit is None or unit.node not in network else kernels_behind(network, unit.node)

    def _show(self, name: str | None, index: Slice) -> None:
        network = self._document.network
        was_shown, was_at = self._shown, (None if self._shown is None else self._shown.name, self._index)
        self._slices = kernel_slices(network, name) if name else None
        self._shown = network[name] if name else None
        self._index = self._slices.within(index) if self._slices is not None else (0, 0)
        if was_at != (name, self._index):
            self.moved.emit()
        if self._shown is not was_shown:
            self.changed.emit()

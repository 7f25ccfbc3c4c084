"""The filter that a patch becomes: its layer and number, its numbers, and the edit that writes it."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.document.document import Change
from explorer.document.patch_edits import use_patch
from explorer.engine.layer import Array
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.network import Network
from explorer.engine.spatial import per_axis
from explorer.ui.patch_geometry import thinned
from explorer.ui.patch_match import Pattern
from explorer.ui.patch_settings import NEW, Patch


@dataclass(frozen=True, eq=False)
class PatchFilter:
    """A pattern as filter `number` of a layer, (channels, *size) in `kernel`; others of another size are resized."""

    layer: str
    number: int
    kernel: Array
    label: str
    change: Change
    resizes: bool

    @property
    def size(self) -> tuple[int, ...]:
        """Rows and columns of the layer's kernels afterwards."""
        return self.kernel.shape[1:]


def patch_filter(network: Network, name: str, held: Pattern, settings: Patch) -> PatchFilter:
    """What the settings make of a pattern that is held, for a convolution of maps."""
    layer = network[name].layer
    assert isinstance(layer, Conv2d)
    number = layer.filters if settings.target == NEW else settings.number
    kernel = thinned(held.kernel, per_axis(layer.dilation))
    top, left, *_ = held.rect
    label = f"Kernel {name}:{number} = patch of {held.source} at ({top}, {left})"
    change = use_patch(name, kernel, None if settings.target == NEW else number)
    return PatchFilter(name, number, kernel, label, change, kernel.shape[1:] != per_axis(layer.kernel))

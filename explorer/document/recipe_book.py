"""Remembers which preset made which kernel, so that undo brings back the name and its sliders too."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import NamedTuple

from explorer.engine.kernel_limits import Kernel
from explorer.engine.presets.kernels import KERNEL_PRESETS, KernelPreset, scaled_preset_of


class Recipe(NamedTuple):
    """A preset, its parameters, and what all its weights are multiplied by."""

    preset: KernelPreset
    parameters: Mapping[str, float]
    factor: float = 1.0

    @property
    def title(self) -> str:
        """The preset's title, with the factor if there is one."""
        return self.preset.title_with({}, self.factor)


MOST_ENTRIES = 1000


class RecipeBook:
    """Recipes by the numbers of the kernel; a kernel nobody noted is compared with every preset's defaults."""

    def __init__(self) -> None:
        self._recipes: OrderedDict[tuple[tuple[int, ...], bytes], Recipe | None] = OrderedDict()

    def note(self, kernel: Kernel, recipe: Recipe | None) -> None:
        """Remember how the kernel was made; the oldest notes go first."""
        key = kernel.shape, kernel.tobytes()
        self._recipes[key] = recipe
        self._recipes.move_to_end(key)
        if len(self._recipes) > MOST_ENTRIES:
            self._recipes.popitem(last=False)

    def look_up(self, kernel: Kernel) -> Recipe | None:
        """The preset that makes this kernel, with its parameters; None for a custom one."""
        key = kernel.shape, kernel.tobytes()
        if key not in self._recipes:
            found = scaled_preset_of(kernel)
            self.note(kernel, None if found is None else Recipe(KERNEL_PRESETS[found[0]], *found[1:]))
        return self._recipes[key]

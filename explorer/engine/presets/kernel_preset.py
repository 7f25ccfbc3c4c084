"""What a kernel preset is: a named recipe for a kernel that registers itself and says what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.engine.kernel_limits import Kernel, KernelError, check_size, checked_kernel, size_text
from explorer.engine.kernel_operations import resized
from explorer.engine.kernel_parameter import KernelParameter, complete_parameters

Recipe = Callable[..., NDArray[Any]]

SAME_WEIGHT = 1e-6  # share of the largest weight: what float32 rounding may differ by, and nothing typed can


@dataclass(frozen=True)
class KernelPreset:
    """A recipe (height, width, **parameters) -> numbers with its title, meaning and declared parameters.

    All presets are made for cross-correlation, as networks compute it: the kernel lies on the image as it
    is drawn. A preset with a `natural_size` has this size by definition and stands in the middle of a larger
    one; the others fill any size from `smallest_size` up.
    """

    name: str
    title: str
    family: str
    meaning: str
    recipe: Recipe
    parameters: tuple[KernelParameter, ...] = ()
    natural_size: tuple[int, int] | None = None
    smallest_size: tuple[int, int] = (1, 1)

    def build(self, height: int, width: int, **parameters: float) -> Kernel:
        """The kernel, float32 (height, width); KernelError if it does not fit or a parameter is off range."""
        check_size(height, width)
        if not self.fits(height, width):
            raise KernelError(
                f"{self.title} needs a kernel of at least {size_text(*self.smallest_size)}, "
                f"this one is {size_text(height, width)}. Make the kernel larger first."
            )
        values = complete_parameters(self.title, self.parameters, parameters)
        if self.natural_size is None:
            return checked_kernel(self.recipe(height, width, **values))
        return checked_kernel(resized(np.asarray(self.recipe(*self.natural_size, **values)), height, width))

    def fits(self, height: int, width: int) -> bool:
        """Whether a kernel of this size can hold the preset."""
        return height >= self.smallest_size[0] and width >= self.smallest_size[1]

    @property
    def defaults(self) -> dict[str, float]:
        """The value of every parameter before anybody moved it."""
        return {parameter.name: parameter.default for parameter in self.parameters}

    def title_with(self, parameters: Mapping[str, float], factor: float = 1.0) -> str:
        """The title with the parameters in it, as a label needs it: `Gaussian (sigma 1.4) × 0.5`."""
        shown = ", ".join(
            f"{each.title.lower()} {parameters[each.name]:g}{each.unit if each.unit == '°' else ''}"
            for each in self.parameters
            if each.name in parameters
        )
        title = f"{self.title} ({shown})" if shown else self.title
        return title if factor == 1 else f"{title} × {factor:g}"


KERNEL_PRESETS: dict[str, KernelPreset] = {}


def kernel_preset(
    title: str,
    family: str,
    *parameters: KernelParameter,
    natural: tuple[int, int] | None = None,
    smallest: tuple[int, int] = (1, 1),
) -> Callable[[Recipe], Recipe]:
    """Register a recipe (height, width, **parameters) -> numbers; its docstring becomes the meaning."""

    def register(recipe: Recipe) -> Recipe:
        name = recipe.__name__
        if name in KERNEL_PRESETS:
            raise ValueError(f"Two kernel presets are called {name}. Each needs a name of its own.")
        meaning = " ".join((recipe.__doc__ or "").split())
        KERNEL_PRESETS[name] = KernelPreset(
            name, title, family, meaning, recipe, tuple(parameters), natural, natural or smallest
        )
        return recipe

    return register


def is_preset(kernel: NDArray[np.float32], preset: KernelPreset, **parameters: float) -> bool:
    """Whether the kernel is what the preset builds at this size with these parameters."""
    if not preset.fits(kernel.shape[0], kernel.shape[1]):
        return False
    height, width = kernel.shape
    built = preset.build(height, width, **parameters)
    return bool(np.abs(kernel - built).max() <= SAME_WEIGHT * np.abs(built).max())


def preset_of(kernel: NDArray[np.float32]) -> tuple[str, dict[str, float]] | None:
    """Name and parameters of the preset that builds this kernel with its defaults, or None for a custom one.

    Presets that coincide (at 1 x 1 a box is an identity) are told apart by order of registration.
    """
    for preset in KERNEL_PRESETS.values():
        if is_preset(kernel, preset):
            return preset.name, preset.defaults
    return None


def scaled_preset_of(kernel: NDArray[np.float32]) -> tuple[str, dict[str, float], float] | None:
    """As `preset_of`, with the factor by which all its weights are multiplied; exact presets come first.

    A kernel with a single weight other than 0 is no multiple of anything: it could be one of everything.
    """
    found = preset_of(kernel)
    if found is not None:
        return *found, 1.0
    if np.count_nonzero(kernel) < 2 or not np.isfinite(kernel).all():
        return None
    for preset in KERNEL_PRESETS.values():
        if preset.fits(kernel.shape[0], kernel.shape[1]):
            built = preset.build(kernel.shape[0], kernel.shape[1]).astype(np.float64)
            factor = float((kernel * built).sum() / (built * built).sum())
            error = np.abs(kernel - factor * built).max()
            if factor and error <= 2 * SAME_WEIGHT * abs(factor) * np.abs(built).max():
                return preset.name, preset.defaults, float(f"{factor:.6g}")
    return None

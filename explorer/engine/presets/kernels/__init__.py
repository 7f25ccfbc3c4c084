"""All kernel presets: every module in this folder registers those of its family."""

from importlib import import_module
from pkgutil import iter_modules

from explorer.engine.presets.kernel_preset import (
    KERNEL_PRESETS,
    KernelPreset,
    is_preset,
    preset_of,
    scaled_preset_of,
)

for _module in sorted(iter_modules(__path__), key=lambda module: module.name):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["KERNEL_PRESETS", "KernelPreset", "is_preset", "preset_of", "scaled_preset_of"]

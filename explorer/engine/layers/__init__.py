"""The layers. Importing this package imports every module in it, and so registers every layer."""

from __future__ import annotations

import importlib
import pkgutil


def add_layers(folder: str) -> None:
    """Import every module of another folder too, and so register its layers beside those that are here."""
    if folder not in __path__:
        __path__.append(folder)
    _import_modules(folder)


def _import_modules(folder: str) -> None:
    for module in sorted(module.name for module in pkgutil.iter_modules([folder])):
        importlib.import_module(f"{__name__}.{module}")


for _folder in __path__:
    _import_modules(_folder)

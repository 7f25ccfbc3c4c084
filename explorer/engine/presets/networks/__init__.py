"""All networks to start from: every module in this folder registers its own."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import explorer.engine.layers  # noqa: F401  - registers the layers that the networks consist of
from explorer.engine.network import Network
from explorer.engine.presets.network_preset import NETWORK_PRESETS, NetworkPreset

START = "edges-and-colours"  # what a newcomer sees first

for _module in sorted(iter_modules(__path__), key=lambda module: module.name):
    import_module(f"{__name__}.{_module.name}")


def network_names() -> tuple[str, ...]:
    """The names of all networks to start from, the one for newcomers first."""
    return START, *(name for name in NETWORK_PRESETS if name != START)


def build_network(name: str = START) -> Network:
    """The network of this name with all its parameters; raises KeyError where there is none."""
    if name not in NETWORK_PRESETS:
        raise KeyError(f"There is no network {name!r}. Networks: {', '.join(network_names())}.")
    return NETWORK_PRESETS[name].build()


__all__ = ["NETWORK_PRESETS", "START", "NetworkPreset", "build_network", "network_names"]

"""Commands: everything a person can do, declared once for menu, toolbar, shortcut, palette and key overlay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explorer.ui.workspace import Workspace

Run = Callable[[Workspace], object]
Ask = Callable[[Workspace], bool]


@dataclass(frozen=True)
class Command:
    """One thing a person can do. `shortcut` in Qt's portable text, `checked` for those that are on or off."""

    name: str  # "edit.undo"; never changes
    label: str
    menu: str  # heading of the menu: File, Edit, View, Source, Network, Kernel, Help
    run: Run
    shortcut: str = ""
    icon: str = ""
    help: str = ""
    toolbar: bool = False
    enabled: Ask | None = None
    checked: Ask | None = None
    order: int = 0  # place in the menu; a step of ten starts a new section


_REGISTRY: dict[str, Command] = {}


def command(
    name: str,
    label: str,
    menu: str,
    *,
    shortcut: str = "",
    icon: str = "",
    help: str = "",
    toolbar: bool = False,
    enabled: Ask | None = None,
    checked: Ask | None = None,
    order: int = 0,
) -> Callable[[Run], Run]:
    """Register a function of the workspace as a command."""

    def register(run: Run) -> Run:
        if name in _REGISTRY:
            raise ValueError(f"There are two commands called {name!r}.")
        _REGISTRY[name] = Command(
            name, label, menu, run, shortcut, icon, help, toolbar, enabled, checked, order
        )
        return run

    return register


def commands() -> list[Command]:
    """Every registered command, by menu and order."""
    return sorted(_REGISTRY.values(), key=lambda one: (one.menu, one.order, one.name))

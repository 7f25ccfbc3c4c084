"""Commands: everything a person can do, declared once for menu, toolbar, shortcut, palette and key overlay."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from explorer.ui.workspace import Workspace

Run = Callable[[Workspace], object]
Ask = Callable[[Workspace], bool]
Say = Callable[[Workspace], str]

MENUS = ("File", "Edit", "View", "Source", "Data", "Training", "Network", "Kernel", "Help")


@dataclass(frozen=True)
class Command:
    """One thing a person can do. `shortcut` in Qt's portable text, `checked` for those that are on or off."""

    name: str  # "edit.undo"; never changes
    label: str
    menu: str  # heading of the menu, one of MENUS
    run: Run
    shortcut: str = ""
    icon: str = ""
    help: str = ""
    toolbar: int = 0  # place in the toolbar, 0 is not in it; a step of ten starts a new section
    enabled: Ask | None = None
    checked: Ask | None = None
    order: int = 0  # place in the menu; a step of ten starts a new section
    also: tuple[str, ...] = ()  # further shortcuts
    caption: Say | None = None  # a label that changes: "Undo Stride of conv1"
    has_text: bool = False  # in the toolbar its label stands beside the icon

    def is_enabled(self, workspace: Workspace) -> bool:
        """Whether it can be done now."""
        return self.enabled is None or self.enabled(workspace)

    def text(self, workspace: Workspace) -> str:
        """The label as it is now."""
        return self.caption(workspace) if self.caption else self.label

    @property
    def shortcuts(self) -> tuple[str, ...]:
        """All its shortcuts, the one that menus show first."""
        return (self.shortcut, *self.also) if self.shortcut else self.also


Make = Callable[[Workspace], Iterable[Command]]


@dataclass(frozen=True)
class Family:
    """Commands that belong together and are known only when asked for: cameras, samples, networks, layer kinds."""

    name: str
    label: str  # of the submenu
    menu: str
    make: Make
    icon: str = ""
    help: str = ""
    toolbar: int = 0
    order: int = 0
    caption: Say | None = None  # what the toolbar shows: "Range: layer"
    is_fixed: bool = False  # always the same commands: only these may have shortcuts
    nothing: str = "None"  # what the submenu says when there is none

    def text(self, workspace: Workspace) -> str:
        """What its button in the toolbar says now."""
        return self.caption(workspace) if self.caption else self.label


_REGISTRY: dict[str, Command] = {}
_FAMILIES: dict[str, Family] = {}


def command(
    name: str,
    label: str,
    menu: str,
    *,
    shortcut: str = "",
    icon: str = "",
    help: str = "",
    toolbar: int = 0,
    enabled: Ask | None = None,
    checked: Ask | None = None,
    order: int = 0,
    also: tuple[str, ...] = (),
    caption: Say | None = None,
    has_text: bool = False,
) -> Callable[[Run], Run]:
    """Register a function of the workspace as a command."""

    def register(run: Run) -> Run:
        _check(name, menu)
        _REGISTRY[name] = Command(
            name, label, menu, run, shortcut, icon, help, toolbar, enabled, checked, order, also, caption,
            has_text,
        )  # fmt: skip
        return run

    return register


def family(
    name: str,
    label: str,
    menu: str,
    *,
    icon: str = "",
    help: str = "",
    toolbar: int = 0,
    order: int = 0,
    caption: Say | None = None,
    is_fixed: bool = False,
    nothing: str = "None",
) -> Callable[[Make], Make]:
    """Register a function that lists commands for a submenu; their `menu` is the family's, their order as given."""

    def register(make: Make) -> Make:
        _check(name, menu)
        _FAMILIES[name] = Family(
            name, label, menu, make, icon, help, toolbar, order, caption, is_fixed, nothing
        )
        return make

    return register


def _check(name: str, menu: str) -> None:
    if name in _REGISTRY or name in _FAMILIES:
        raise ValueError(f"There are two commands called {name!r}.")
    if menu not in MENUS:
        raise ValueError(f"{name!r} asks for a menu {menu!r}; there are {', '.join(MENUS)}.")


def commands() -> list[Command]:
    """Every registered command, by menu and order."""
    return sorted(_REGISTRY.values(), key=lambda one: (MENUS.index(one.menu), one.order, one.name))


def families() -> list[Family]:
    """Every registered family, by menu and order."""
    return sorted(_FAMILIES.values(), key=lambda one: (MENUS.index(one.menu), one.order, one.name))


def declared() -> list[Command | Family]:
    """Everything registered: what stands in menus and toolbar."""
    return [*commands(), *families()]


def all_commands(workspace: Workspace) -> list[Command]:
    """Every command there is at this moment, those of the families too."""
    return commands() + [one for group in families() for one in group.make(workspace)]

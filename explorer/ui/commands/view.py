"""View: which docks are open, the theme, and how values become colours."""

from __future__ import annotations

from collections.abc import Callable

from explorer.rendering.colors import COLOURS
from explorer.ui.command import Ask, Command, command, family
from explorer.ui.panel import panel_kinds
from explorer.ui.panels.maps import MapsPanel
from explorer.ui.shell import shell_of
from explorer.ui.theme import Scheme
from explorer.ui.workspace import Workspace

SCOPES = {"unit": "Range of each map", "layer": "Range of the layer", "network": "Range of the network"}
GAMMAS = 1.0, 0.7, 0.5, 0.3
THEMES: dict[Scheme | None, str] = {None: "As the system", "dark": "Dark", "light": "Light"}
ZOOM = 1.4
STEP = 1.1  # of the size of texts


@family(
    "view.docks", "Panels", "View", icon="layer", order=0, is_fixed=True, help="Open and close the docks."
)
def docks(workspace: Workspace) -> list[Command]:
    kinds = [kind for kind in panel_kinds() if kind.area != "center"]
    return [
        Command(
            f"view.docks.{kind.name}", f"{kind.title} panel", "View", _toggler(kind.name),
            shortcut=f"Alt+{i}" if i < 10 else "", icon=kind.icon, help=kind.help,
            checked=_is_shown(kind.name),
        )
        for i, kind in enumerate(kinds, 1)
    ]  # fmt: skip


def _is_shown(name: str) -> Ask:
    return lambda workspace: shell_of(workspace).is_shown(name)


def _toggler(name: str) -> Callable[[Workspace], None]:
    def toggle(workspace: Workspace) -> None:
        shell = shell_of(workspace)
        shell.set_shown(name, not (shell.is_shown(name) and shell.is_in_front(name)))

    return toggle


@command(
    "view.reset_layout", "Reset layout", "View", icon="reset", order=1, help="Every dock back to its place."
)
def reset_layout(workspace: Workspace) -> None:
    shell_of(workspace).reset_layout()


@family("view.theme", "Theme", "View", icon="theme", order=2)
def themes(workspace: Workspace) -> list[Command]:
    def choose(scheme: Scheme | None) -> Callable[[Workspace], None]:
        return lambda workspace: shell_of(workspace).set_scheme(scheme)

    def is_chosen(scheme: Scheme | None) -> Ask:
        return lambda workspace: shell_of(workspace).settings.text("window/theme") == (scheme or "")

    return [
        Command(f"view.theme.{scheme or 'system'}", title, "View", choose(scheme), checked=is_chosen(scheme))
        for scheme, title in THEMES.items()
    ]


@command("view.toggle_theme", "Dark or light", "View", shortcut="Ctrl+T", icon="theme", order=3, toolbar=33)
def toggle_theme(workspace: Workspace) -> None:
    shell = shell_of(workspace)
    shell.set_scheme("light" if shell.scheme() == "dark" else "dark")


@command("view.full_screen", "Full screen", "View", shortcut="F11", icon="full_screen", order=4)
def full_screen(workspace: Workspace) -> None:
    shell_of(workspace).toggle_full_screen()


@family(
    "view.scope", "Range", "View", icon="range", order=10, toolbar=30, is_fixed=True,
    caption=lambda workspace: f"Range: {'held ' if workspace.view.look.held else ''}{workspace.view.look.scope}",
    help="What shares one range of values: each map, all maps of a layer, or the whole network.",
)  # fmt: skip
def scopes(workspace: Workspace) -> list[Command]:
    found = [
        Command(
            f"view.scope.{scope}", title, "View", _changer(scope=scope), help=title,
            shortcut=f"Ctrl+Alt+{i}", checked=_looks(scope=scope),
        )
        for i, (scope, title) in enumerate(SCOPES.items(), 1)
    ]  # fmt: skip
    found.append(
        Command(
            "view.scope.hold", "Hold the range", "View", hold, shortcut="Ctrl+R", icon="hold", order=10,
            help="The ranges stay as they are now: no flicker, and brighter really is more.",
            checked=lambda workspace: workspace.view.look.held,
        )
    )  # fmt: skip
    return found


def hold(workspace: Workspace) -> None:
    workspace.view.change(held=not workspace.view.look.held)


@family(
    "view.gamma", "Gamma", "View", icon="gamma", order=11, toolbar=31,
    caption=lambda workspace: f"γ {workspace.view.look.gamma:g}", help="Below 1, small values are lifted.",
)  # fmt: skip
def gammas(workspace: Workspace) -> list[Command]:
    return [
        Command(
            f"view.gamma.{gamma:g}", f"Gamma {gamma:g}", "View", _changer(gamma=gamma),
            checked=_looks(gamma=gamma),
        )
        for gamma in GAMMAS
    ]  # fmt: skip


@command(
    "view.next_gamma",
    "Next gamma",
    "View",
    shortcut="G",
    icon="gamma",
    order=12,
    help="1, .7, .5, .3 and again.",
)
def next_gamma(workspace: Workspace) -> None:
    gamma = workspace.view.look.gamma
    following = [one for one in GAMMAS if one < gamma] or list(GAMMAS)
    workspace.view.change(gamma=following[0])


@family(
    "view.boost",
    "Boost weak maps",
    "View",
    order=13,
    help="How far each map is lifted to its own full range.",
)
def boosts(workspace: Workspace) -> list[Command]:
    return [
        Command(
            f"view.boost.{share:g}", f"{share:.0%}", "View", _changer(boost=share),
            checked=_looks(boost=share),
        )
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]  # fmt: skip


@family("view.colours", "Colours", "View", icon="colours", order=14, toolbar=32, caption=lambda workspace: "")
def colours(workspace: Workspace) -> list[Command]:
    return [
        Command(
            f"view.colours.{name}", title, "View", _changer(colours=name),
            checked=_looks(colours=name),
        )
        for name, title in COLOURS.items()
    ]  # fmt: skip


@command(
    "view.by_activity", "Order by activity", "View", shortcut="Ctrl+Alt+A", icon="sort", order=15,
    checked=lambda workspace: workspace.view.look.order == "activity",
    help="The strongest maps of every layer first.",
)  # fmt: skip
def order_by_activity(workspace: Workspace) -> None:
    by_activity = workspace.view.look.order == "activity"
    workspace.view.change(order="index" if by_activity else "activity")


def _maps(workspace: Workspace) -> MapsPanel | None:
    panel = shell_of(workspace).panel("maps")
    return panel if isinstance(panel, MapsPanel) else None


@command("view.fit", "Everything in view", "View", shortcut="Ctrl+0", icon="fit", order=20)
def fit(workspace: Workspace) -> None:
    maps = _maps(workspace)
    if maps is not None:
        maps.flow.fit()


@command("view.zoom_in", "Zoom in", "View", icon="zoom_in", order=21, help="The wheel does it, too.")
def zoom_in(workspace: Workspace) -> None:
    maps = _maps(workspace)
    if maps is not None:
        maps.flow.zoom(ZOOM)


@command("view.zoom_out", "Zoom out", "View", icon="zoom_out", order=22)
def zoom_out(workspace: Workspace) -> None:
    maps = _maps(workspace)
    if maps is not None:
        maps.flow.zoom(1 / ZOOM)


@command(
    "view.find", "Find a unit", "View", shortcut="Ctrl+F", also=("Ctrl+G",), icon="search", order=23,
    help="By its name: conv1:3.",
)  # fmt: skip
def find(workspace: Workspace) -> None:
    maps = _maps(workspace)
    if maps is not None:
        maps.find()


@command(
    "view.larger_text", "Larger text", "View", shortcut="Ctrl++", also=("Ctrl+=",), icon="text", order=30
)
def larger_text(workspace: Workspace) -> None:
    shell_of(workspace).scale_text(STEP)


@command("view.smaller_text", "Smaller text", "View", shortcut="Ctrl+-", order=31)
def smaller_text(workspace: Workspace) -> None:
    shell_of(workspace).scale_text(1 / STEP)


@command("view.normal_text", "Normal text", "View", shortcut="Ctrl+Shift+0", order=32)
def normal_text(workspace: Workspace) -> None:
    shell_of(workspace).scale_text(0)


def _looks(**wanted: object) -> Ask:
    return lambda workspace: all(
        getattr(workspace.view.look, name) == value for name, value in wanted.items()
    )


def _changer(**changes: object) -> Callable[[Workspace], None]:
    return lambda workspace: workspace.view.change(**changes)

"""View: the pinned pixel enlarged beside what it reads, and the sweep over its map."""

from __future__ import annotations

from explorer.ui.command import command
from explorer.ui.panels.maps import MapsPanel
from explorer.ui.shell import shell_of
from explorer.ui.widgets.sweep_player import SweepPlayer
from explorer.ui.workspace import Workspace


def _is_shown(workspace: Workspace) -> bool:
    return workspace.view.is_close_up


def _player(workspace: Workspace) -> SweepPlayer | None:
    maps = shell_of(workspace).panel("maps")
    close_up = maps.close_up.close_up if isinstance(maps, MapsPanel) else None
    return close_up.player if close_up is not None else None


@command(
    "maps.close_up", "Close-up", "View", shortcut="X", icon="close_up", order=24,
    checked=_is_shown, help="The pinned pixel enlarged, beside what it reads; Esc closes it.",
)  # fmt: skip
def toggle_close_up(workspace: Workspace) -> None:
    workspace.view.show_close_up(not workspace.view.is_close_up)


@command(
    "maps.sweep", "Sweep: play or pause", "View", shortcut="P", icon="play", order=24,
    help="The window moves over the map that is read, and the output fills pixel by pixel.",
)  # fmt: skip
def toggle_sweep(workspace: Workspace) -> None:
    workspace.view.show_close_up(True)
    player = _player(workspace)
    if player is not None:
        player.toggle()


@command(
    "maps.sweep_on", "Sweep: one pixel on", "View", shortcut="L", icon="step", order=24, enabled=_is_shown
)
def step_on(workspace: Workspace) -> None:
    player = _player(workspace)
    if player is not None:
        player.step(1)


@command(
    "maps.sweep_back",
    "Sweep: one pixel back",
    "View",
    shortcut="J",
    icon="step_back",
    order=24,
    enabled=_is_shown,
)
def step_back(workspace: Workspace) -> None:
    player = _player(workspace)
    if player is not None:
        player.step(-1)

"""View: walking through the maps, opening them large, and copying their names."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from explorer.ui.command import command
from explorer.ui.panels.maps import MapsPanel
from explorer.ui.shell import shell_of
from explorer.ui.workspace import Workspace


def _maps(workspace: Workspace) -> MapsPanel | None:
    panel = shell_of(workspace).panel("maps")
    return panel if isinstance(panel, MapsPanel) else None


def _has_selection(workspace: Workspace) -> bool:
    return workspace.view.selection is not None


@command(
    "maps.large", "Pinned map large", "View", icon="unit", order=24, enabled=_has_selection,
    help="One map, or all maps of a layer, filling the view. Enter or a double click does it, too; Esc leads back.",
)  # fmt: skip
def show_large(workspace: Workspace) -> None:
    maps, selection = _maps(workspace), workspace.view.selection
    if maps is not None and selection is not None:
        maps.flow.open(selection)
        maps.flow.setFocus()


@command("maps.back", "One level back", "View", icon="previous", order=25, help="Map, layer, network.")
def go_back(workspace: Workspace) -> None:
    maps = _maps(workspace)
    if maps is not None:
        maps.flow.back()


@command("maps.next_layer", "Same map, next layer", "View", icon="next", order=26, help="O in the maps.")
def next_layer(workspace: Workspace) -> None:
    maps = _maps(workspace)
    if maps is not None:
        maps.flow.walk(Qt.Key.Key_O)


@command(
    "maps.previous_layer", "Same map, layer before", "View", icon="previous", order=27, help="U in the maps."
)
def previous_layer(workspace: Workspace) -> None:
    maps = _maps(workspace)
    if maps is not None:
        maps.flow.walk(Qt.Key.Key_U)


@command(
    "maps.copy_name", "Copy the unit's name", "View", shortcut="Ctrl+Alt+C", icon="copy", order=28,
    enabled=_has_selection, help="Such as conv2:7; typed into the find field it leads back there.",
)  # fmt: skip
def copy_name(workspace: Workspace) -> None:
    selection = workspace.view.selection
    if selection is not None:
        QApplication.clipboard().setText(str(selection))
        workspace.say(f"Copied {selection}.")

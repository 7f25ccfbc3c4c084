"""The menu bar, the toolbar and what palette and key overlay list: all built from the registered commands."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenuBar, QToolBar, QToolButton

from explorer.document.view import Unit
from explorer.ui.actions import Actions
from explorer.ui.command import MENUS, Command, Family, all_commands, commands, declared, families
from explorer.ui.icons import icon
from explorer.ui.panel import panel_kinds
from explorer.ui.widgets.key_overlay import KeyGroup
from explorer.ui.widgets.palette import PaletteEntry
from explorer.ui.workspace import Workspace

LONGEST_CAPTION = 26  # letters on a button of the toolbar


def fill_menu_bar(bar: QMenuBar, actions: Actions) -> None:
    """One menu per heading; a step of ten in `order` starts a new section."""
    for heading in MENUS:
        entries = [one for one in declared() if one.menu == heading]
        if not entries:
            continue
        menu = bar.addMenu(f"&{heading}")
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(actions.refresh)
        menu.aboutToShow.connect(lambda menu=menu: actions.draw_icons(menu))
        section: int | None = None
        for one in sorted(entries, key=lambda entry: entry.order):
            if section is not None and one.order // 10 != section:
                menu.addSeparator()
            section = one.order // 10
            if isinstance(one, Family):
                menu.addMenu(actions.menu(one))
            else:
                menu.addAction(actions.action(one.name))


def fill_toolbar(bar: QToolBar, actions: Actions, workspace: Workspace) -> None:
    """The commands and families that want to be in it, in the order of their places."""
    bar.setIconSize(QSize(20, 20))
    entries = sorted((one for one in declared() if one.toolbar), key=lambda one: one.toolbar)
    section: int | None = None
    for one in entries:
        if section is not None and one.toolbar // 10 != section:
            bar.addSeparator()
        section = one.toolbar // 10
        if isinstance(one, Family):
            bar.addWidget(_family_button(one, actions, workspace))
        else:
            bar.addAction(actions.action(one.name))
            button = bar.widgetForAction(actions.action(one.name))
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            if one.has_text and isinstance(button, QToolButton):
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)


def _family_button(group: Family, actions: Actions, workspace: Workspace) -> QToolButton:
    button = QToolButton()
    button.setObjectName(group.name)
    button.setIcon(icon(group.icon))
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setToolTip(group.help or group.label)
    button.setAccessibleName(group.label)
    button.setMenu(actions.menu(group))

    def refresh() -> None:
        text = group.text(workspace)
        button.setText(text if len(text) <= LONGEST_CAPTION else f"{text[: LONGEST_CAPTION - 1]}…")

    refresh()
    actions.on_refresh(refresh)
    return button


def palette_entries(workspace: Workspace) -> list[PaletteEntry]:
    """Every command there is now."""
    return [_entry(one, workspace) for one in all_commands(workspace)]


def named_entries(workspace: Workspace, text: str) -> list[PaletteEntry]:
    """The unit that was typed, if there is one of that name."""
    unit = Unit.parse(text)
    if unit is None or not has_unit(workspace, unit):
        return []
    label = f"{text.strip()}: go to this unit"
    return [PaletteEntry(label, icon="unit", choose=lambda: workspace.view.select(unit))]


def has_unit(workspace: Workspace, unit: Unit) -> bool:
    """Whether the network has this node, and the node this channel."""
    network = workspace.document.network
    if unit.node not in network:
        return False
    shape = network.reports[unit.node].shape
    return unit.channel is None or (shape is not None and unit.channel < shape[0])


def _entry(one: Command, workspace: Workspace) -> PaletteEntry:
    group = next((group.label for group in families() if one.name.startswith(f"{group.name}.")), "")
    place = f"{one.menu} › {group}" if group else one.menu
    return PaletteEntry(
        label=one.text(workspace),
        place=place,
        shortcut=key_text(one.shortcut),
        icon=one.icon,
        enabled=one.is_enabled(workspace),
        choose=lambda: one.run(workspace),
    )


def key_groups(workspace: Workspace) -> list[KeyGroup]:
    """Every shortcut by menu, and the keys that work inside panels."""
    fixed = [one for group in families() if group.is_fixed for one in group.make(workspace)]
    with_keys = [one for one in [*commands(), *fixed] if one.shortcuts]
    with_keys.sort(key=lambda one: (MENUS.index(one.menu), one.order))
    groups = [
        KeyGroup(heading, tuple((_keys(one), one.label.rstrip(".…")) for one in members))
        for heading, members in groupby(with_keys, key=lambda one: one.menu)
    ]
    groups.append(KeyGroup("Anywhere", (("Esc", "Dismiss the message, cancel what takes long"),)))
    return groups + _panel_groups()


def _panel_groups() -> list[KeyGroup]:
    """The keys of the panels; those that share all of theirs stand together."""
    titles: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for kind in panel_kinds():
        if kind.keys:
            titles.setdefault(kind.keys, []).append(kind.title)
    return [KeyGroup(f"In {_first_of(names)}", keys) for keys, names in titles.items()]


def _first_of(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _keys(one: Command) -> str:
    return "  or  ".join(key_text(keys) for keys in one.shortcuts)


def key_text(keys: str) -> str:
    """A shortcut as it is written on this system."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)

"""The actions: one for every command, so that menus, toolbar and shortcuts are always of one mind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from explorer.ui.command import Command, Family, commands, families
from explorer.ui.icons import icon
from explorer.ui.pixel_arithmetic import pixel_arithmetic
from explorer.ui.workspace import Workspace


class Actions(QObject):
    """Makes the actions of all commands and keeps their labels and states true."""

    def __init__(self, owner: QWidget, workspace: Workspace) -> None:
        super().__init__(owner)
        self._owner = owner
        self._workspace = workspace
        self._actions: dict[str, QAction] = {}
        self._refreshers: list[Callable[[], None]] = []
        for one in commands():
            self._add(one)
        for group in families():
            if group.is_fixed:
                for one in group.make(workspace):
                    self._add(one)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.refresh)
        self._listen()

    def action(self, name: str) -> QAction:
        """The action of a command; KeyError if there is none of that name."""
        return self._actions[name]

    def menu(self, group: Family) -> QMenu:
        """A submenu that asks for its commands whenever it opens."""
        menu = QMenu(group.label, self._owner)
        menu.setToolTipsVisible(True)
        menu.setProperty("family", group)
        menu.aboutToShow.connect(lambda: self._fill(menu, group))
        return menu

    def draw_icons(self, menu: QMenu) -> None:
        """Give the entries of a menu their icons: drawing all of them at the start would take a tenth of a second."""
        for action in menu.actions():
            declared = action.data() or (action.menu() and action.menu().property("family"))
            if isinstance(declared, Command | Family) and action.icon().isNull():
                action.setIcon(icon(declared.icon))

    def on_refresh(self, refresh: Callable[[], None]) -> None:
        """Have something else brought up to date with the actions."""
        self._refreshers.append(refresh)

    def refresh(self) -> None:
        """Bring labels, states and check marks up to date."""
        for action in self._actions.values():
            _update(action, self._workspace)
        for refresh in self._refreshers:
            refresh()

    def refresh_later(self, *_: object) -> None:
        """The same, once for everything that happens in this turn of the event loop."""
        if not self._later.isActive():
            self._later.start()

    def _listen(self) -> None:
        workspace = self._workspace
        for signal in (
            workspace.capture_changed, workspace.document.history_changed, workspace.document.network_changed,
            workspace.document.preparation_changed, workspace.view.look_changed, workspace.view.selected,
            workspace.trainer.state_changed, workspace.trainer.dataset_changed, workspace.trainer.runs_changed,
            workspace.view.close_up_changed, pixel_arithmetic(workspace).fields_changed,
        ):  # fmt: skip
            signal.connect(self.refresh_later)

    def _add(self, one: Command) -> None:
        action = action_of(one, self._workspace, self._owner, has_icon=bool(one.toolbar))
        action.setShortcuts([QKeySequence(keys) for keys in one.shortcuts])
        self._owner.addAction(action)
        self._actions[one.name] = action

    def _fill(self, menu: QMenu, group: Family) -> None:
        fill_family(menu, group, self._workspace, self._actions)
        self.draw_icons(menu)


def fill_family(
    menu: QMenu, group: Family, workspace: Workspace, known: Mapping[str, QAction] | None = None
) -> None:
    """The commands of a family as they are now; a step of ten in `order` starts a new section."""
    menu.clear()
    section: int | None = None
    for one in group.make(workspace):
        if section is not None and one.order // 10 != section:
            menu.addSeparator()
        section = one.order // 10
        menu.addAction((known or {}).get(one.name) or action_of(one, workspace, menu))
    if menu.isEmpty():
        menu.addAction(group.nothing).setEnabled(False)


def action_of(one: Command, workspace: Workspace, owner: QObject, has_icon: bool = True) -> QAction:
    """An action that runs this command, without its shortcut: of those there may be only one in a window."""
    action = QAction(one.text(workspace), owner)
    if has_icon:
        action.setIcon(icon(one.icon))
    action.setData(one)
    action.setToolTip(one.help or one.label)
    action.setStatusTip(one.help)
    action.setCheckable(one.checked is not None)
    action.setMenuRole(QAction.MenuRole.NoRole)
    action.triggered.connect(lambda: _run(action, workspace))
    _update(action, workspace)
    return action


def _run(action: QAction, workspace: Workspace) -> None:
    one: Command = action.data()
    if one.is_enabled(workspace):
        one.run(workspace)
    _update(action, workspace)


def _update(action: QAction, workspace: Workspace) -> None:
    one: Command = action.data()
    if one.caption is not None:
        action.setText(one.caption(workspace))
    if one.enabled is not None:
        action.setEnabled(one.enabled(workspace))
    if one.checked is not None:
        action.setChecked(one.checked(workspace))

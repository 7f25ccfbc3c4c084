"""The button of a command, or of a family of them, in a panel."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from explorer.ui.actions import fill_family
from explorer.ui.command import Command, declared
from explorer.ui.widgets.tool_button import tool_button
from explorer.ui.workspace import Workspace


def command_button(name: str, workspace: Workspace, owner: QWidget) -> QToolButton:
    """Does a command, or opens a menu of what a family holds at that moment. StopIteration if there is none such."""
    one = next(one for one in declared() if one.name == name)
    keys = f" ({one.shortcut})" if isinstance(one, Command) and one.shortcut else ""
    button = tool_button(one.icon, f"{one.label}{keys}: {one.help}".removesuffix(": "))
    button.setParent(owner)
    button.setAccessibleName(one.label)
    if isinstance(one, Command):
        run = one.run
        button.clicked.connect(lambda: run(workspace))
        return button
    menu, group = QMenu(owner), one
    menu.setToolTipsVisible(True)
    menu.aboutToShow.connect(lambda: fill_family(menu, group, workspace))
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(menu)
    return button

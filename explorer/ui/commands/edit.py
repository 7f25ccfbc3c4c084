"""Edit: undo and redo, with the name of what they take back."""

from __future__ import annotations

from explorer.ui.command import command
from explorer.ui.workspace import Workspace


@command(
    "edit.undo", "Undo", "Edit", shortcut="Ctrl+Z", icon="undo", order=0, toolbar=20,
    enabled=lambda workspace: bool(workspace.document.history.undo_label),
    caption=lambda workspace: f"Undo {workspace.document.history.undo_label}".strip(),
    help="Take back the newest edit.",
)  # fmt: skip
def undo(workspace: Workspace) -> None:
    workspace.document.undo()


@command(
    "edit.redo", "Redo", "Edit", shortcut="Ctrl+Shift+Z", also=("Ctrl+Y",), icon="redo", order=1, toolbar=21,
    enabled=lambda workspace: bool(workspace.document.history.redo_label),
    caption=lambda workspace: f"Redo {workspace.document.history.redo_label}".strip(),
    help="Do again what was taken back.",
)  # fmt: skip
def redo(workspace: Workspace) -> None:
    workspace.document.redo()

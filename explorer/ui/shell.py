"""What commands may ask of the window around the panels."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtGui import QPixmap

from explorer.ui.file_questions import FileQuestions
from explorer.ui.panel import Panel
from explorer.ui.settings_store import SettingsStore
from explorer.ui.theme import Scheme
from explorer.ui.workspace import Workspace


class Shell(Protocol):
    """The window, as far as commands know it."""

    settings: SettingsStore
    files: FileQuestions

    def scheme(self) -> Scheme:
        """Dark or light, as it is shown."""

    def set_scheme(self, scheme: Scheme | None) -> None:
        """Dark, light, or what the system says (None)."""

    def scale_text(self, factor: float) -> None:
        """Make all texts larger or smaller; 0 means back to the system's size."""

    def panel(self, name: str) -> Panel | None:
        """The panel of this name, built if it has not been yet, shown or not; None if there is none."""

    def is_shown(self, name: str) -> bool:
        """Whether the panel's dock is open (perhaps behind a tab)."""

    def is_in_front(self, name: str) -> bool:
        """Whether no tab hides the panel's dock."""

    def set_shown(self, name: str, shown: bool) -> None:
        """Open a dock and bring it to the front, or close it."""

    def make_room(self, name: str, share: float, height: int) -> None:
        """Let a dock at the bottom have a share of the width below the maps, and be at least so high."""

    def reset_layout(self) -> None:
        """Every dock back to where it was at first."""

    def toggle_full_screen(self) -> None:
        """The whole screen, or a window again."""

    def show_palette(self) -> None:
        """Open the command palette."""

    def toggle_keys(self) -> None:
        """Show or hide the overlay with all keys."""

    def ask_text(self, title: str, label: str, text: str = "") -> str | None:
        """Let the person type a line; None when cancelled."""

    def show_text(self, title: str, text: str) -> None:
        """Show a rich text until it is closed."""

    def picture(self) -> QPixmap:
        """The window as it looks now, floating docks included."""

    def close(self) -> bool:
        """Close the window, and with it the program."""


def shell_of(workspace: Workspace) -> Shell:
    """The window that shows this workspace; RuntimeError while there is none."""
    if workspace.shell is None:
        raise RuntimeError("This command needs the window, and there is none.")
    return workspace.shell

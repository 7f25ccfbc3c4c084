"""Help: every key, every command, what this program is, and where its log lies."""

from __future__ import annotations

import platform

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from explorer import __version__
from explorer.folders import log_folder
from explorer.ui.command import command
from explorer.ui.shell import shell_of
from explorer.ui.workspace import Workspace


@command("help.keys", "All keys", "Help", shortcut="H", also=("F1",), icon="keyboard", order=0)
def keys(workspace: Workspace) -> None:
    shell_of(workspace).toggle_keys()


@command(
    "help.palette", "Find a command…", "Help", shortcut="Ctrl+K", also=("Ctrl+Shift+P",), icon="search", order=1,
    toolbar=40, help="Type what you want to do, or the name of a unit such as conv1:3.",
)  # fmt: skip
def palette(workspace: Workspace) -> None:
    shell_of(workspace).show_palette()


@command("help.log", "Open the log", "Help", icon="log", order=10)
def open_log(workspace: Workspace) -> None:
    try:
        folder = log_folder()
    except OSError as error:
        workspace.say(f"There is no log: {error.strerror}.", "error")
        return
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
        workspace.say(f"The log lies in {folder}.")


@command("help.about", "About", "Help", icon="info", order=20)
def about(workspace: Workspace) -> None:
    shell_of(workspace).show_text("About Feature-Map Explorer", about_text())


def about_text() -> str:
    """What this is and which versions of what it stands on are running."""
    import cv2
    import numpy as np
    import PySide6

    return (
        f"<h3>Feature-Map Explorer {__version__}</h3>"
        "<p>See what a convolutional network does: every feature map of every layer, live, and every number "
        "editable.</p>"
        f"<p>Python {platform.python_version()}<br>PySide6 {PySide6.__version__}<br>NumPy {np.__version__}<br>"
        f"OpenCV {cv2.__version__}<br>{platform.platform()}</p>"
    )

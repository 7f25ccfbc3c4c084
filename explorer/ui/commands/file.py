"""File: opening sources and networks, saving what is seen, leaving."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QPixmap

from explorer.document import edits
from explorer.engine.network import Network
from explorer.exchange.files import WriteError
from explorer.exchange.maps import write_maps
from explorer.exchange.network_file import SUFFIX, NetworkFileError, read_network, write_network
from explorer.sources.given import GivenSource
from explorer.sources.image_file import SUFFIXES
from explorer.ui import theme
from explorer.ui.command import Command, command, family
from explorer.ui.dropped import address_of, pixels_of
from explorer.ui.recent import recent_commands
from explorer.ui.shell import shell_of
from explorer.ui.workspace import Workspace

VIDEOS = "*.mp4 *.avi *.mkv *.webm *.mov *.m4v *.mpg *.mpeg *.wmv *.gif"
IMAGES = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
DATA_SUFFIXES = (".zip", ".npz", ".gz", ".tar", ".tgz", "-ubyte")
NETWORKS = f"Networks (*{SUFFIX});;All files (*)"


@command(
    "file.open_image", "Open image…", "File", shortcut="Ctrl+O", icon="image", order=0, toolbar=2,
    help="PNG, JPEG, BMP, WebP, TIFF or GIF, grey or in colour, 8 or 16 bit.",
)  # fmt: skip
def open_image(workspace: Workspace) -> None:
    _open_file(workspace, "Open image", f"Images ({IMAGES});;All files (*)")


@command(
    "file.open_folder", "Open folder…", "File", shortcut="Ctrl+Shift+O", icon="folder", order=1,
    help="All images of a folder, one after the other.",
)  # fmt: skip
def open_folder(workspace: Workspace) -> None:
    folder = shell_of(workspace).files.ask_folder("Open folder of images", "source")
    if folder is not None:
        workspace.open_address(str(folder))


@command(
    "file.open_video", "Open video…", "File", icon="video", order=2, help="MP4, AVI, MKV, WebM and others."
)
def open_video(workspace: Workspace) -> None:
    _open_file(workspace, "Open video", f"Videos ({VIDEOS});;All files (*)")


@command(
    "file.open_stream", "Open stream…", "File", icon="stream", order=3,
    help="A camera in the network, by its address: http://… (MJPEG) or rtsp://…",
)  # fmt: skip
def open_stream(workspace: Workspace) -> None:
    before = next((one for one in shell_of(workspace).settings.recent if "://" in one), "http://")
    address = shell_of(workspace).ask_text("Open stream", "Address (http://… or rtsp://…)", before)
    if address is not None:
        workspace.open_address(address)


@family("file.recent", "Recent", "File", icon="history", order=4, help="What was opened last.")
def recent(workspace: Workspace) -> list[Command]:
    settings = shell_of(workspace).settings
    return recent_commands(
        "file.recent",
        "File",
        settings.recent,
        Workspace.open_address,
        _short,
        lambda _: settings.forget_recent(),
    )


@command(
    "file.paste_image", "Paste image", "File", shortcut="Ctrl+V", icon="paste", order=5,
    help="The picture in the clipboard, or the file or address that was copied.",
)  # fmt: skip
def paste_image(workspace: Workspace) -> None:
    paste(workspace, QGuiApplication.clipboard().mimeData())


def paste(workspace: Workspace, mime: QMimeData) -> None:
    """Show the picture in it, or the file or address."""
    address = address_of(mime)
    image = QGuiApplication.clipboard().image() if mime.hasImage() else None
    if image is not None and not image.isNull():
        workspace.open_source(GivenSource(pixels_of(image)))
    elif address is not None:
        open_anything(workspace, address)
    else:
        workspace.say("There is no image in the clipboard. Copy a picture or a file first.", "error")


@command(
    "file.open_network", "Open network…", "File", icon="open", order=10,
    help="A network that this program has saved.",
)  # fmt: skip
def open_network(workspace: Workspace) -> None:
    path = shell_of(workspace).files.ask_file("Open network", NETWORKS, "network")
    if path is not None:
        open_network_file(workspace, path)


def open_network_file(workspace: Workspace, path: Path) -> None:
    """Show the network in a file; undo brings back the one before it."""

    def show(network: Network) -> None:
        if workspace.document.edit(f"Open {path.name}", edits.replace_network(network)):
            workspace.say(f"{path.name} is open; undo brings back the network before it.")

    workspace.run_errand(f"Opening {path.name}", lambda: read_network(path), show, (NetworkFileError,))


def open_anything(workspace: Workspace, address: str) -> None:
    """Show what was dropped: a network, a data set, or a source."""
    if address.lower().endswith(SUFFIX):
        open_network_file(workspace, Path(address))
    elif address.lower().endswith(DATA_SUFFIXES):
        shell_of(workspace).set_shown("data", True)
        workspace.shelf.open(address)
    else:
        workspace.open_address(address)


@command("file.save_network", "Save network as…", "File", shortcut="Ctrl+Shift+S", icon="save", order=11)
def save_network(workspace: Workspace) -> None:
    name = workspace.document.network.title.lower().replace(" ", "-") + SUFFIX
    path = shell_of(workspace).files.ask_new_file("Save network", NETWORKS, name, "network")
    if path is None:
        return
    network = workspace.document.network

    def tell(written: Path) -> None:
        workspace.trainer.note_saved(network)
        workspace.say(f"Saved {written}.")

    workspace.run_errand(f"Saving {path.name}", lambda: write_network(network, path), tell, (WriteError,))


@command("file.copy_maps", "Copy image of the maps", "File", shortcut="Ctrl+Shift+C", icon="copy", order=20)
def copy_maps(workspace: Workspace) -> None:
    QGuiApplication.clipboard().setPixmap(_picture_of(workspace, "maps"))
    workspace.say("The maps are in the clipboard, as they are on screen.")


@command("file.save_snapshot", "Save picture of the window…", "File", icon="image", order=21, help="As PNG.")
def save_snapshot(workspace: Workspace) -> None:
    shell = shell_of(workspace)
    path = shell.files.ask_new_file("Save picture", "Pictures (*.png)", "feature-maps.png", "pictures")
    if path is None:
        return
    path = path.with_suffix(".png")
    if shell.picture().save(str(path)):
        workspace.say(f"Saved {path}.")
    else:
        workspace.say(f"{path} could not be written. Choose another folder, or free some space.", "error")


@command(
    "file.save_maps", "Save maps…", "File", shortcut="Ctrl+S", icon="maps", order=22,
    enabled=lambda workspace: workspace.answer is not None,
    help="Every layer's maps as PNG, and all values in one NPZ.",
)  # fmt: skip
def save_maps(workspace: Workspace) -> None:
    folder = shell_of(workspace).files.ask_folder("Save maps into folder", "maps")
    answer = workspace.answer
    if folder is None or answer is None:
        return
    look, dark = workspace.view.look, theme.is_dark()
    workspace.run_errand(
        f"Writing maps into {folder.name}",
        lambda: write_maps(answer.trace, folder, look, dark=dark),
        lambda files: workspace.say(f"{len(files)} files written into {folder}."),
        (WriteError,),
    )


@command("file.quit", "Quit", "File", shortcut="Ctrl+Q", icon="quit", order=30)
def leave(workspace: Workspace) -> None:
    shell_of(workspace).close()


def _open_file(workspace: Workspace, title: str, kinds: str) -> None:
    path = shell_of(workspace).files.ask_file(title, kinds, "source")
    if path is not None:
        workspace.open_address(str(path))


def _short(address: str) -> str:
    if "://" in address or address.startswith(("sample:", "camera:", "dataset:")):
        return address
    path = Path(address)
    return f"{path.name}  ({path.parent})"


def _picture_of(workspace: Workspace, name: str) -> QPixmap:
    panel = shell_of(workspace).panel(name)
    return panel.grab() if panel is not None else QPixmap()

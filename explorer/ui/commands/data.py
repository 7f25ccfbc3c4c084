"""Data: choosing, opening and looking through data sets, and drawing one's own input."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from explorer.ui.command import Command, command, family
from explorer.ui.recent import recent_commands
from explorer.ui.shelf import short
from explorer.ui.shell import shell_of
from explorer.ui.workspace import Workspace

if TYPE_CHECKING:
    from explorer.datasets.reader import Offer

FILES = "*.zip *.tar *.tgz *.tar.gz *.gz *.npz *.bin *idx*-ubyte"
SECTIONS = {"drawn": 0, "installed": 10, "download": 20}
MEGABYTE = 1_000_000


@family(
    "data.choose", "Choose data set", "Data", icon="dataset", order=0,
    help="Images to learn from: drawn by the program, installed, or downloaded once.",
)  # fmt: skip
def choose(workspace: Workspace) -> list[Command]:
    from explorer.datasets.opening import offers  # archives would cost every start of the program 20 ms

    return [
        Command(
            f"data.choose.{offer.address}", f"{offer.title}{size_note(offer.bytes_to_load)}", "Data",
            _opener(offer.address, offer.title), help=offer.help,
            order=_section(offer),
            checked=_is_used(offer.address),
        )
        for offer in sorted(offers(), key=_section)
    ]  # fmt: skip


def size_note(bytes_to_load: int) -> str:
    """What has to be downloaded first, told beforehand."""
    return f"  (download, {max(1, round(bytes_to_load / MEGABYTE))} MB)" if bytes_to_load else ""


@command(
    "data.open_folder", "Open data set folder…", "Data", icon="folder", order=1,
    help="A folder with one folder of images per class, or with the files of MNIST or CIFAR-10.",
)  # fmt: skip
def open_folder(workspace: Workspace) -> None:
    folder = shell_of(workspace).files.ask_folder("Open data set", "dataset")
    if folder is not None:
        workspace.shelf.open(str(folder))


@command(
    "data.open_file", "Open data set file…", "Data", icon="open", order=2,
    help="A zip with one folder per class, IDX files as of MNIST, CIFAR-10 binaries, or an .npz.",
)  # fmt: skip
def open_file(workspace: Workspace) -> None:
    path = shell_of(workspace).files.ask_file(
        "Open data set", f"Data sets ({FILES});;All files (*)", "dataset"
    )
    if path is not None:
        workspace.shelf.open(str(path))


@family(
    "data.recent",
    "Recent data sets",
    "Data",
    icon="history",
    order=3,
    help="Data sets that were opened last.",
)
def recent(workspace: Workspace) -> list[Command]:
    settings = shell_of(workspace).settings
    return recent_commands(
        "data.recent", "Data", settings.recent_datasets, lambda workspace, address: workspace.shelf.open(address),
        short, lambda _: settings.forget_datasets(),
    )  # fmt: skip


@command(
    "data.browse", "Look through the images", "Data", icon="images", order=10,
    enabled=lambda workspace: workspace.trainer.dataset is not None,
    help="All images of the data set, by class and part; a click shows one to the network.",
)  # fmt: skip
def browse(workspace: Workspace) -> None:
    workspace.gallery.choose(None)
    shell_of(workspace).set_shown("images", True)


@command(
    "data.confusion", "Confusion matrix", "Data", icon="confusion", order=11,
    help="Which classes the network takes for which.",
)  # fmt: skip
def show_confusion(workspace: Workspace) -> None:
    shell_of(workspace).set_shown("confusion", True)


@command(
    "source.draw", "Draw", "Source", icon="pen", order=5,
    help="Draw your own input: the maps follow the stroke.",
)  # fmt: skip
def draw(workspace: Workspace) -> None:
    shell_of(workspace).set_shown("draw", True)


def _section(offer: Offer) -> int:
    """What needs no download stands first."""
    return SECTIONS[offer.address.partition(":")[0]]


def _opener(address: str, title: str = "") -> Callable[[Workspace], None]:
    return lambda workspace: workspace.shelf.open(address, title)


def _is_used(address: str) -> Callable[[Workspace], bool]:
    def is_used(workspace: Workspace) -> bool:
        dataset = workspace.trainer.dataset
        return dataset is not None and dataset.address == address

    return is_used

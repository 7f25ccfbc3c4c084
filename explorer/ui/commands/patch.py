"""Kernel: take a patch of the image, or of the maps, as a kernel."""

from __future__ import annotations

from explorer.document.patch_edits import convolutions_of_maps
from explorer.ui.command import command
from explorer.ui.shell import shell_of
from explorer.ui.workspace import Workspace


@command(
    "kernel.patch", "Use a patch as kernel", "Kernel", shortcut="K, I", icon="patch", order=14,
    enabled=lambda workspace: bool(convolutions_of_maps(workspace.document.network)),
    help="Drag a rectangle on what a convolution reads: its pattern becomes a filter that looks for it.",
)  # fmt: skip
def use_patch(workspace: Workspace) -> None:
    shell_of(workspace).set_shown("patch", True)

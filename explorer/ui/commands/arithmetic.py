"""View: what the maps show of the field of the pixel that is explained."""

from __future__ import annotations

from explorer.ui.command import command
from explorer.ui.pixel_arithmetic import pixel_arithmetic
from explorer.ui.workspace import Workspace


@command(
    "arithmetic.field", "Receptive field in the maps", "View", shortcut="Shift+E", icon="region", order=24,
    checked=lambda workspace: pixel_arithmetic(workspace).shows_field,
    help="What the pinned pixel sees of every earlier map and of the image, with the rest veiled.",
)  # fmt: skip
def toggle_field(workspace: Workspace) -> None:
    pixel_arithmetic(workspace).toggle_field()


@command(
    "arithmetic.effective", "Effective field in the maps", "View", shortcut="E", icon="effective", order=24,
    checked=lambda workspace: pixel_arithmetic(workspace).shows_effective,
    help="How much of what the pinned pixel sees moves it: clear where it counts, veiled where it hardly does.",
)  # fmt: skip
def toggle_effective(workspace: Workspace) -> None:
    arithmetic = pixel_arithmetic(workspace)
    arithmetic.show_field(arithmetic.shows_field, not arithmetic.shows_effective)

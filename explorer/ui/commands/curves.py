"""Training: the curves and the runs that were made, looked at, compared and saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from explorer.ui.command import command
from explorer.ui.shell import shell_of
from explorer.ui.workspace import Workspace

if TYPE_CHECKING:  # its dock imports it when it is first seen
    from explorer.ui.panels.curves import CurvesPanel


def _curves(workspace: Workspace) -> CurvesPanel | None:
    """The panel, brought to the front."""
    shell = shell_of(workspace)
    shell.set_shown("curves", True)
    return cast("CurvesPanel | None", shell.panel("curves"))


def _has_runs(workspace: Workspace) -> bool:
    return bool(workspace.trainer.runs)


@command(
    "curves.show", "Curves", "Training", icon="curves", order=40,
    help="Loss and accuracy, step by step, and what goes on in every layer.",
)  # fmt: skip
def show(workspace: Workspace) -> None:
    panel = _curves(workspace)
    if panel is not None and panel.plots:
        panel.plots[0].setFocus()


@command(
    "curves.all", "Curves: show all", "Training", icon="fit", order=41, enabled=_has_runs,
    help="Back from a zoom to all steps. Home in a plot does it, too.",
)  # fmt: skip
def show_all(workspace: Workspace) -> None:
    panel = _curves(workspace)
    if panel is not None:
        panel.show_all()


@command(
    "curves.log", "Curves: logarithmic axis", "Training", icon="logarithm", order=42, enabled=_has_runs,
    help="Equal distances are equal factors: small losses are seen as well as large ones.",
)  # fmt: skip
def switch_log(workspace: Workspace) -> None:
    panel = _curves(workspace)
    if panel is not None:
        panel.set_log(not panel.controls.log.isChecked())


@command(
    "curves.save_numbers", "Save curves as CSV…", "Training", icon="summary", order=43, enabled=_has_runs,
    help="All numbers of the runs that are shown, a row per step.",
)  # fmt: skip
def save_numbers(workspace: Workspace) -> None:
    panel = _curves(workspace)
    if panel is not None:
        panel.save_numbers()


@command(
    "curves.save_picture", "Save picture of the curves…", "Training", icon="image", order=44, enabled=_has_runs,
    help="The plots as they are, with their legend, as PNG.",
)  # fmt: skip
def save_picture(workspace: Workspace) -> None:
    panel = _curves(workspace)
    if panel is not None:
        panel.save_picture()

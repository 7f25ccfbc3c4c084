"""Training: the runs that were made, and one step of training in slow motion."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from explorer.ui.command import command
from explorer.ui.shell import shell_of
from explorer.ui.workspace import Workspace

if TYPE_CHECKING:  # its dock imports it when it is first seen
    from explorer.ui.panels.slow_motion import SlowMotionPanel


def _can_learn(workspace: Workspace) -> bool:
    return not workspace.trainer.problem


def _slow_motion(workspace: Workspace) -> SlowMotionPanel | None:
    """The panel, brought to the front."""
    shell = shell_of(workspace)
    shell.set_shown("slow_motion", True)
    return cast("SlowMotionPanel | None", shell.panel("slow_motion"))


@command(
    "runs.show", "Runs", "Training", icon="runs", order=50,
    help="Every training of this session: compare them, go back to one, use its settings again.",
)  # fmt: skip
def show_runs(workspace: Workspace) -> None:
    shell_of(workspace).set_shown("runs", True)


@command(
    "slow_motion.next", "Slow motion: next part", "Training", shortcut="Ctrl+Alt+Right", icon="slow_motion", order=51,
    enabled=_can_learn,
    help="One step of training as guess, loss, gradient and step; the last part is really made.",
)  # fmt: skip
def next_part(workspace: Workspace) -> None:
    panel = _slow_motion(workspace)
    if panel is not None:
        panel.motion.next()


@command(
    "slow_motion.back", "Slow motion: part before", "Training", shortcut="Ctrl+Alt+Left", icon="step_back", order=52,
    enabled=_can_learn, help="Look at the part before again; what was learned stays.",
)  # fmt: skip
def part_before(workspace: Workspace) -> None:
    panel = _slow_motion(workspace)
    if panel is not None:
        panel.motion.back()


@command(
    "slow_motion.play", "Slow motion: play or pause", "Training", icon="play", order=53, enabled=_can_learn,
    help="Go through step after step, slowly enough to look at every part.",
)  # fmt: skip
def play(workspace: Workspace) -> None:
    panel = _slow_motion(workspace)
    if panel is not None:
        panel.play_or_pause()

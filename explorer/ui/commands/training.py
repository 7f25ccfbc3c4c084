"""Training: play and pause, single steps and epochs, back to the start, and the panels that belong to it."""

from __future__ import annotations

from collections.abc import Callable

from explorer.document import edits
from explorer.engine.initializers import Initializer
from explorer.ui import deeds
from explorer.ui.command import Command, command, family
from explorer.ui.shell import shell_of
from explorer.ui.workspace import Workspace

PANELS = "data", "curves", "training"  # the last one gets the focus
USUAL = "he", "glorot", "lecun", "orthogonal"  # initializers that need no numbers
SHARE, HEIGHT = 0.38, 262  # of the training panel: of the width below the maps, and in pixels


def _runs(workspace: Workspace) -> bool:
    return workspace.trainer.state == "running"


def _can_step(workspace: Workspace) -> bool:
    return not _runs(workspace) and not workspace.trainer.problem


def _has_run(workspace: Workspace) -> bool:
    return workspace.trainer.current is not None


@command(
    "training.play", "Train", "Training", shortcut="T", icon="training", order=0, toolbar=30,
    checked=_runs, caption=lambda workspace: "Pause" if _runs(workspace) else "Train", has_text=True,
    help="Let the network learn from the data set, or pause. One undo takes back what it learned.",
)  # fmt: skip
def play(workspace: Workspace) -> None:
    trainer = workspace.trainer
    if _runs(workspace):
        trainer.pause()
        return
    if workspace.shell is not None and not workspace.shell.is_shown("training"):
        open_panels(workspace)
        if trainer.problem:
            return  # the panel says what is missing
    trainer.play()


@command(
    "training.step", "One step", "Training", shortcut="Shift+T", icon="step", order=1, enabled=_can_step,
    help="Learn from one batch.",
)  # fmt: skip
def step(workspace: Workspace) -> None:
    workspace.trainer.step()


@command(
    "training.epoch", "To the end of the epoch", "Training", shortcut="Ctrl+Shift+T", icon="epoch", order=2,
    enabled=_can_step, help="Learn until all images have been seen once more.",
)  # fmt: skip
def epoch(workspace: Workspace) -> None:
    workspace.trainer.epoch()


@command(
    "training.reset", "Back to the start", "Training", shortcut="Ctrl+Alt+T", icon="reset", order=3, enabled=_has_run,
    help="The network as it was before this run. The same seed then gives the very same run; undo brings it back.",
)  # fmt: skip
def reset(workspace: Workspace) -> None:
    workspace.trainer.reset()


@command(
    "training.stop", "End this run", "Training", icon="stop", order=4, enabled=_has_run,
    help="Keep what was learned. The next run begins with it, at step 0.",
)  # fmt: skip
def stop(workspace: Workspace) -> None:
    workspace.trainer.stop()


@command(
    "training.adapt", "Adapt the network to the data set", "Training", icon="adapt", order=10,
    enabled=lambda workspace: workspace.trainer.dataset is not None,
    help="The input gets the size of the images, and the end one answer per class. Earlier layers keep their weights.",
)  # fmt: skip
def adapt(workspace: Workspace) -> None:
    workspace.trainer.adapt()


@family(
    "training.weights", "New weights for all layers", "Training", icon="random", order=11,
    help="Forget what was learned and start with weights drawn anew. The panel Training has all choices.",
)  # fmt: skip
def new_weights(workspace: Workspace) -> list[Command]:
    return [
        Command(f"training.weights.{kind}", f"{one.title} weights", "Training", _drawer(one()), help=one.help)
        for kind, one in Initializer.kinds.items()
        if kind in USUAL
    ]


def _drawer(initializer: Initializer) -> Callable[[Workspace], None]:
    def draw(workspace: Workspace) -> None:
        seed = workspace.trainer.settings.seed
        label = f"{initializer.title} weights for all layers, seed {seed}"
        deeds.edit_beside(workspace, label, edits.reset_all_parameters(seed, initializer))

    return draw


@command(
    "training.open", "Show data, training and curves", "Training", icon="curves", order=20,
    help="The panels that one trains with, side by side.",
)  # fmt: skip
def open_panels(workspace: Workspace) -> None:
    shell = shell_of(workspace)
    for name in PANELS:
        shell.set_shown(name, True)
    shell.make_room("training", SHARE, HEIGHT)

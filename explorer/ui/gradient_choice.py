"""What a gradient is taken of, as a person chose it: a pinned map or pixel, the score of a class, the loss."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.datasets.sample_source import DataSetSource
from explorer.engine.class_answer import class_names
from explorer.engine.gradient_goal import Goal, class_count
from explorer.rendering.flat_maps import unit_at
from explorer.ui.workspace import Workspace

MAP, PIXEL, SCORE, LOSS = "pinned map", "pinned pixel", "class score", "loss"
KINDS = {MAP: "unit", PIXEL: "unit", SCORE: "score", LOSS: "loss"}
PREDICTED, LABELLED = "predicted class", "label of the image"
UNLABELLED = (
    "This picture has no label that the network knows. Choose a class, or show the images of a data set."
)


@dataclass(frozen=True)
class GradientChoice:
    """One of KINDS, of which class (a label of LABELLED or PREDICTED, else its number), or a goal that is held."""

    of: str
    label: str = PREDICTED
    number: int | None = None
    held: Goal | None = None

    @property
    def is_unit(self) -> bool:
        """Whether it is the gradient of a unit, not of a class."""
        return KINDS[self.of] == "unit"

    def goal(self, workspace: Workspace) -> Goal:
        """What the gradient is taken of, as things are now."""
        if not self.is_unit:
            label = true_class(workspace) if self.label == LABELLED else self.number
            return Goal(KINDS[self.of], label=label)  # type: ignore[arg-type]
        return self.held if self.held is not None else pinned_goal(workspace, self.of == MAP)

    def lacking(self, workspace: Workspace) -> str:
        """What has to be chosen first, in a sentence; '' where nothing is."""
        if self.of == PIXEL and self.held is None and workspace.view.pixel is None:
            return "Click a pixel of a map: the gradient is that of its value."
        is_of_class = not self.is_unit and class_count(workspace.document.network) > 0
        if is_of_class and self.label == LABELLED and true_class(workspace) is None:
            return UNLABELLED
        return ""


def true_class(workspace: Workspace) -> int | None:
    """The class of the image that is shown, where it comes from a data set and the network knows it."""
    state, answer = workspace.capture_state, workspace.answer
    source = state.source if state is not None else None
    if answer is None or not isinstance(source, DataSetSource):
        return None
    network, truth = answer.trace.network, source.class_at(answer.request.frame.position)
    names = class_names(network, network.outputs[-1].name, workspace.trainer.classes)
    return names.index(truth) if truth in names else None


def pinned_goal(workspace: Workspace, is_whole: bool) -> Goal:
    """The pinned map, or the pixel of it where one is pinned and the map `is_whole` is not asked for."""
    view, network = workspace.view, workspace.document.network
    unit = view.selection
    if unit is None or unit.node not in network:
        return Goal()
    shape = network.reports[unit.node].shape
    if unit.channel is None or shape is None:
        return Goal("unit", unit.node)
    channel = min(unit.channel, shape[0] - 1)
    if is_whole or len(shape) == 1 or view.pixel is None:
        return Goal("unit", unit.node, (channel,))
    return Goal("unit", unit.node, unit_at(shape, channel, *view.pixel))

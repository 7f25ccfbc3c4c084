"""What others do to the network while a run is under way: the training goes on from it, or rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.engine.network import Network
from explorer.runtime.hand_edits import is_of_one_structure, merged
from explorer.runtime.run_book import have_same_nodes

if TYPE_CHECKING:
    from explorer.ui.trainer import Trainer
    from explorer.ui.workspace import Workspace


class TrainingEdits:
    """Listens to the document on behalf of a trainer."""

    def __init__(self, workspace: Workspace, trainer: Trainer) -> None:
        self._workspace, self._trainer = workspace, trainer
        self._document = workspace.document
        self._edited: Network | None = None  # by hand, and about to be shown
        self._document.edited.connect(self._take)
        self._document.network_changed.connect(self._follow)

    def _take(self, before: Network, after: Network) -> None:
        """An edit by hand: the training goes on from it, or rests where the layers no longer are what they were."""
        trainer = self._trainer
        run, preview = trainer.current, trainer.preview
        if preview.is_changing or run is None:
            return
        if not {id(node) for node in before.nodes}.intersection(id(node) for node in after.nodes):
            trainer.pause()
            trainer.leave()  # another network; what was learned stays in the history
            return
        if trainer.state == "running" and not is_of_one_structure(before, after):
            trainer.pause()
            self._workspace.say("Training rests, because the layers have changed. Train goes on with them.")
        trainer.learner.change(lambda trained: merged(before, after, trained))
        preview.counted_from = run.steps
        preview.leave_to_hand()
        self._edited = after

    def _follow(self, network: Network) -> None:
        """The document shows another network: after an edit, or because somebody goes through the history."""
        trainer = self._trainer
        if trainer.preview.is_changing:
            return
        edited, self._edited = self._edited, None
        run = trainer.current
        if network is edited:
            self._show_merged(network)
        elif run is None or not have_same_nodes(run.network, network):
            trainer.leave_for(network)

    def _show_merged(self, network: Network) -> None:
        """After an edit at rest: the document has what was learned since the network that was edited."""
        run, state = self._trainer.current, self._trainer.learner.state
        if run is None or state is None or state.kind == "running":
            return
        run.checkpoint = state.checkpoint
        if not have_same_nodes(run.network, network):
            self._trainer.preview.while_changing(lambda: self._document.amend(run.network))

"""Edits that draw millions of weights: made in another thread, and adopted when they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.document.document import REFUSALS, Change
from explorer.engine.network import Network

if TYPE_CHECKING:
    from explorer.ui.workspace import Workspace


class EditsBeside:
    """Takes such edits from the document. Of those of one gesture (a merge key) only the newest counts."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace, self._document = workspace, workspace.document
        self._newest: object = None
        self._document.beside = self.edit

    def edit(self, label: str, change: Change, merge_key: object) -> None:
        """Make an edit in another thread, and then it is one of the document."""
        self._workspace.trainer.pause()  # it would rest anyway: layers change
        before = self._document.network
        this = self._newest = object()

        def is_overtaken() -> bool:
            return merge_key is not None and self._newest is not this

        def make() -> Network | None:
            return None if is_overtaken() else change(before)

        def adopt(after: Network | None) -> None:
            if after is None or is_overtaken():
                return
            if self._document.network is before:
                self._document.edit(label, lambda _: after, merge_key, at_once=True)
            elif (
                merge_key is None
            ):  # something else was edited meanwhile; of a gesture, that was its newest value
                self._document.edit(label, change, at_once=True)

        self._workspace.run_errand(label, make, adopt, REFUSALS)

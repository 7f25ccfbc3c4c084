"""Shows in the document what a run has made, at a pace that leaves the time to the training."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from explorer.engine.network import Network
from explorer.runtime.run_record import RunRecord

if TYPE_CHECKING:
    from explorer.ui.workspace import Workspace

PREVIEW_S = 0.12  # between two previews at least
PREVIEW_SHARE = 0.04  # of the time that computing previews and painting their maps may take
LONGEST_PREVIEW_S = 2.0
HAND_S = 0.5  # without previews after an edit by hand, so that a drag is not disturbed


class TrainingPreview:
    """Changes the document's network on behalf of the training; `is_changing` tells such changes from others."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._document = workspace.document
        self.is_changing = False
        self.counted_from = 0  # step from which the entry of the history counts
        self._next_at = 0.0

    @property
    def is_due(self) -> bool:
        """Whether the next preview may be shown."""
        return time.perf_counter() >= self._next_at

    def leave_to_hand(self) -> None:
        """Somebody edits: no preview for a moment."""
        self._next_at = time.perf_counter() + HAND_S

    def show_newest(self, run: RunRecord) -> None:
        """Show what the run has made, unless it is shown already."""
        if run.network is self._document.network:
            return
        self.show(run.network, run)
        answer = self._workspace.answer
        cost = answer.evaluate_seconds + answer.paint_seconds if answer is not None else 0.0
        self._next_at = time.perf_counter() + min(max(PREVIEW_S, cost / PREVIEW_SHARE), LONGEST_PREVIEW_S)

    def show(self, network: Network, run: RunRecord | None) -> None:
        """Show a network as what the entry of this run will be."""
        steps = run.steps - self.counted_from if run is not None else 0
        label = "Train 1 step" if steps == 1 else f"Train {steps:,} steps"
        self.while_changing(lambda: self._document.preview(network, label, run))

    def edit(self, label: str, network: Network) -> None:
        """Another network, as an entry of the history."""
        self.while_changing(lambda: self._document.edit(label, lambda _: network))

    def while_changing(self, change: Callable[[], object]) -> None:
        """Change the document, and mark it as the training's doing."""
        self.is_changing = True
        try:
            change()
        finally:
            self.is_changing = False

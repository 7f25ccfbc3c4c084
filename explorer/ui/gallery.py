"""The gallery: which images of the data set somebody looks at, and which of them is the live input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from explorer.datasets.sample_source import DataSetSource

if TYPE_CHECKING:
    from explorer.datasets.dataset import DataSet, Indices
    from explorer.sources.source import Frame
    from explorer.ui.workspace import Workspace


@dataclass(frozen=True, eq=False)
class Choice:
    """Images that were chosen for a reason, such as those of one cell of a confusion matrix."""

    indices: Indices
    title: str
    captions: tuple[str, ...] = ()
    """A line for each of them."""


class Gallery(QObject):
    """A panel asks here for images to be shown, another one shows them, and the source follows."""

    choice_changed = Signal()
    live_moved = Signal(int)  # the live input is the image at this place of those that were made live

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.choice: Choice | None = None
        self._source: DataSetSource | None = None
        self._shown: tuple[DataSet, Indices | None] | None = None
        self._awaited: int | None = None
        workspace.framed.connect(self._follow)
        workspace.trainer.dataset_changed.connect(self._forget)

    @property
    def _is_live(self) -> bool:
        """Whether the images that were made live are still what the source shows."""
        return self._source is not None and self._workspace.capture.wanted is self._source

    def choose(self, choice: Choice | None) -> None:
        """Have these images shown; None is all of them."""
        if choice is not self.choice:
            self.choice = choice
            self.choice_changed.emit()

    def choose_class(self, dataset: DataSet, label: int) -> None:
        """Have the images of one class shown."""
        indices = np.flatnonzero(dataset.labels == label)
        self.choose(Choice(indices, f"All images of {dataset.classes[label]}"))

    @property
    def live_index(self) -> int | None:
        """The number of the image that is the live input; None where that is not one of the data set's."""
        if not self._is_live or self._shown is None or self._shown[0] is not self._workspace.trainer.dataset:
            return None
        frame, indices = self._workspace.frame, self._shown[1]
        place = frame.position if frame is not None else 0
        if indices is None:
            return place
        return int(indices[place]) if place < len(indices) else None

    def make_live(self, dataset: DataSet, indices: Indices | None, place: int) -> None:
        """Show the image at a place of the indices (None: of the whole data set) to the network."""
        self._awaited = place
        if self._is_live and self._shown is not None:
            before, chosen = self._shown
            if before is dataset and chosen is indices:
                self._workspace.capture.seek(place)
                return
        self._source, self._shown = DataSetSource(dataset, indices), (dataset, indices)
        self._source.seek(place)
        self._workspace.open_source(self._source)

    def _follow(self, frame: Frame) -> None:
        """Previous and next of the source move the mark; what was asked for meanwhile is not taken back."""
        if not self._is_live:
            return
        if self._awaited is not None:
            if frame.position != self._awaited:
                return
            self._awaited = None
        self.live_moved.emit(frame.position)

    def _forget(self, _: object) -> None:
        self.choose(None)

"""The images of a data set as a network's input wants them, prepared once and handed to every task of a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from explorer.datasets.augmentation import Augmentation
from explorer.datasets.dataset import DataSet
from explorer.datasets.examples import DataSetExamples
from explorer.datasets.split import Split
from explorer.engine.layer import Shape
from explorer.engine.training import Training
from explorer.runtime.stopping import Stopping
from explorer.runtime.training_task import Task
from explorer.sources.source import Pixels

if TYPE_CHECKING:
    from explorer.ui.workspace import Workspace


class TrainingImages:
    """Makes tasks. Images of another size than the network's are fitted in another thread, which takes a while."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._made_for: tuple[DataSet, Shape] | None = None
        self._pixels: Pixels | None = None
        self._validation: tuple[Split, DataSetExamples] | None = None

    def are_ready(self, dataset: DataSet, shape: Shape) -> bool:
        """Whether a task can be made at once."""
        if self._is_for(dataset, shape):
            return True
        if shape == (dataset.channels, dataset.height, dataset.width):
            self._keep(dataset, shape, dataset.pixels_as(*shape))
            return True
        return False

    def prepare(self, dataset: DataSet, shape: Shape, then: Callable[[], object]) -> None:
        """Prepare the images for this input, and do something when that is done."""

        def finish(pixels: Pixels) -> None:
            self._keep(dataset, shape, pixels)
            then()

        channels, height, width = shape
        self._workspace.run_errand(
            "Preparing the images", lambda: dataset.pixels_as(channels, height, width), finish, (MemoryError,)
        )

    def task(
        self, dataset: DataSet, parts: Split, augmentation: Augmentation, settings: Training, stopping: Stopping
    ) -> Task:  # fmt: skip
        """What to learn from and how; the images must be ready."""
        pixels = self._pixels
        assert pixels is not None
        if self._validation is None or self._validation[0] is not parts:
            self._validation = parts, DataSetExamples(pixels, dataset.labels, parts.validation)
        counts = np.bincount(dataset.labels[parts.train], minlength=len(dataset.classes))
        loss = settings.loss.for_counts(counts.tolist())
        changing = augmentation if augmentation.changes_anything else None
        return Task(
            DataSetExamples(pixels, dataset.labels, parts.train, changing),
            self._validation[1],
            parts.validation,
            settings if loss is settings.loss else settings.with_settings(loss=loss),
            stopping,
        )

    def _is_for(self, dataset: DataSet, shape: Shape) -> bool:
        made_for = self._made_for
        return made_for is not None and made_for[0] is dataset and made_for[1] == shape

    def _keep(self, dataset: DataSet, shape: Shape, pixels: Pixels) -> None:
        self._made_for, self._pixels, self._validation = (dataset, shape), pixels, None

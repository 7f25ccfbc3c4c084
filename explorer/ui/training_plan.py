"""What is learned from and how: data set, parts, random changes, settings and ends, and the tasks made of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from explorer.datasets.augmentation import Augmentation
from explorer.datasets.dataset import DataSet
from explorer.datasets.split import Split, Splitting, split
from explorer.document.adapting import adapt
from explorer.document.fitness import misfit
from explorer.engine.network import Network
from explorer.engine.training import Checkpoint, Training
from explorer.runtime.run_record import RunRecord
from explorer.runtime.stopping import Stopping
from explorer.runtime.training_task import Task
from explorer.ui.training_images import TrainingImages

if TYPE_CHECKING:
    from explorer.ui.workspace import Workspace


class TrainingPlan(QObject):
    """Holds them, tells when they change, and says what keeps the document's network from being trained."""

    dataset_changed = Signal(object)  # DataSet or None
    settings_changed = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._document = workspace.document
        self._images = TrainingImages(workspace)
        self.dataset: DataSet | None = None
        self.split: Split | None = None
        self.splitting, self.augmentation = Splitting(), Augmentation()
        self.settings, self.stopping = Training(), Stopping()

    @property
    def problem(self) -> str:
        """Why nothing can be trained, and what to do; empty where all is well."""
        if self.dataset is None or self.split is None:
            return "No data set is chosen. Choose the images to learn from."
        if not len(self.split.train):
            return "No images are left to learn from. Make the shares for validation and testing smaller."
        return misfit(self._document.network, self.dataset, self.settings.loss)

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes of the data set; none without one."""
        return self.dataset.classes if self.dataset is not None else ()

    def adapt(self) -> None:
        """Fit the network to the data set: its input, and one answer per class."""
        data = self.dataset
        if data is not None:
            shape = data.channels, data.height, data.width
            self._document.edit(f"Adapt the network to {data.title}", adapt(shape, data.classes))

    def steps_to_epoch_end(self, checkpoint: Checkpoint | None) -> int | None:
        """How many are missing, a whole epoch's where none was begun; None while there is nothing to learn from."""
        if self.split is None:
            return None
        count = len(self.split.train)
        left = max(0, count - (checkpoint.position if checkpoint is not None else 0)) or count
        return math.ceil(left / self.settings.batch)

    def _take_dataset(self, dataset: DataSet | None) -> None:
        self.dataset = dataset
        self._divide(self.splitting)

    def _divide(self, splitting: Splitting) -> None:
        self.splitting = splitting
        self.split = split(self.dataset, splitting) if self.dataset is not None else None

    def _take_settings(self, run: RunRecord) -> None:
        """Learn as a run did."""
        self.settings, self.stopping, self.augmentation = run.settings, run.stopping, run.augmentation

    def _with_task(self, then: Callable[[Task], object], is_late: bool = False) -> None:
        """Do something with what is to be learned, once the images are prepared; a sentence where that cannot be."""
        data, network = self.dataset, self._document.network
        if data is None or self.problem:
            self._workspace.say(self.problem, "error")
        elif (task := self._task(network)) is not None:
            then(task)
        elif not is_late:  # else there is another data set or network by now
            self._images.prepare(data, network.input_shape, lambda: self._with_task(then, is_late=True))

    def _task(self, network: Network) -> Task | None:
        """What to learn from and how; None where the images are not ready for the network's input."""
        data, parts = self.dataset, self.split
        if data is None or parts is None or not self._images.are_ready(data, network.input_shape):
            return None
        return self._images.task(data, parts, self.augmentation, self.settings, self.stopping)

"""The shelf: where data sets come from. It opens one at a time, beside the window, and remembers the last ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from explorer.runtime.errands import Errand, Progress

if TYPE_CHECKING:
    from explorer.datasets.dataset import DataSet
    from explorer.ui.workspace import Workspace


class Shelf(QObject):
    """Opens data sets for the trainer. Whatever goes wrong is told in a sentence, and the last good one stays."""

    changed = Signal()  # an opening has begun or ended
    progressed = Signal(object)  # Progress of the opening under way

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._errand: Errand | None = None
        self._told = Progress()
        workspace.errands_changed.connect(self._look)
        workspace.clock.ticked.connect(self._pass_on)

    @property
    def label(self) -> str:
        """What is being opened; empty while nothing is."""
        return self._errand.label if self._errand is not None else ""

    def open(self, address: str, title: str = "") -> None:
        """Open what lies at an address or path; an opening under way is given up."""
        # Here, since archives, gzip and http would cost every start of the program 20 ms.
        from explorer.datasets.dataset import DataSetError
        from explorer.datasets.opening import open_dataset

        self.cancel()

        def work(errand: Errand) -> DataSet:
            return open_dataset(address, errand.tell, errand.wants_no_more)

        label = f"Opening {title or short(address)}"
        self._errand = self._workspace.undertake(label, work, self._put, (DataSetError,))
        self.changed.emit()

    def cancel(self) -> None:
        """Give up what is being opened; what was downloaded of it is kept."""
        if self._errand is not None:
            self._workspace.cancel_errand(self._errand)

    def _put(self, dataset: DataSet) -> None:
        self._workspace.trainer.use(dataset)
        if dataset.address and self._workspace.shell is not None:
            self._workspace.shell.settings.remember_dataset(dataset.address)

    def _look(self) -> None:
        if self._errand is not None and self._errand not in self._workspace.errands.under_way:
            self._errand = None
            self.changed.emit()

    def _pass_on(self) -> None:
        if self._errand is not None and self._errand.progress != self._told:
            self._told = self._errand.progress
            self.progressed.emit(self._told)


def short(address: str) -> str:
    """The end of a path; an address as it is."""
    if address.partition(":")[0] in ("drawn", "installed", "download"):
        return address
    return address.rstrip("/\\").replace("\\", "/").rpartition("/")[2] or address

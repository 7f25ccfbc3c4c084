"""The images of a data set as a source: one at a time, with the name of its class."""

from __future__ import annotations

from explorer.datasets.dataset import DataSet, DataSetError, Indices
from explorer.sources.source import Frame, Source, SourceError, Wait

PREFIX = "dataset:"


class DataSetSource(Source):
    """Shows a data set, or those of its images whose numbers are `chosen`; after the last comes the first.

    A frame's label is the name of its class, and the file's if it has one.
    """

    kind = "dataset"
    title = "Data set"
    help = "The images of a data set, one after the other, each with its class: previous, next."
    rank = -1
    can_seek = True

    def __init__(self, dataset: DataSet | str, chosen: Indices | None = None) -> None:
        super().__init__()
        self._given = dataset
        self._chosen = chosen
        self._dataset = dataset if isinstance(dataset, DataSet) else None
        self._wanted = 0
        self._delivered = False

    @classmethod
    def recognised(cls, text: str) -> DataSetSource | None:
        """ "dataset:" and what `open_dataset` takes: "dataset:drawn:shapes", "dataset:pets.zip"."""
        return cls(text.removeprefix(PREFIX)) if text.startswith(PREFIX) else None

    @property
    def address(self) -> str:
        given = self._given if isinstance(self._given, str) else self._given.address
        return f"{PREFIX}{given}" if given and self._chosen is None else ""

    def open(self) -> None:
        if self._dataset is None:
            assert isinstance(self._given, str)
            self._dataset = _read(self._given)
        self.length = len(self._dataset if self._chosen is None else self._chosen)
        self._delivered = False

    def read(self, wait: Wait) -> Frame | None:
        if self._delivered:
            return None
        if self._dataset is None or not self.length:
            raise SourceError(f"There is no image to show in {self.describe()}. Open it again.")
        self._delivered = True
        self.position = self._wanted % self.length
        index = self.position if self._chosen is None else int(self._chosen[self.position])
        name = self._dataset.names[index] if self._dataset.names else ""
        label = f"{self._dataset.class_of(index)} · {name}" if name else self._dataset.class_of(index)
        return self._frame(self._dataset.images[index], label)

    def class_at(self, position: int) -> str:
        """The name of the class of the image there; empty while it is not open."""
        if self._dataset is None or not self.length:
            return ""
        place = position % self.length
        return self._dataset.class_of(place if self._chosen is None else int(self._chosen[place]))

    def seek(self, position: int) -> None:
        """Show the image at `position`; before the first comes the last."""
        self._wanted = position % self.length if self.length else position
        self._delivered = False

    def describe(self) -> str:
        if self._dataset is None:
            return f"{self.title} {self._given}"
        if self._chosen is None:
            return self._dataset.describe()
        return f"{self._dataset.title}, {len(self._chosen):,} chosen images"


def _read(address: str) -> DataSet:
    # Here, since archives and gzip would cost every start of the program 20 ms.
    from explorer.datasets.kinds.downloads import check_is_here
    from explorer.datasets.opening import open_dataset

    try:
        check_is_here(address)
        return open_dataset(address)
    except DataSetError as error:
        raise SourceError(str(error)) from error

"""Real data inside packages of the extra `samples`: handwritten digits, and faces among other pictures."""

from __future__ import annotations

import gzip
import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.datasets.dataset import DataSet, DataSetError, Labels
from explorer.datasets.reader import Given, Offer, Reader
from explorer.datasets.watcher import Watcher
from explorer.sources.source import Pixels

PREFIX = "installed:"


@dataclass(frozen=True)
class Installed:
    """A data set that came with a package: where it lies in it, and how its file is read."""

    title: str
    help: str
    origin: str
    package: str
    file: str
    classes: tuple[str, ...]
    read: Callable[[Path], tuple[Pixels, Labels]]

    @property
    def path(self) -> Path | None:
        """Its file, if the package is installed and has it; finding it does not import the package."""
        found = importlib.util.find_spec(self.package)
        if found is None or found.origin is None:
            return None
        path = Path(found.origin).parent / self.file
        return path if path.is_file() else None


def read_digits(path: Path) -> tuple[Pixels, Labels]:
    """Lines of 64 values from 0 to 16, then the digit."""
    with gzip.open(path, "rt", encoding="ascii") as lines:
        table = np.loadtxt(lines, delimiter=",")
    values = np.rint(table[:, :-1] * (255 / 16)).astype(np.uint8)
    return values.reshape(-1, 8, 8, 1), table[:, -1].astype(np.int64)  # (n, h, w, 1)


def read_faces(path: Path) -> tuple[Pixels, Labels]:
    """Values from 0 to 1, first the faces, then as many others."""
    images = np.load(path, allow_pickle=False)
    labels = np.repeat([0, 1], len(images) // 2)
    return np.rint(images * 255).astype(np.uint8)[..., None], labels  # (n, h, w, 1)


SETS = {
    "digits": Installed(
        "Digits", "1,797 handwritten digits of 8 x 8: small enough to train in seconds.",
        "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, through scikit-learn",
        "sklearn", "datasets/data/digits.csv.gz", tuple("0123456789"), read_digits,
    ),
    "face-or-not": Installed(
        "Face or not", "100 faces and 100 other pictures of 25 x 25.",
        "Labeled Faces in the Wild, G. Huang et al., a part of it through scikit-image",
        "skimage", "data/lfw_subset.npy", ("face", "not a face"), read_faces,
    ),
}  # fmt: skip


class InstalledReader(Reader):
    """A set by its address, such as "installed:digits"."""

    kind = "installed"
    title = "Installed"
    help = "Real data that came with scikit-learn and scikit-image."
    rank = -1

    def __init__(self, name: str) -> None:
        self._name = name

    @classmethod
    def recognised(cls, given: Given) -> Reader | None:
        if not given.text.startswith(PREFIX):
            return None
        name = given.text.removeprefix(PREFIX)
        if name not in SETS:
            raise DataSetError(
                f"There is no installed data set {name[:200]}. There are {', '.join(PREFIX + one for one in SETS)}."
            )
        return cls(name)

    def read(self, watcher: Watcher) -> DataSet:
        installed = SETS[self._name]
        path = installed.path
        if path is None:
            raise DataSetError(
                f"{installed.title} comes with the package {installed.package}, which is not installed. "
                'Install it with: pip install "feature-map-explorer[samples]"'
            )
        watcher.tell(f"Reading {installed.title}", 0, 1)
        images, labels = installed.read(path)
        return DataSet(
            images, labels, installed.classes, installed.title, PREFIX + self._name, origin=installed.origin
        )

    @classmethod
    def offers(cls) -> Iterator[Offer]:
        for name, installed in SETS.items():
            if installed.path is not None:
                yield Offer(PREFIX + name, installed.title, installed.help)

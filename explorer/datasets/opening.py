"""From what a person gives (a path, or an address such as "drawn:shapes") to the data set."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import numpy as np

import explorer.datasets.kinds
from explorer.datasets.dataset import DataSet, DataSetError
from explorer.datasets.reader import Given, Offer, kinds
from explorer.datasets.watcher import Progress, Watcher

EXPECTED = (
    "Expected a folder or zip with one folder of images per class, IDX files as of MNIST, "
    "the binary version of CIFAR-10, or an .npz"
)


@cache
def load_kinds() -> None:
    """Import every module of kinds/, so that each kind of data set registers itself."""
    package = explorer.datasets.kinds
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")


def offers() -> list[Offer]:
    """All data sets that can be had by name: drawn, installed and downloaded ones."""
    load_kinds()
    return [offer for kind in kinds().values() for offer in kind.offers()]


def open_dataset(
    given: str | Path, progress: Progress | None = None, cancelled: Callable[[], bool] | None = None
) -> DataSet:
    """The data set in a folder, zip or file, or one by its address: "drawn:...", "installed:...", "download:...".

    `progress(what, done, total)` is called some twenty times a second, `cancelled()` is asked more often. Raises
    DataSetError with a sentence for a person; Cancelled, which is one, when it is no longer wanted.
    """
    load_kinds()
    text, watcher = str(given).strip(), Watcher(progress, cancelled)
    if not text:
        raise DataSetError(f"Nothing was given. {EXPECTED}.")
    with ExitStack() as stack:
        try:
            dataset = _read(Given(text, watcher, stack), watcher)
        except (OSError, ValueError, MemoryError) as error:  # names too long, files one may not read
            reason = getattr(error, "strerror", None) or str(error) or "there is not enough memory"
            raise DataSetError(f"{text[:200]} cannot be read: {reason}. Choose another one.") from error
    return _with_balance(_teachable(dataset))


def _read(given: Given, watcher: Watcher) -> DataSet:
    for kind in kinds().values():
        reader = kind.recognised(given)
        if reader is not None:
            return reader.read(watcher)
    if not given.path.exists():
        raise DataSetError(
            f"There is no file or folder {given.text[:200]}. {EXPECTED}, or an address such as drawn:shapes."
        )
    raise DataSetError(f"{given.path.name} is no data set that can be read. {EXPECTED}.")


def _teachable(dataset: DataSet) -> DataSet:
    """Refuse a data set from which nothing can be learned; what was left out is told with it."""
    left_out = dataset.left_out.describe()
    if not len(dataset):
        raise DataSetError(
            " ".join(filter(None, (f"{dataset.title} holds no images. {EXPECTED}.", left_out)))
        )
    present = np.flatnonzero(dataset.balance)
    if len(present) < 2:
        sentence = (
            f"All {len(dataset):,} images of {dataset.title} are of one class, {dataset.classes[present[0]]}: "
            "there is nothing to tell apart. Add images of a second class."
        )
        raise DataSetError(" ".join(filter(None, (sentence, left_out))))
    return dataset


def _with_balance(dataset: DataSet) -> DataSet:
    """The same, with a note on classes that have no image at all."""
    empty = [name for name, count in zip(dataset.classes, dataset.balance, strict=True) if not count]
    if not empty:
        return dataset
    names = ", ".join(empty[:3]) + (f" and {len(empty) - 3} more" if len(empty) > 3 else "")
    word = "Class" if len(empty) == 1 else "Classes"
    return dataset.with_changes(notes=(*dataset.notes, f"{word} without any image: {names}."))

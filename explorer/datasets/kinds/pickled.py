"""Python pickles are refused: whoever reads one executes what is written in it."""

from __future__ import annotations

import re

from explorer.datasets.dataset import DataSetError
from explorer.datasets.reader import Given, Reader

NAMES = re.compile(r"(.*/)?(data_batch_\d+|test_batch|.*\.(pkl|pickle|pt|pth|joblib))", re.IGNORECASE)


class PickledReader(Reader):
    """Reads nothing: says why, and what to use instead."""

    kind = "pickled"
    title = "Python pickle"
    help = "Is never opened, since a pickle can run any program."

    @classmethod
    def recognised(cls, given: Given) -> Reader | None:
        if not given.path.exists():
            return None
        names = [given.path.name] if given.files is None else list(given.files.sizes)
        found = next((name for name in names if NAMES.fullmatch(name)), None)
        if found is None or (given.files is not None and not _is_cifar(found)):
            return None
        raise DataSetError(
            f"{found} is a Python pickle, which could run any program when it is opened, so it was not opened. "
            "Of CIFAR-10 take the binary version (cifar-10-binary.tar.gz); save your own images as .npz."
        )


def _is_cifar(name: str) -> bool:
    return name.rpartition("/")[2].startswith(("data_batch_", "test_batch"))

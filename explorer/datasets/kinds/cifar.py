"""CIFAR-10's binary version: records of a label and the planes of a colour image."""

from __future__ import annotations

import re

import numpy as np

from explorer.datasets.dataset import DataSet, DataSetError
from explorer.datasets.files import Files, UnreadableFile
from explorer.datasets.reader import Given, Reader
from explorer.datasets.watcher import Watcher

NAMES = re.compile(r"(.*/)?(data_batch_\d+|test_batch)\.bin")
CLASSES = "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"
SIDE, CHANNELS = 32, 3
RECORD = 1 + CHANNELS * SIDE * SIDE


class CifarReader(Reader):
    """data_batch_1.bin to data_batch_5.bin and test_batch.bin, in a folder or in the tar.gz as it is downloaded."""

    kind = "cifar"
    title = "CIFAR-10, binary version"
    help = "The files data_batch_1.bin and so on, in a folder or still in cifar-10-binary.tar.gz."
    rank = 1

    def __init__(self, files: Files, address: str) -> None:
        self._files = files
        self._address = address

    @classmethod
    def recognised(cls, given: Given) -> Reader | None:
        files = given.beside if NAMES.fullmatch(given.path.name) else given.files
        if files is None or not any(map(NAMES.fullmatch, files.sizes)):
            return None
        return cls(files, str(given.path))

    def read(self, watcher: Watcher) -> DataSet:
        names = [
            name for name in self._files.sizes if NAMES.fullmatch(name)
        ]  # tars are read fastest in order
        batches = {}
        for at, name in enumerate(names):
            watcher.tell(f"Reading {name}", at, len(names))
            batches[name] = self._records(name)
        records = np.concatenate([batches[name] for name in sorted(names)])  # test_batch comes last
        images = records[:, 1:].reshape(-1, CHANNELS, SIDE, SIDE).transpose(0, 2, 3, 1)  # (n, h, w, c)
        tested = sum(len(batch) for name, batch in batches.items() if "test_batch" in name)
        return DataSet(
            images=np.ascontiguousarray(images),
            labels=records[:, 0].astype(np.int64),
            classes=CLASSES,
            title="CIFAR-10",
            address=self._address,
            origin="CIFAR-10, Alex Krizhevsky 2009",
            tested=tested if tested < len(records) else 0,
        )

    def _records(self, name: str) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
        try:
            content = self._files.read(name)
        except UnreadableFile as error:
            raise DataSetError(f"{error} Download it again.") from error
        if len(content) % RECORD or not content:
            raise DataSetError(
                f"{name} has {len(content):,} bytes, which is no whole number of images (of {RECORD:,} bytes each). "
                "It is cut off or of another kind. Download it again."
            )
        records = np.frombuffer(content, np.uint8).reshape(-1, RECORD)
        highest = int(records[:, 0].max())
        if highest >= len(CLASSES):
            raise DataSetError(
                f"{name} holds the label {highest}; CIFAR-10's are 0 to 9. It is of another kind. Download it again."
            )
        return records

"""The files of all archives that lie in one folder, as if it held what is in them."""

from __future__ import annotations

import re
from typing import IO

from explorer.datasets.files import Files, ZipFiles
from explorer.datasets.watcher import Watcher

TRAIN = frozenset({"train", "training", "trainset"})
TEST = frozenset({"test", "testing", "testset", "val", "valid", "validation"})


class TogetherFiles(Files):
    """Each zip becomes a folder: "test" or "train" if one is named so, else its own name."""

    def __init__(self, folder: Files, watcher: Watcher) -> None:
        super().__init__(folder.path)
        zips = [name for name in folder.sizes if name.lower().endswith(".zip") and "/" not in name]
        words = {name: set(re.split(r"[^a-z]+", name.lower())) for name in zips}
        has_parts = any(found & (TRAIN | TEST) for found in words.values())
        self._archives: list[ZipFiles] = []
        self._places: dict[str, tuple[ZipFiles, str]] = {}
        try:
            for name in zips:
                archive = ZipFiles(folder.path / name, watcher)
                self._archives.append(archive)
                prefix = ("test" if words[name] & TEST else "train") if has_parts else archive.title
                self._mount(archive, prefix)
        except BaseException:
            self.close()
            raise

    def opened(self, name: str) -> IO[bytes]:
        archive, inside = self._places[name]
        return archive.opened(inside)

    def close(self) -> None:
        for archive in self._archives:
            archive.close()

    def _mount(self, archive: ZipFiles, prefix: str) -> None:
        for inside, size in archive.sizes.items():
            self.sizes[f"{prefix}/{inside}"] = size
            self._places[f"{prefix}/{inside}"] = archive, inside
        self.folders += [f"{prefix}/{folder}" for folder in archive.folders]
        self.refused += archive.refused

"""What reads one kind of data set: it registers itself, and recognises what it can read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from explorer.datasets.dataset import DataSet
from explorer.datasets.files import Files, FolderFiles, files_of
from explorer.datasets.watcher import Watcher


@dataclass(frozen=True)
class Offer:
    """A data set that can be had by its address, for a menu."""

    address: str
    title: str
    help: str
    bytes_to_load: int = 0
    """What has to be downloaded first."""


class Given:
    """What a person gave: a text, and what lies there if it is a path."""

    def __init__(self, text: str, watcher: Watcher, stack: ExitStack) -> None:
        self.text = text
        self.path = Path(text)
        self.watcher = watcher
        self._stack = stack

    @cached_property
    def files(self) -> Files | None:
        """The files of the folder or archive that was given, None if it is neither. Raises DataSetError."""
        return self._stack.enter_context(files_of(self.path, self.watcher))

    @cached_property
    def beside(self) -> Files | None:
        """The same, and for a plain file those that lie beside it."""
        if self.files is not None or not self.path.is_file():
            return self.files
        return FolderFiles(self.path.parent, self.watcher, deep=False)

    def kept(self, files: Files) -> Files:
        """The same files, to be closed when the data set has been read."""
        self._stack.callback(files.close)
        return files


class Reader(ABC):
    """Reads data sets of one kind. A subclass with a `kind` registers itself; its constructor reads nothing."""

    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""
    help: ClassVar[str] = ""
    rank: ClassVar[int] = 0
    """Kinds of a lower rank are asked first whether they recognise what a person gave."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.kind:
            _kinds[cls.kind] = cls

    @classmethod
    @abstractmethod
    def recognised(cls, given: Given) -> Reader | None:
        """A reader for what was given, if it is of this kind. Raises DataSetError."""

    @abstractmethod
    def read(self, watcher: Watcher) -> DataSet:
        """The data set. Raises DataSetError, and Cancelled when the watcher no longer wants it."""

    @classmethod
    def offers(cls) -> Iterator[Offer]:
        """What of this kind can be had without choosing a file."""
        yield from ()


_kinds: dict[str, type[Reader]] = {}


def kinds() -> dict[str, type[Reader]]:
    """All kinds of data sets that have registered themselves; the lowest rank first."""
    return dict(sorted(_kinds.items(), key=lambda item: item[1].rank))

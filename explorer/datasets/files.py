"""The files of a folder or an archive, read into memory one at a time. Nothing is ever unpacked onto the disk."""

from __future__ import annotations

import lzma
import os
import tarfile
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from explorer.datasets.dataset import DataSetError
from explorer.datasets.watcher import Watcher

LARGEST_FILE = 1 << 30
"""Bytes of one file, unpacked."""
LARGEST_ARCHIVE = 32 << 30
"""Bytes of all files of an archive, unpacked: what claims more is a bomb rather than a data set."""
STRONGEST_PACKING = 1100  # deflate reaches 1032: what claims more lies
MOST_FILES = 2_000_000
BROKEN = (
    OSError, EOFError, RuntimeError, NotImplementedError, ValueError,
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, tarfile.TarError,
)  # fmt: skip
"""What reading a damaged, cut off or encrypted archive can raise; RuntimeError: a password is wanted."""
JUNK = ("__MACOSX", "Thumbs.db", "desktop.ini")


class UnreadableFile(Exception):
    """One file cannot be read; the text is a sentence that says why."""


class Files(ABC):
    """Files by their names, such as "train/cat/0001.jpg"; names that lead elsewhere are among `refused`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sizes: dict[str, int] = {}
        """Bytes of each file as it says, by name, in the order in which they are read fastest."""
        self.folders: list[str] = []
        self.refused: list[tuple[str, str]] = []

    @property
    def title(self) -> str:
        """What a person calls it."""
        return _stem(self.path.name or str(self.path))

    def read(self, name: str, most: int = LARGEST_FILE) -> bytes:
        """A whole file, or its first `most` bytes. Raises UnreadableFile."""
        if self.sizes[name] > LARGEST_FILE:
            raise UnreadableFile(
                f"{name} has {self.sizes[name] >> 20} MB; at most {LARGEST_FILE >> 20} MB are read."
            )
        try:
            with self.opened(name) as file:
                return file.read(min(most, LARGEST_FILE))
        except BROKEN as error:
            raise UnreadableFile(f"{name} cannot be read: {_reason(error)}.") from error

    @abstractmethod
    def opened(self, name: str) -> IO[bytes]:
        """A file to be read from; raises what is BROKEN."""

    def close(self) -> None:  # noqa: B027  (a folder holds nothing open)
        """Let go of the archive."""

    def _enter(self, name: str, size: int) -> bool:
        """Note a file if it is one of a data set."""
        parts = parts_of(name)
        if any((part.startswith(".") and part != "..") or part in JUNK for part in parts):
            return False
        if not parts or ".." in parts or parts[0].startswith("/") or ":" in parts[0]:
            self.refused.append((name, f"The path {name} leads out of the archive."))
            return False
        self.sizes[name] = size
        if len(self.sizes) > MOST_FILES:
            raise DataSetError(f"{self.path.name} holds more than {MOST_FILES:,} files. Divide it first.")
        return True


class FolderFiles(Files):
    """The files of a folder, and if `deep` of those in it; links to folders elsewhere are not followed."""

    def __init__(self, path: Path, watcher: Watcher, deep: bool = True) -> None:
        super().__init__(path)
        for folder, folders, names in os.walk(path, onerror=_raise):
            folders[:] = sorted(folders) if deep else []
            inside = Path(folder).relative_to(path)
            self.folders.append(inside.as_posix())
            for name in sorted(names):
                full = Path(folder) / name
                if full.is_file():
                    self._enter((inside / name).as_posix(), full.stat().st_size)
            watcher.tell(f"Looking through {self.title}", len(self.sizes))

    def opened(self, name: str) -> IO[bytes]:
        return (self.path / name).open("rb")


class ZipFiles(Files):
    """The files of a zip; what it says about their sizes is believed only as far as it can be true."""

    def __init__(self, path: Path, watcher: Watcher) -> None:
        super().__init__(path)
        self._zip = zipfile.ZipFile(path)
        total = 0
        for info in self._zip.infolist():
            if info.is_dir():
                self.folders.append(info.filename)
                continue
            total += info.file_size
            if total > LARGEST_ARCHIVE or info.file_size > STRONGEST_PACKING * info.compress_size + 1024:
                self._zip.close()
                raise _bomb(path, info.filename)
            self._enter(info.filename, info.file_size)
            watcher.tell(f"Looking through {self.title}", len(self.sizes))

    def opened(self, name: str) -> IO[bytes]:
        return self._zip.open(name)

    def close(self) -> None:
        self._zip.close()


class TarFiles(Files):
    """The files of a tar, packed or not; links and devices in it are passed over."""

    def __init__(self, path: Path, watcher: Watcher) -> None:
        super().__init__(path)
        self._tar = tarfile.open(path)  # noqa: SIM115  (closed by `close`)
        self._members: dict[str, tarfile.TarInfo] = {}
        total = 0
        while (member := self._tar.next()) is not None:
            total += member.size
            if total > LARGEST_ARCHIVE:
                self._tar.close()
                raise _bomb(path, member.name)
            if member.isdir():
                self.folders.append(member.name)
            if member.isreg() and self._enter(member.name, member.size):
                self._members[member.name] = member
            watcher.tell(f"Looking through {self.title}", len(self.sizes))

    def opened(self, name: str) -> IO[bytes]:
        file = self._tar.extractfile(self._members[name])
        assert file is not None
        return file

    def close(self) -> None:
        self._tar.close()


def parts_of(name: str) -> tuple[str, ...]:
    """The folders in a name and what stands after them; Windows writes some zips with backslashes."""
    return PurePosixPath(name.replace("\\", "/")).parts


@contextmanager
def files_of(path: Path, watcher: Watcher) -> Iterator[Files | None]:
    """The files of a folder, zip or tar; None if `path` is none of them. Raises DataSetError."""
    files = _files_of(path, watcher)
    try:
        yield files
    finally:
        if files is not None:
            files.close()


def _files_of(path: Path, watcher: Watcher) -> Files | None:
    try:
        if path.is_dir():
            return FolderFiles(path, watcher)
        if zipfile.is_zipfile(path):
            return ZipFiles(path, watcher)
        if ".tar" in path.name or path.suffix == ".tgz":
            return TarFiles(path, watcher)
    except BROKEN as error:
        raise DataSetError(
            f"{path.name} cannot be read: {_reason(error)}. Copy or download it again."
        ) from error
    if path.suffix.lower() == ".zip":
        raise DataSetError(f"{path.name} is no zip file, or is cut off. Copy or download it again.")
    return None


def _bomb(path: Path, name: str) -> DataSetError:
    return DataSetError(
        f"{path.name} would become far too large when unpacked (see {name}), so it was not opened. "
        "Check where it comes from."
    )


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    if isinstance(error, RuntimeError) and "password" in str(error):
        return "it is protected by a password"
    return "it is damaged or cut off"


def _stem(name: str) -> str:
    for suffix in (".zip", ".npz", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".tar"):
        if name.lower().endswith(suffix):
            return name[: -len(suffix)]
    return name


def _raise(error: OSError) -> None:
    raise error

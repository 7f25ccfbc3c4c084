"""A folder of images as a slide show."""

from __future__ import annotations

import re
from pathlib import Path

from explorer.sources.image_file import FORMATS, SUFFIXES, read_image
from explorer.sources.source import Frame, Source, SourceError, Wait


class FolderSource(Source):
    """The images of a folder in the order of their names; unreadable files are passed over and counted."""

    kind = "folder"
    title = "Folder"
    help = "The images of a folder, one after the other: previous, next."
    can_seek = True

    def __init__(self, path: str | Path) -> None:
        super().__init__()
        self.path = Path(path)
        self.skipped: dict[str, str] = {}
        self._files: list[Path] = []
        self._wanted = 0
        self._direction = 1
        self._delivered = False

    @classmethod
    def recognised(cls, text: str) -> FolderSource | None:
        return cls(text) if Path(text).is_dir() else None

    @property
    def address(self) -> str:
        return str(self.path)

    def open(self) -> None:
        try:
            found = [
                path for path in self.path.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file()
            ]
        except OSError as error:
            raise SourceError(
                f"The folder {self.path} cannot be read: {error.strerror}. Choose another one."
            ) from error
        if not found:
            raise SourceError(f"There is no image in {self.path}. Expected files of the kinds {FORMATS}.")
        self._files = sorted(found, key=lambda path: natural_order(path.name))
        self.length = len(self._files)
        self.skipped = {}
        self._delivered = False

    def read(self, wait: Wait) -> Frame | None:
        if self._delivered:
            return None
        while self._files:
            path = self._files[self._wanted]
            try:
                picture = read_image(path, self.is_given_up)
            except SourceError as error:
                self._skip(path, str(error))
                continue
            self.position, self._delivered = self._wanted, True
            return self._frame(picture.pixels, path.name)
        raise SourceError(
            f"None of the {len(self.skipped)} images in {self.path} can be read. The first: "
            f"{next(iter(self.skipped.values()), '')}"
        )

    def seek(self, position: int) -> None:
        """Show the image at `position`; before the first comes the last."""
        if self._files:
            self._direction = -1 if position < self.position else 1
            self._wanted = position % len(self._files)
            self._delivered = False

    def describe(self) -> str:
        parts = [self.path.name or str(self.path), f"{self.length} images"]
        if self.skipped:
            parts.append(f"{len(self.skipped)} unreadable")
        return ", ".join(parts)

    def _skip(self, path: Path, why: str) -> None:
        self.skipped[path.name] = why
        at = self._wanted
        del self._files[at]
        self.length = len(self._files)
        if self._files:
            self._wanted = (at - (self._direction < 0)) % len(self._files)


def natural_order(name: str) -> list[tuple[int, int | str]]:
    """A key for sorting: image2 comes before image10."""
    parts = re.split(r"(\d+)", name.lower())
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in parts]

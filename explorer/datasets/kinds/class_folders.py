"""A folder or zip with one folder of images per class."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain

import numpy as np

from explorer.datasets.dataset import DataSet, DataSetError, LeftOut, fitted_one
from explorer.datasets.files import Files, UnreadableFile, parts_of
from explorer.datasets.reader import Given, Reader
from explorer.datasets.together import TEST, TRAIN, TogetherFiles
from explorer.datasets.watcher import Watcher
from explorer.sources.folder import natural_order
from explorer.sources.image_file import SUFFIXES, decode_image
from explorer.sources.image_header import read_header
from explorer.sources.preparation import Preparation
from explorer.sources.source import Pixels, SourceError

FIRST_BYTES = 1 << 16
LONGEST_MIXED = 256
"""Pixels of the longer side, where the images have many sizes."""
MOST_BYTES = 1 << 30
"""What all images together may take in memory."""


@dataclass(frozen=True)
class Member:
    """An image file: its name, and where it belongs."""

    name: str
    label: str
    is_test: bool


@dataclass(frozen=True)
class Format:
    """What all images of a data set are brought to."""

    height: int
    width: int
    channels: int


class ClassFoldersReader(Reader):
    """Images in folders that bear the names of their classes, perhaps inside train/ and test/."""

    kind = "class-folders"
    title = "Folder or zip with a folder per class"
    help = "Each folder is a class and holds its images; folders train and test around them are honoured."
    rank = 2  # what has no other form

    def __init__(self, files: Files, address: str) -> None:
        self._files = files
        self._address = address

    @classmethod
    def recognised(cls, given: Given) -> Reader | None:
        files = given.files
        if files is None:
            return None
        if given.path.is_dir() and not any(map(_is_image, files.sizes)):
            together = given.kept(TogetherFiles(files, given.watcher))
            files = together if together.sizes else files
        return cls(files, str(given.path))

    def read(self, watcher: Watcher) -> DataSet:
        files = self._files
        members, left_out = _members(files)
        if not members:
            raise DataSetError(_nothing(files, left_out))
        form = self._format(members, watcher)
        members, images, fitted, unreadable = self._images(members, form, watcher)
        classes = sorted({member.label for member in members}, key=natural_order)
        tested = sum(member.is_test for member in members)
        number = {name: label for label, name in enumerate(classes)}
        return DataSet(
            images=images,
            labels=np.array([number[member.label] for member in members], np.int64),
            classes=tuple(classes),
            title=files.title,
            address=self._address,
            origin=str(files.path),
            notes=tuple(_notes(files, members, fitted, form)),
            left_out=LeftOut.of(left_out + unreadable),
            tested=tested if tested < len(members) else 0,
            names=tuple(member.name for member in members),
        )

    def _format(self, members: list[Member], watcher: Watcher) -> Format:
        """What most images have already, or something in the middle of what they have."""
        sizes: Counter[tuple[int, int]] = Counter()
        is_grey = True
        for at, member in enumerate(members):
            watcher.tell(f"Looking at {self._files.title}", at, len(members))
            shape = self._shape(member.name)
            if shape is not None:
                sizes[shape[:2]] += 1
                is_grey = is_grey and shape[2] == 1
        if not sizes:
            sizes[1, 1] = 1  # not one can be read, as reading them will tell
        return _common_format(sizes, 1 if is_grey else 3, len(members))

    def _shape(self, name: str) -> tuple[int, int, int] | None:
        """Height, width and channels of an image; None if it cannot be read."""
        try:
            header = read_header(self._files.read(name, FIRST_BYTES))
            if header is None:  # some TIFFs tell it at their end only
                height, width, channels = decode_image(name, self._files.read(name)).pixels.shape
                return height, width, channels
        except (SourceError, UnreadableFile):
            return None
        return (header.height, header.width, header.channels) if header.height * header.width > 0 else None

    def _images(
        self, members: list[Member], form: Format, watcher: Watcher
    ) -> tuple[list[Member], Pixels, int, list[tuple[str, str]]]:
        """Those that can be read with their images, how many had another size, and why others cannot be read."""
        images = np.empty((len(members), form.height, form.width, form.channels), np.uint8)
        read: list[Member] = []
        fitted, unreadable = 0, []
        crop = Preparation(fit="crop")
        for at, member in enumerate(members):
            watcher.tell(f"Reading {self._files.title}", at, len(members))
            try:
                pixels = decode_image(member.name, self._files.read(member.name)).pixels
            except (SourceError, UnreadableFile) as error:
                unreadable.append((member.name, str(error)))
                continue
            if pixels.shape[:2] != (form.height, form.width):
                pixels = fitted_one(pixels, crop, form.height, form.width)
                fitted += 1
            images[len(read)] = pixels if form.channels == 3 else pixels[:, :, :1]
            read.append(member)
        watcher.tell(f"Reading {self._files.title}", len(members), len(members))
        return read, images[: len(read)], fitted, unreadable


def _members(files: Files) -> tuple[list[Member], list[tuple[str, str]]]:
    """The image files with their classes, those for testing last; and what is left out, with why."""
    folders = {name: parts_of(name)[:-1] for name in files.sizes}
    depth = class_depth([folder for name, folder in folders.items() if _is_image(name)])
    found, left_out = [], list(files.refused)
    for name, folder in folders.items():
        if _is_image(name) and len(folder) > depth:
            is_test = any(part.lower() in TEST for part in folder[:depth])
            found.append(Member(name, folder[depth], is_test))
        elif _is_image(name):
            left_out.append((name, f"{name} lies in no folder of a class."))
        elif len(folder) > depth:
            left_out.append((name, f"{name} is no image."))
    return sorted(found, key=lambda member: member.is_test), left_out


def class_depth(folders: list[tuple[str, ...]]) -> int:
    """How many folders stand around those that are the classes, given the folders around each image."""
    depth = 0
    while True:
        rest = [folder[depth:] for folder in folders if len(folder) > depth]
        firsts = {one[0].lower() for one in rest}
        seconds = {one[1] for one in rest if len(one) > 1}
        is_wrapper = len(firsts) == 1 and (len(seconds) > 1 or all(len(one) > 1 for one in rest))
        if not seconds or not (is_wrapper or firsts <= TRAIN | TEST):
            return depth
        depth += 1


def _common_format(sizes: Counter[tuple[int, int]], channels: int, count: int) -> Format:
    (height, width), most = sizes.most_common(1)[0]
    if most * 2 < sizes.total():
        every = np.array(list(sizes.elements()))
        height, width = (int(value) for value in np.median(every, axis=0))
        shrink = min(1.0, LONGEST_MIXED / max(height, width))
        height, width = max(1, round(height * shrink)), max(1, round(width * shrink))
    shrink = min(1.0, (MOST_BYTES / (count * height * width * channels)) ** 0.5)
    return Format(max(1, int(height * shrink)), max(1, int(width * shrink)), channels)


def _notes(files: Files, members: list[Member], fitted: int, form: Format) -> list[str]:
    notes = []
    if fitted:
        were = "1 image of another size was" if fitted == 1 else f"{fitted:,} images of other sizes were"
        notes.append(f"{were} fitted to {form.width} x {form.height}.")
    empty = _empty_classes(files, members)
    if empty:
        names = ", ".join(empty[:3]) + (f" and {len(empty) - 3} more" if len(empty) > 3 else "")
        hold = "The folder {} holds" if len(empty) == 1 else "The folders {} hold"
        notes.append(f"{hold.format(names)} no image that can be read, and became no class.")
    return notes


def _empty_classes(files: Files, members: list[Member]) -> list[str]:
    """Folders that stand where classes stand, but gave no image."""
    folders = [parts_of(name)[:-1] for name in files.sizes]
    depth = class_depth([folder for name, folder in zip(files.sizes, folders) if _is_image(name)])
    around = chain(folders, map(parts_of, files.folders))
    labels = {folder[depth] for folder in around if len(folder) > depth}
    return sorted(labels - {member.label for member in members}, key=natural_order)


def _nothing(files: Files, left_out: list[tuple[str, str]]) -> str:
    sentence = (
        f"{files.path.name} holds no folders with images. Expected one folder per class, such as cat and dog."
    )
    return " ".join(filter(None, (sentence, LeftOut.of(left_out).describe())))


def _is_image(name: str) -> bool:
    return name[name.rfind(".") :].lower() in SUFFIXES

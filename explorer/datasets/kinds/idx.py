"""IDX files, packed or not: MNIST, Fashion-MNIST, KMNIST and EMNIST, as pairs of images and labels."""

from __future__ import annotations

import gzip
import io
import math
import re
import string
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.datasets.dataset import DataSet, DataSetError, Labels
from explorer.datasets.files import LARGEST_FILE, Files, UnreadableFile
from explorer.datasets.reader import Given, Reader
from explorer.datasets.watcher import Watcher
from explorer.sources.source import Pixels

NAMES = re.compile(
    r"(?P<set>.*?)(?P<part>train|test|t10k)[-_.](?P<holds>images|labels)[-_.]idx(?P<axes>[13])[-_.]ubyte(\.gz)?"
)
"""train-images-idx3-ubyte.gz, emnist-letters-test-labels-idx1-ubyte, t10k-images.idx3-ubyte."""
BYTES = 8  # the code for unsigned bytes in the third byte
FASHION = "T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"
KUZUSHIJI = "o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"
LETTERS = tuple(string.ascii_uppercase)
EMNIST = {  # Cohen et al. 2017, "EMNIST: an extension of MNIST to handwritten letters", section II
    "letters": LETTERS,
    "byclass": (*string.digits, *LETTERS, *string.ascii_lowercase),
    "bymerge": (*string.digits, *LETTERS, *"abdefghnqrt"),
    "balanced": (*string.digits, *LETTERS, *"abdefghnqrt"),
}


@dataclass(frozen=True)
class Pair:
    """Images and their labels: the names of two files."""

    images: str
    labels: str


class IdxReader(Reader):
    """The pairs of files that belong together, found by their names."""

    kind = "idx"
    title = "IDX files"
    help = "MNIST, Fashion-MNIST, KMNIST or EMNIST: the usual files, packed (gz) or not, in a folder or zip."
    rank = 1

    def __init__(self, files: Files, chosen: str, address: str) -> None:
        self._files = files
        self._chosen = chosen
        self._address = address

    @classmethod
    def recognised(cls, given: Given) -> Reader | None:
        files = given.files
        if files is None and given.path.is_file() and NAMES.fullmatch(given.path.name):
            assert given.beside is not None
            return cls(given.beside, given.path.name, str(given.path))
        if files is None or not any(map(NAMES.fullmatch, files.sizes)):
            return None
        return cls(files, "", str(given.path))

    def read(self, watcher: Watcher) -> DataSet:
        name = self._set()
        train, test = self._pair(name, ("train",)), self._pair(name, ("t10k", "test"))
        pairs = [pair for pair in (train, test) if pair is not None]
        parts = [self._part(pair, watcher) for pair in pairs]
        sizes = {images.shape[1:] for images, _ in parts}
        if len(sizes) > 1:
            raise DataSetError(
                f"{pairs[1].images} holds images of another size than {pairs[0].images}: "
                f"{_size(parts[1][0])} and {_size(parts[0][0])}. Take files that belong together."
            )
        images, labels = (np.concatenate(each) for each in zip(*parts, strict=True))
        if "emnist" in name.lower():
            images = images.transpose(0, 2, 1)  # (n, w, h): its images lie on their side
        return DataSet(
            images=np.ascontiguousarray(images)[..., None],  # (n, h, w, 1)
            **_named(self._context(name), labels),
            title=name.rpartition("/")[2].strip("-_") or self._files.title,
            address=self._address,
            origin=str(self._files.path),
            tested=len(parts[1][0]) if len(parts) > 1 else 0,
        )

    def _set(self) -> str:
        """What the names of the files begin with; the files of several sets may lie together."""
        if self._chosen:
            match = NAMES.fullmatch(self._chosen)
            assert match is not None
            return match["set"]
        sets: dict[str, set[str]] = {}
        for match in map(NAMES.fullmatch, self._files.sizes):
            if match:
                sets.setdefault(match["set"], set()).add(match["holds"])
        whole = [name for name, holds in sets.items() if len(holds) == 2]
        return self._only(sorted(whole or sets))

    def _only(self, sets: list[str]) -> str:
        if len(sets) > 1:
            example = next(name for name in self._files.sizes if name.startswith(sets[0]))
            raise DataSetError(
                f"{self._files.path.name} holds {len(sets)} data sets ({', '.join(sets)}). "
                f"Choose one of them by one of its files, such as {example}."
            )
        return sets[0]

    def _pair(self, name: str, parts: tuple[str, ...]) -> Pair | None:
        """The images of a part and their labels; None where there are none. Raises where one lacks the other."""
        found: dict[str, str] = {}
        for file in self._files.sizes:
            match = NAMES.fullmatch(file)
            if match and match["set"] == name and match["part"] in parts:
                found.setdefault(match["holds"], file)
        if len(found) == 1:
            ((holds, file),) = found.items()
            other = _partner(file)
            raise DataSetError(
                f"The {'labels' if holds == 'images' else 'images'} of {file} are missing: expected {other} beside it."
            )
        return Pair(found["images"], found["labels"]) if found else None

    def _part(self, pair: Pair, watcher: Watcher) -> tuple[Pixels, Labels]:
        watcher.tell(f"Reading {pair.images}", 0, 2)
        images = read_idx(self._files, pair.images, 3)
        watcher.tell(f"Reading {pair.labels}", 1, 2)
        labels = read_idx(self._files, pair.labels, 1)
        if len(images) != len(labels):
            raise DataSetError(
                f"{pair.images} holds {len(images):,} images, but {pair.labels} {len(labels):,} labels. "
                "Take files that belong together."
            )
        return images, labels.astype(np.int64)

    def _context(self, name: str) -> str:
        """All names from which one can tell which data set it is."""
        return f"{self._files.path.parent.name}/{self._files.path.name}/{name}".lower()


def read_idx(files: Files, name: str, axes: int) -> NDArray[np.uint8]:
    """An IDX file with so many axes, of bytes. Raises DataSetError."""
    try:
        content = files.read(name)
        stream = gzip.GzipFile(fileobj=io.BytesIO(content)) if name.endswith(".gz") else io.BytesIO(content)
        with stream:
            magic = stream.read(4)
            expected = bytes((0, 0, BYTES, axes))
            if magic != expected:
                raise DataSetError(_wrong_magic(name, magic, expected, axes))
            sizes = stream.read(4 * axes)
            shape = tuple(np.frombuffer(sizes, ">u4", len(sizes) // 4).tolist()) if len(sizes) > 3 else ()
            count = math.prod(shape) if len(shape) == axes else -1
            if not 0 <= count <= LARGEST_FILE or 0 in shape[1:]:
                raise DataSetError(
                    f"{name} says that it holds {' x '.join(map(str, shape)) or 'nothing'}, which cannot be. "
                    "Download it again."
                )
            values = stream.read(count)
            stream.read(1)  # the checksum of a packed file stands at its end
    except (OSError, EOFError, zlib.error) as error:
        raise DataSetError(f"{name} is damaged or cut off. Download it again.") from error
    except UnreadableFile as error:
        raise DataSetError(f"{error} Download it again.") from error
    if len(values) < count:
        raise DataSetError(
            f"{name} is cut off: it says that it holds {count:,} bytes, but ends after {len(values):,}. "
            "Download it again."
        )
    return np.frombuffer(values, np.uint8).reshape(shape)


def _partner(file: str) -> str:
    """The name of the labels of these images, or of the images of these labels."""
    match = NAMES.fullmatch(file)
    assert match is not None
    (holds, holds_end), (axes, axes_end) = match.span("holds"), match.span("axes")
    other, number = ("labels", "1") if match["holds"] == "images" else ("images", "3")
    return file[:holds] + other + file[holds_end:axes] + number + file[axes_end:]


def _wrong_magic(name: str, magic: bytes, expected: bytes, axes: int) -> str:
    what = "images" if axes == 3 else "labels"
    if name.endswith(".gz") or magic[:2] != b"\x1f\x8b":
        hint = "Download it again, or take the file of that name from where you found the others."
    else:
        hint = "It is packed: give it a name that ends in .gz."
    return (
        f"{name} is no IDX file of {what}: it begins with {magic.hex(' ') or 'nothing'}, "
        f"expected {expected.hex(' ')}. {hint}"
    )


def _named(context: str, labels: Labels) -> dict[str, Any]:
    """Labels from 0 on and the names of their classes, as far as the names of the files tell."""
    highest = int(labels.max()) if len(labels) else 0
    names: tuple[str, ...] = ()
    if "emnist" in context:
        names = next((found for key, found in EMNIST.items() if key in context), ())
        if names is LETTERS and highest == len(LETTERS) and labels.min() > 0:
            labels, highest = labels - 1, highest - 1  # there they count from 1
    elif "fashion" in context:
        names = FASHION
    elif "kmnist" in context or "kuzushiji" in context:
        names = KUZUSHIJI
    if highest >= len(names):
        names = tuple(str(label) for label in range(highest + 1))
    return {"labels": labels, "classes": names}


def _size(images: Pixels) -> str:
    return f"{images.shape[2]} x {images.shape[1]}"

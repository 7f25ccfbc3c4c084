"""NPZ: arrays by name, as NumPy and Keras save them. Python objects in it are never opened."""

from __future__ import annotations

import io
import math
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.datasets.dataset import DataSet, DataSetError, Labels
from explorer.datasets.files import BROKEN, LARGEST_FILE, Files, UnreadableFile
from explorer.datasets.reader import Given, Reader
from explorer.datasets.watcher import Watcher
from explorer.sources.pixels import as_bytes, over_white
from explorer.sources.source import Pixels

PAIRS = (  # as Keras, MedMNIST, scikit-learn and many others name them
    ("x_{}", "y_{}"), ("X_{}", "y_{}"), ("{}_images", "{}_labels"), ("{}_x", "{}_y"),
    ("{}_data", "{}_labels"), ("images_{}", "labels_{}"),
)  # fmt: skip
TRAIN, TEST = ("train",), ("test", "val", "valid", "validation")
ALONE = (
    ("x", "y"),
    ("X", "y"),
    ("images", "labels"),
    ("data", "labels"),
    ("data", "target"),
    ("arr_0", "arr_1"),
)
NAMES = "classes", "class_names", "label_names", "target_names"
MOST_CLASSES = 10_000


class NpzReader(Reader):
    """Images and labels by the names of their arrays."""

    kind = "npz"
    title = "NumPy archive"
    help = "An .npz with x_train, y_train, x_test, y_test as Keras' mnist.npz, or with images and labels."
    rank = 1

    def __init__(self, files: Files, address: str) -> None:
        self._files = files
        self._address = address

    @classmethod
    def recognised(cls, given: Given) -> Reader | None:
        if given.path.suffix.lower() != ".npz" or not given.path.is_file():
            return None
        if not zipfile.is_zipfile(given.path) or given.files is None:
            raise DataSetError(f"{given.path.name} is no .npz, or is cut off. Save or download it again.")
        return cls(given.files, str(given.path))

    def read(self, watcher: Watcher) -> DataSet:
        train, test = self._pairs()
        pairs = [pair for pair in (train, test) if pair]
        images, labels, told = [], [], []
        for at, (x, y) in enumerate(pairs):
            watcher.tell(f"Reading {self._files.title}", at, len(pairs))
            images.append(_as_images(self._array(x), f"{x} in {self._file}"))
            labels.append(self._array(y))
            self._check_counts(x, images[-1], y, labels[-1])
        if len({part.shape[1:] for part in images}) > 1:
            sizes = " and ".join(" x ".join(map(str, part.shape[1:])) for part in images)
            raise DataSetError(
                f"The images in {self._file} have different sizes: {sizes}. Save them in one size."
            )
        known = next((name for name in NAMES if f"{name}.npy" in self._files.sizes), None)
        told = [str(name) for name in self._array(known).ravel()] if known else []
        numbers, classes = _as_labels(labels, told, self._file)
        return DataSet(
            images=np.concatenate(images),
            labels=numbers,
            classes=classes,
            title=self._files.title,
            address=self._address,
            origin=str(self._files.path),
            tested=len(images[1]) if len(images) > 1 else 0,
        )

    @property
    def _file(self) -> str:
        return self._files.path.name

    def _pairs(self) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
        """The names of images and labels for training and for testing."""
        there = {name.removesuffix(".npy") for name in self._files.sizes if name.endswith(".npy")}
        for x, y in PAIRS:
            found = [
                next(((x.format(word), y.format(word)) for word in part if x.format(word) in there), None)
                for part in (TRAIN, TEST)
            ]
            if found[0]:
                self._check_labels([pair for pair in found if pair], there)
                return found[0], found[1]
        whole = (pair for pair in ALONE if there.issuperset(pair))
        alone = next(whole, None) or next((pair for pair in ALONE if pair[0] in there), None)
        if alone is None:
            raise DataSetError(
                f"{self._file} holds {', '.join(sorted(there)[:8]) or 'no arrays'}. "
                "Expected x_train and y_train, or images and labels."
            )
        self._check_labels([alone], there)
        return alone, None

    def _check_labels(self, pairs: list[tuple[str, str]], there: set[str]) -> None:
        for x, y in pairs:
            if y not in there:
                raise DataSetError(f"{self._file} holds {x}, but no labels: expected {y} beside it.")

    def _check_counts(self, x: str, images: Pixels, y: str, labels: NDArray[Any]) -> None:
        if labels.ndim == 0 or len(images) != len(labels):
            raise DataSetError(
                f"{self._file} holds {len(images):,} images in {x}, but {len(np.atleast_1d(labels)):,} labels in {y}. "
                "Save them again together."
            )

    def _array(self, name: str) -> NDArray[Any]:
        """An array without any Python object in it; what its header says is believed if the file is as long."""
        file = f"{name}.npy"
        try:
            content = io.BytesIO(self._files.read(file))
            version = np.lib.format.read_magic(content)
            read_header = (
                np.lib.format.read_array_header_1_0
                if version == (1, 0)
                else np.lib.format.read_array_header_2_0
            )
            shape, _, dtype = read_header(content)
            if dtype.hasobject:
                raise DataSetError(
                    f"{name} in {self._file} holds Python objects, which could run any program when they are opened, "
                    "so they were not. Save images and labels as plain numbers."
                )
            size = math.prod(shape) * dtype.itemsize
            if size > LARGEST_FILE or content.tell() + size > content.getbuffer().nbytes:
                raise DataSetError(f"{name} in {self._file} is cut off or damaged. Save it again.")
            content.seek(0)
            return np.asarray(np.lib.format.read_array(content, allow_pickle=False))
        except UnreadableFile as error:
            raise DataSetError(f"{error} Save it again.") from error
        except BROKEN as error:
            raise DataSetError(
                f"{name} in {self._file} is no array that NumPy can read. Save it again."
            ) from error


def _as_images(array: NDArray[Any], name: str) -> Pixels:
    """(n, h, w), (n, h, w, c), (n, c, h, w) or (n, side * side) of any number type as (n, h, w, 1 or 3) of uint8."""
    if array.dtype.kind not in "buif":
        raise DataSetError(f"{name} holds {array.dtype}, no numbers. Save images as bytes.")
    if array.ndim == 2 and math.isqrt(array.shape[1]) ** 2 == array.shape[1]:
        array = array.reshape(len(array), math.isqrt(array.shape[1]), -1)
    if array.ndim == 3:
        array = array[..., None]
    if array.ndim == 4 and _channels_come_first(array.shape):
        array = array.transpose(0, 2, 3, 1)  # (n, h, w, c)
    if array.ndim != 4 or array.shape[3] not in (1, 3, 4) or 0 in array.shape:
        raise DataSetError(
            f"{name} has the shape {' x '.join(map(str, array.shape))}, which are no images. "
            "Expected count x height x width, with 1, 3 or 4 channels behind it if they have colours."
        )
    pixels = _as_pixels(array)
    if pixels.shape[3] == 4:
        count, height, width, _ = pixels.shape
        pixels = over_white(pixels.reshape(-1, width, 4)).reshape(count, height, width, 3)
    return np.ascontiguousarray(pixels)


def _channels_come_first(shape: tuple[int, ...]) -> bool:
    """Of two possible readings the one with 1 or 3 channels, and among equals the one with channels last."""
    if shape[3] in (1, 3) or shape[1] in (1, 3):
        return shape[3] not in (1, 3)
    return shape[1] == 4 and shape[3] != 4


def _as_pixels(array: NDArray[Any]) -> Pixels:
    """Numbers within 0 to 255 are taken as they are, fractions within 0 to 1 times 255, others stretched."""
    if array.dtype.kind in "uif" and array.dtype != np.uint8:
        low, high = float(np.nanmin(array)), float(np.nanmax(array))
        if low >= 0 and 1 < high <= 255:
            return np.asarray(np.rint(np.nan_to_num(array)), np.uint8)
    return as_bytes(array)


def _as_labels(parts: list[NDArray[Any]], told: list[str], file: str) -> tuple[Labels, tuple[str, ...]]:
    """Numbers of classes from labels in any form: numbers, texts, one of n set; and the classes' names."""
    labels = np.concatenate([part.reshape(len(part), -1) for part in parts])  # (n, 1 or classes)
    if labels.shape[1] > 1 and labels.dtype.kind in "buif":
        labels = labels.argmax(axis=1)[:, None]
    if labels.shape[1] != 1:
        raise DataSetError(f"The labels in {file} have {labels.shape[1]} values per image. Expected one.")
    labels = labels[:, 0]
    if labels.dtype.kind in "US":
        texts, numbers = np.unique(labels.astype(str), return_inverse=True)
        return numbers.astype(np.int64), tuple(texts.tolist())
    if labels.dtype.kind not in "buif" or not np.array_equal(labels, np.rint(labels)):
        raise DataSetError(f"The labels in {file} are no whole numbers. Expected class numbers from 0 on.")
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= MOST_CLASSES:
        raise DataSetError(f"The labels in {file} go from {low} to {high}. Expected class numbers from 0 on.")
    names = told if len(told) > high else [str(label) for label in range(high + 1)]
    return labels.astype(np.int64), tuple(names)

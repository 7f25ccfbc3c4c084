"""A data set: labelled images of one size, held in memory as bytes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.engine.layer import Array
from explorer.sources.preparation import Preparation
from explorer.sources.preparing import prepare
from explorer.sources.source import Pixels

Labels = NDArray[np.int64]
Indices = NDArray[np.intp]
Scalar = TypeVar("Scalar", bound=np.generic)

REASONS_KEPT = 1000
REASONS_TOLD = 3


class DataSetError(Exception):
    """A data set cannot be had; the text says what happened, what was expected and what to do."""


@dataclass(frozen=True)
class LeftOut:
    """What a data set would also hold if it could be read: how many, and the first of them with why."""

    count: int = 0
    reasons: tuple[tuple[str, str], ...] = ()
    """Names of files, each with a sentence."""

    @classmethod
    def of(cls, reasons: Sequence[tuple[str, str]]) -> LeftOut:
        """These files, each with a sentence that says why."""
        return cls(len(reasons), tuple(reasons[:REASONS_KEPT]))

    def describe(self) -> str:
        """One line for a person; empty if nothing was left out."""
        if not self.count:
            return ""
        names = ", ".join(name for name, _ in self.reasons[:REASONS_TOLD])
        more = f" and {self.count - REASONS_TOLD} more" if self.count > REASONS_TOLD else ""
        were = "1 file was" if self.count == 1 else f"{self.count} files were"
        return f"{were} left out: {names}{more}. The first: {self.reasons[0][1]}"


@dataclass(frozen=True, eq=False)
class DataSet:
    """Images (count, height, width, 1 or 3) of uint8, read-only, each with the number of its class.

    The last `tested` of them are those that whoever made the data set keeps apart for testing.
    """

    images: Pixels
    labels: Labels
    classes: tuple[str, ...]
    title: str
    address: str = ""
    """The text from which `open_dataset` makes it again; empty if there is none."""
    origin: str = ""
    """Who made it and where it comes from, for a person."""
    notes: tuple[str, ...] = ()
    """Sentences on what had to be done to the images."""
    left_out: LeftOut = LeftOut()
    tested: int = 0
    names: tuple[str, ...] = ()
    """The images' file names, if they have any."""

    def __post_init__(self) -> None:
        shape, count = self.images.shape, len(self.images)
        if self.images.dtype != np.uint8 or len(shape) != 4 or shape[3] not in (1, 3) or 0 in shape[1:]:
            raise ValueError(f"Images are count x height x width x 1 or 3 of uint8, got {shape}.")
        if self.labels.shape != (count,) or len(self.names) not in (0, count) or self.tested > count:
            raise ValueError(
                f"Every image needs one label, got {count} images and {len(self.labels)} labels."
            )
        if count and (self.labels.min() < 0 or self.labels.max() >= len(self.classes)):
            raise ValueError(f"Labels lie between 0 and {len(self.classes) - 1}, got {self.labels.max()}.")
        object.__setattr__(self, "images", _read_only(self.images))
        object.__setattr__(self, "labels", _read_only(self.labels.astype(np.int64, copy=False)))

    def __len__(self) -> int:
        return len(self.images)

    @property
    def height(self) -> int:
        return int(self.images.shape[1])

    @property
    def width(self) -> int:
        return int(self.images.shape[2])

    @property
    def channels(self) -> int:
        return int(self.images.shape[3])

    @property
    def balance(self) -> tuple[int, ...]:
        """How many images each class has."""
        return tuple(np.bincount(self.labels, minlength=len(self.classes)).tolist())

    def class_of(self, index: int) -> str:
        """The name of the class of an image."""
        return self.classes[int(self.labels[index])]

    def describe(self) -> str:
        """What it is, in one line: "MNIST, 70,000 grey images of 28 x 28, 10 classes"."""
        kind = "grey" if self.channels == 1 else "colour"
        parts = f"{self.title}, {len(self):,} {kind} images of {self.width} x {self.height}"
        return f"{parts}, {len(self.classes)} classes"

    def part(self, indices: Indices) -> DataSet:
        """The images of these numbers, as a data set of their own."""
        names = tuple(self.names[index] for index in indices.tolist()) if self.names else ()
        return self.with_changes(
            images=self.images[indices], labels=self.labels[indices], names=names, tested=0
        )

    def with_changes(self, **changes: object) -> DataSet:
        """The same with other fields."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def pixels_as(self, channels: int, height: int, width: int) -> Pixels:
        """All images as (count, channels, height, width) of uint8, read-only, just as the live view prepares them.

        Without copying where they have that size already. Grey fills every channel; another size is fitted, with
        black bars where the shape differs.
        """
        planes = self.images
        if channels == 1 and self.channels == 3:
            rows = planes.reshape(-1, self.width, 3)
            planes = np.asarray(cv2.cvtColor(rows, cv2.COLOR_RGB2GRAY), np.uint8)
            planes = planes.reshape(len(self), self.height, self.width, 1)
        if (self.height, self.width) != (height, width):
            planes = fitted(planes, height, width)
        stacked = planes.transpose(0, 3, 1, 2)  # (n, c, h, w)
        if stacked.shape[1] != channels:
            stacked = stacked[:, np.arange(channels) % stacked.shape[1]]
        return _read_only(stacked)

    def images_as(self, channels: int, height: int, width: int) -> Array:
        """All images as (count, channels, height, width), float32 from 0 to 1."""
        return np.multiply(self.pixels_as(channels, height, width), np.float32(1 / 255))


def fitted(images: Sequence[Pixels] | Pixels, height: int, width: int, fit: str = "fit") -> Pixels:
    """Images (h, w, channels) in one size: (count, height, width, channels). `fit` is Preparation's."""
    preparation = Preparation(fit=fit)
    result = np.empty((len(images), height, width, images[0].shape[2]), np.uint8)
    for pixels, place in zip(images, result, strict=True):
        place[:] = fitted_one(pixels, preparation, height, width)
    return result


def fitted_one(pixels: Pixels, preparation: Preparation, height: int, width: int) -> Pixels:
    """One image (h, w, channels) as (height, width, channels)."""
    image = prepare(pixels, preparation, pixels.shape[2], height, width)[0]
    return np.asarray(np.rint(image * np.float32(255)), np.uint8).transpose(1, 2, 0)  # (h, w, c)


def _read_only(array: NDArray[Scalar]) -> NDArray[Scalar]:
    array = array.view()
    array.flags.writeable = False
    return array

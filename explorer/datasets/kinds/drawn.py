"""Data sets that the program draws itself, of any size and count, the same ones for the same seed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.datasets.dataset import DataSet, DataSetError
from explorer.datasets.reader import Given, Offer, Reader
from explorer.datasets.watcher import Watcher
from explorer.engine.setting import Declared, SettingError, setting
from explorer.sources.source import Pixels

PREFIX = "drawn:"
FINE = 4  # drawn so many times larger and averaged: smooth edges at any size
FIXED = 4  # bits behind the point, for OpenCV
Points = NDArray[np.float64]


class DrawnSet(Declared):
    """How a set is drawn. A subclass with a `kind` registers itself, and says how one image of a class looks."""

    family = "drawn data set"
    kinds: ClassVar[dict[str, type[DrawnSet]]] = {}
    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""
    help: ClassVar[str] = ""

    count: int = setting(default=1000, low=2, high=100_000, step=100, label="Images", help="Of all classes.")
    size: int = setting(default=28, low=8, high=256, help="Height and width of an image, in pixels.")
    seed: int = setting(default=0, low=0, high=2**31 - 1, help="The same seed draws the same images.")
    noise: float = setting(
        default=0.05, low=0, high=1, step=0.01, help="Standard deviation of random values that are added; white is 1."
    )  # fmt: skip

    @property
    @abstractmethod
    def classes(self) -> tuple[str, ...]:
        """The names of the classes."""

    @abstractmethod
    def drawn(self, label: int, rng: np.random.Generator) -> Pixels:
        """One image of a class, (size, size, 1 or 3) of uint8; all that is random in it comes from `rng`."""

    @property
    def address(self) -> str:
        """The text from which `open_dataset` draws the same set."""
        changed = {one.name: getattr(self, one.name) for one in self.settings()}
        defaults = {one.name: one.default for one in self.settings()}
        query = urlencode({name: value for name, value in changed.items() if value != defaults[name]})
        return f"{PREFIX}{self.kind}" + (f"?{query}" if query else "")

    def dataset(self, watcher: Watcher | None = None) -> DataSet:
        """Draw it. Raises Cancelled."""
        watcher = watcher or Watcher()
        order = np.random.default_rng([self.seed, 0])
        labels = order.permutation(np.arange(self.count) % len(self.classes))
        images = []
        for index, label in enumerate(labels.tolist()):
            watcher.tell(f"Drawing {self.title}", index, self.count)
            rng = np.random.default_rng([self.seed, 1, index])
            images.append(self._noisy(self.drawn(label, rng), rng))
        return DataSet(
            images=np.stack(images),
            labels=labels,
            classes=self.classes,
            title=self.title,
            address=self.address,
            origin=f"Drawn by this program, seed {self.seed}",
        )

    def _noisy(self, pixels: Pixels, rng: np.random.Generator) -> Pixels:
        if not self.noise:
            return pixels
        noise = rng.standard_normal(pixels.shape, np.float32) * np.float32(255 * self.noise)
        return np.asarray(np.rint(np.clip(pixels + noise, 0, 255)), np.uint8)


class DrawnReader(Reader):
    """Draws a set by its address: "drawn:shapes" or "drawn:shapes?count=500&size=32"."""

    kind = "drawn"
    title = "Drawn"
    help = "Sets that need no file: drawn by the program from a seed."
    rank = -1

    def __init__(self, drawn: DrawnSet) -> None:
        self._drawn = drawn

    @classmethod
    def recognised(cls, given: Given) -> Reader | None:
        if not given.text.startswith(PREFIX):
            return None
        return cls(drawn_set(given.text))

    def read(self, watcher: Watcher) -> DataSet:
        return self._drawn.dataset(watcher)

    @classmethod
    def offers(cls) -> Iterator[Offer]:
        for kind, drawn in DrawnSet.kinds.items():
            yield Offer(f"{PREFIX}{kind}", drawn.title, drawn.help)


def drawn_set(address: str) -> DrawnSet:
    """How the set of this address is drawn. Raises DataSetError."""
    kind, _, query = address.removeprefix(PREFIX).partition("?")
    try:
        return DrawnSet.of_kind(kind, {name: _number(text) for name, text in parse_qsl(query)})
    except SettingError as error:
        raise DataSetError(f"{address[:200]} names no data set: {error}") from error


def _number(text: str) -> Any:
    """A setting as it stands in an address."""
    if text in ("True", "False"):
        return text == "True"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def strokes_drawn(size: int, strokes: list[Points], thickness: float) -> Pixels:
    """White lines on black, (size, size); points (x, y) and the thickness are shares of the size."""
    canvas = np.zeros((size * FINE, size * FINE), np.uint8)
    width = max(1, round(thickness * size * FINE))
    cv2.polylines(canvas, [_fixed(stroke, size) for stroke in strokes], False, 255, width, cv2.LINE_AA, FIXED)
    return _averaged(canvas, size)


def outline_filled(size: int, outline: Points) -> Pixels:
    """A white area on black, (size, size); points (x, y) are shares of the size."""
    canvas = np.zeros((size * FINE, size * FINE), np.uint8)
    cv2.fillPoly(canvas, [_fixed(outline, size)], 255, cv2.LINE_AA, FIXED)
    return _averaged(canvas, size)


def turned(points: Points, degrees: float, scale: float = 1.0) -> Points:
    """Points turned anticlockwise about (0, 0) as one sees it (y goes down), and scaled."""
    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.asarray(points @ matrix.T * scale)


def _fixed(points: Points, size: int) -> NDArray[np.int32]:
    return np.rint((points * size * FINE - 0.5) * (1 << FIXED)).astype(np.int32)[:, None]


def _averaged(canvas: Pixels, size: int) -> Pixels:
    return np.asarray(cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA), np.uint8)

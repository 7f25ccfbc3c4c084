"""A part of a data set as the examples that a network learns from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.datasets.augmentation import Augmentation
from explorer.datasets.dataset import DataSet, Indices, Labels
from explorer.engine.layer import Array
from explorer.engine.memory import empty_maps
from explorer.sources.source import Pixels


@dataclass(frozen=True, eq=False)
class DataSetExamples:
    """Chosen images (count, channels, height, width) of uint8 with their labels, changed at random if so wanted."""

    pixels: Pixels
    labels: Labels
    chosen: Indices
    augmentation: Augmentation | None = None

    def __len__(self) -> int:
        return len(self.chosen)

    @property
    def targets(self) -> Labels:
        """The class numbers of all of them, in order."""
        return self.labels[self.chosen]

    def batch(self, indices: Indices, rng: np.random.Generator) -> tuple[Array, Labels]:
        """The images of these numbers, float32 from 0 to 1, and their class numbers."""
        numbers = self.chosen[indices]
        pixels = self.pixels[numbers]
        images = empty_maps(*pixels.shape)
        np.multiply(pixels, np.float32(1 / 255), out=images)
        if self.augmentation is not None:
            images = self.augmentation.applied(images, rng)
        return images, self.labels[numbers]


def examples(
    dataset: DataSet,
    chosen: Indices,
    shape: tuple[int, int, int],
    augmentation: Augmentation | None = None,
) -> DataSetExamples:
    """The chosen images of a data set for a network whose input is `shape` (channels, height, width)."""
    return DataSetExamples(dataset.pixels_as(*shape), dataset.labels, chosen, augmentation)

"""What a network took images for, against what they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.datasets.dataset import DataSet, DataSetError, Indices, Labels
from explorer.datasets.watcher import Progress, Watcher
from explorer.engine.class_answer import NoClasses, answered_classes, class_answer
from explorer.engine.evaluate import evaluate
from explorer.engine.layer import Array
from explorer.engine.network import Network

AT_ONCE = 64  # images


@dataclass(frozen=True, eq=False)
class Confusion:
    """For some images of a data set: which they are, which class they were taken for, and how surely."""

    indices: Indices
    """The numbers of the images in the data set."""
    labels: Labels
    guesses: Labels
    confidences: Array
    """The probability that the guessed class got."""
    classes: tuple[str, ...]

    @classmethod
    def of(cls, dataset: DataSet, indices: Indices, probabilities: Array) -> Confusion:
        """From the probabilities (image, class) that these images got."""
        guesses = probabilities.argmax(axis=1)
        confidences = probabilities[np.arange(len(guesses)), guesses]
        return cls(indices, dataset.labels[indices], guesses, confidences, dataset.classes)

    def __len__(self) -> int:
        return len(self.indices)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How many images of class (row) were taken for class (column)."""
        size = len(self.classes)
        return np.bincount(self.labels * size + self.guesses, minlength=size * size).reshape(size, size)

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """The counts divided by those of their row; 0 in the row of a class without images."""
        return np.asarray(self.counts / np.maximum(1, self.counts.sum(axis=1, keepdims=True)))

    @property
    def accuracy(self) -> float:
        """Share of the images that were taken for what they are."""
        return float((self.labels == self.guesses).mean()) if len(self) else float("nan")

    def class_accuracy(self, label: int) -> float:
        """The same of one class; NaN where it has no images."""
        total = self.counts[label].sum()
        return float(self.counts[label, label] / total) if total else float("nan")

    def images_in(self, label: int, guess: int) -> tuple[Indices, Array]:
        """The images of one class that were taken for another (or the same), the surest first, and how surely."""
        chosen = np.flatnonzero((self.labels == label) & (self.guesses == guess))
        chosen = chosen[np.argsort(-self.confidences[chosen], kind="stable")]
        return self.indices[chosen], self.confidences[chosen]

    def worst(self) -> tuple[int, int] | None:
        """The mistake that is made most often: class and guess; None where there is none."""
        mistakes = self.counts.copy()
        np.fill_diagonal(mistakes, 0)
        if not mistakes.any():
            return None
        label, guess = np.unravel_index(int(mistakes.argmax()), mistakes.shape)
        return int(label), int(guess)


def confuse(
    network: Network,
    dataset: DataSet,
    indices: Indices,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Confusion:
    """Show these images of a data set to a network. Raises DataSetError where they do not fit, and Cancelled."""
    check_fits(network, dataset)
    if not len(indices):
        raise DataSetError(
            "There are no images in this part of the data set. Give it a share of the images first."
        )
    watcher, channels = Watcher(progress, cancelled), network.input_shape
    answers = []
    for first in range(0, len(indices), AT_ONCE):
        watcher.tell("Assessing", first, len(indices))
        pixels = dataset.part(indices[first : first + AT_ONCE]).pixels_as(*channels)  # (n, c, h, w)
        images = np.multiply(pixels, np.float32(1 / 255), dtype=np.float32)
        answers.append(class_answer(network, evaluate(network, images).activations).probabilities)
    return Confusion.of(dataset, indices, np.concatenate(answers))


def check_fits(network: Network, dataset: DataSet) -> None:
    """Raises DataSetError where the network does not answer the classes of the data set."""
    if len(network.input_shape) != 3:
        raise DataSetError("The network takes no images, so there is nothing to assess.")
    try:
        answered = answered_classes(network)
    except NoClasses as error:
        raise DataSetError(str(error)) from error
    if answered != len(dataset.classes):
        raise DataSetError(
            f"The network answers {answered} classes and {dataset.title} has {len(dataset.classes)}. "
            "Adapt the network to the data first."
        )

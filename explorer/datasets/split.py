"""Which images train, which tell during training how it goes, and which judge in the end."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from explorer.datasets.dataset import DataSet, Indices
from explorer.engine.setting import Declared, setting


class Split(NamedTuple):
    """The numbers of the images of each part, in rising order."""

    train: Indices
    validation: Indices
    test: Indices


class Splitting(Declared):
    """How a data set is divided: by chance, with the same shares of every class."""

    validation: float = setting(
        default=0.1, low=0, high=0.9, step=0.05, label="For validation",
        help="Share of the images that are not learned from, but show during training how it goes.",
    )  # fmt: skip
    test: float = setting(
        default=0.1, low=0, high=0.9, step=0.05, label="For testing",
        help="Share kept for the end, unless the data set brings images for that.",
    )  # fmt: skip
    seed: int = setting(default=0, low=0, high=2**31 - 1, help="The same seed divides the same way.")


def split(dataset: DataSet, splitting: Splitting | None = None) -> Split:
    """Divide a data set; every image is in exactly one part, and every class that has any trains at least one."""
    splitting = splitting or Splitting()
    own = len(dataset) - dataset.tested
    test_share = 0.0 if dataset.tested else splitting.test
    parts: tuple[list[Indices], list[Indices], list[Indices]] = ([], [], [np.arange(own, len(dataset))])
    for label in range(len(dataset.classes)):
        members = np.flatnonzero(dataset.labels[:own] == label)
        order = np.random.default_rng([splitting.seed, label]).permutation(members)
        validated = min(round(len(members) * splitting.validation), max(0, len(members) - 1))
        tested = min(round(len(members) * test_share), max(0, len(members) - 1 - validated))
        for part, first, last in zip(
            parts, (validated + tested, 0, validated), (len(members), validated, validated + tested)
        ):
            part.append(order[first:last])
    return Split(*(np.sort(np.concatenate(part)).astype(np.intp) for part in parts))

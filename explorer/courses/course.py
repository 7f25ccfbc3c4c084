"""A course: a network, the data it learns from, and the training that it goes through."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explorer.datasets.augmentation import Augmentation
from explorer.datasets.dataset import DataSet
from explorer.datasets.examples import DataSetExamples, examples
from explorer.datasets.split import Splitting, split
from explorer.engine.network import Network, Node
from explorer.engine.optimizers import AdamW
from explorer.engine.schedules import Cosine
from explorer.engine.training import Assessment, Progress, Training, assess, train

AFTERWARDS = " Its batch normalisations were then folded into the convolutions."
Watch = Callable[[Progress, int], object]
"""Is told of every step, and how many there will be."""


@dataclass(frozen=True)
class Course:
    """What a network learns and how. The rate rises to its height and sinks to 0: one cycle (Smith 2018)."""

    name: str
    title: str
    help: str
    """What one sees in the network, in a sentence."""
    data: str
    """What it learns from, and where that comes from."""
    picture: str
    """Address of a picture of which it has something to say."""
    build: Callable[[], Sequence[Node]]
    augmentation: Augmentation
    epochs: int
    batch: int
    rate: float
    weight_decay: float = 0.01
    rising: float = 0.2
    """Share of the steps in which the rate rises."""
    seed: int = 0
    """Of the network that is shipped."""
    kept_apart: float = 0.0
    """Share of the images that judge, where the data set does not say which."""
    address: str = ""
    """Of the data set, where it comes with a package."""

    def network(self, seed: int) -> Network:
        """The network full of noise."""
        return Network(tuple(self.build()), self.title).fitted(seed)

    def steps(self, count: int) -> int:
        """How many steps the course takes with so many images."""
        return self.epochs * math.ceil(count / self.batch)

    def settings(self, count: int, seed: int) -> Training:
        """How it trains with so many images."""
        steps = self.steps(count)
        rising = round(steps * self.rising)
        return Training(
            batch=self.batch,
            seed=seed,
            optimizer=AdamW(rate=self.rate, weight_decay=self.weight_decay),
            schedule=Cosine(warm_up=rising, length=steps - rising),
        )

    def examples(self, dataset: DataSet) -> tuple[DataSetExamples, DataSetExamples]:
        """What the network learns from, and what judges it."""
        parts = split(dataset, Splitting(validation=0.0, test=self.kept_apart))
        layer = self.build()[0].layer
        channels, height, width = layer.output_shape(())
        shape = channels, height, width
        return examples(dataset, parts.train, shape, self.augmentation), examples(dataset, parts.test, shape)

    def describe(self) -> str:
        """How the network is trained, in a sentence."""
        changes = [
            setting.label.lower() if value is True else f"{setting.label.lower()} {value:g}"
            for setting in self.augmentation.settings()
            if (value := getattr(self.augmentation, setting.name)) != setting.default
            and not isinstance(value, str)
        ]
        return (
            f"{self.epochs} epochs of AdamW, batches of {self.batch}, rate in one cycle up to {self.rate:g} and "
            f"down to 0, weight decay {self.weight_decay:g}, images changed at random "
            f"({', '.join(changes) or 'not at all'})." + (AFTERWARDS if self._normalises else "")
        )

    @property
    def _normalises(self) -> bool:
        return any(node.layer.kind == "batch_norm" for node in self.build())


@dataclass(frozen=True, eq=False)
class Taught:
    """A network that went through a course, and how it does on images that it has never seen."""

    network: Network
    assessment: Assessment
    learned_from: int
    judged_by: int
    seconds: float


def teach(course: Course, dataset: DataSet, seed: int, watch: Watch | None = None) -> Taught:
    """Train the course's network from noise. Raises ValueError where the data set does not fit it."""
    network = course.network(seed)
    (classes,) = network.reports[network.outputs[-1].name].shape or (0,)
    if len(dataset.classes) != classes:
        raise ValueError(
            f"{course.title} tells {classes} classes apart, {dataset.title} has {len(dataset.classes)}. "
            f"Expected {course.data}."
        )
    learned, judging = course.examples(dataset)
    if not len(learned) or not len(judging):
        raise ValueError(f"{dataset.title} has {len(judging)} images for testing. Expected {course.data}.")
    steps = course.steps(len(learned))
    started = time.perf_counter()
    for progress in train(network, learned, course.settings(len(learned), seed)):
        if watch is not None:
            watch(progress, steps)
        if progress.step == steps:
            break
    seconds = time.perf_counter() - started
    taught = progress.network.with_classes(dataset.classes)
    return Taught(taught, assess(taught, judging), len(learned), len(judging), seconds)

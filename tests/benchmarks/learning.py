"""A course taught by our engine or by PyTorch: the same noise, order, settings and images; one process each.

`python -m tests.benchmarks.learning COURSE FOLDER WHO SEED MODE` prints JSON. WHO is "ours", "PyTorch", "PyTorch
channels last", or "PyTorch float64", which rounds so little that its losses can judge the others'. MODE is "course":
the whole of it, with how good the network was on the way; or "curve": the losses of the first 100 steps, without
changed images.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np

from explorer.courses import COURSES, Course
from explorer.datasets.examples import DataSetExamples
from explorer.datasets.opening import open_dataset
from explorer.engine.network import Network
from explorer.engine.training import Training, assess, epoch_order, train

THREADS = 2
CURVE = 100  # steps
LOOKS = 4  # at how good it is, in every epoch

Assess = Callable[[], float]
Steps = Iterator[tuple[float, Assess]]
"""After every step its loss, and how to find out the accuracy."""


def main(course_name: str, folder: str, who: str, seed: int, mode: str) -> dict[str, object]:
    course = COURSES[course_name]
    learned, judging = course.examples(open_dataset(folder or course.address))
    network, settings = course.network(seed), course.settings(len(learned), seed)
    if mode == "curve":
        learned = DataSetExamples(learned.pixels, learned.labels, learned.chosen)
    steps = (_ours if who == "ours" else _torch)(network, learned, judging, settings, who)
    if mode == "curve":
        return {"losses": [loss for loss, _ in islice(steps, CURVE)]}
    return _course(course, steps, len(learned))


def _course(course: Course, steps: Steps, count: int) -> dict[str, object]:
    """Seconds of training only: looking at how good it is does not count."""
    total = course.steps(count)
    every = total // (course.epochs * LOOKS)
    found: list[tuple[float, float]] = []
    spent, started = 0.0, time.perf_counter()
    for number in range(1, total + 1):
        _, accuracy = next(steps)
        if number % every == 0 or number == total:
            spent += time.perf_counter() - started
            found.append((spent, accuracy()))
            started = time.perf_counter()
    return {"seconds": spent, "accuracy": found[-1][1], "on_the_way": found}


def _ours(
    network: Network, learned: DataSetExamples, judging: DataSetExamples, settings: Training, who: str
) -> Steps:
    for progress in train(network, learned, settings):
        yield progress.loss, lambda progress=progress: assess(progress.network, judging).accuracy


def _torch(
    network: Network, learned: DataSetExamples, judging: DataSetExamples, settings: Training, who: str
) -> Steps:
    import torch
    from torch.nn.functional import cross_entropy

    from tests.benchmarks.torch_network import torch_network

    torch.set_num_threads(THREADS)
    form = torch.channels_last if who == "PyTorch channels last" else torch.contiguous_format
    number = torch.float64 if who == "PyTorch float64" else torch.float32
    model, optimizer = torch_network(network, form).to(number), settings.optimizer
    adam = torch.optim.AdamW(
        model.parameters(), optimizer.rate, (optimizer.beta1, optimizer.beta2), optimizer.epsilon,
        weight_decay=optimizer.weight_decay,
    )  # fmt: skip
    rng, none = np.random.default_rng(settings.seed), np.random.default_rng(0)

    def tensors(examples: DataSetExamples, indices: np.ndarray, rng: np.random.Generator):
        images, labels = examples.batch(indices, rng)
        pixels = torch.from_numpy(np.ascontiguousarray(images)).to(number, memory_format=form)
        return pixels, torch.from_numpy(labels)

    def accuracy() -> float:
        model.eval()
        right = 0
        with torch.inference_mode():
            for first in range(0, len(judging), 100):
                images, labels = tensors(judging, np.arange(first, min(first + 100, len(judging))), none)
                right += int((model(images).argmax(1) == labels).sum())
        model.train()
        return right / len(judging)

    step = epoch = 0
    while True:
        order = epoch_order(len(learned), epoch, settings)
        for first in range(0, len(order), settings.batch):
            images, labels = tensors(learned, order[first : first + settings.batch], rng)
            for group in adam.param_groups:
                group["lr"] = optimizer.rate * settings.schedule.factor(step)
            adam.zero_grad()
            loss = cross_entropy(model(images), labels)
            loss.backward()
            adam.step()
            step += 1
            yield loss.item(), accuracy
        epoch += 1


if __name__ == "__main__":
    name, folder, who, seed, mode = sys.argv[1:]
    print(json.dumps(main(name, folder, who, int(seed), mode)))

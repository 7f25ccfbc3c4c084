"""Small data sets for tests of panels, and networks that tell their classes apart."""

from __future__ import annotations

import numpy as np

from explorer.datasets.dataset import DataSet, LeftOut
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.input import Input
from explorer.engine.layers.softmax import Softmax
from explorer.engine.network import Network, Node


def lamps(each: int = 20, classes: tuple[str, ...] = ("off", "dim", "on"), named: bool = False) -> DataSet:
    """Evenly grey images of 6 x 4: class k is about k * 100 bright; in every fifth it is 100 less or more."""
    labels = np.tile(np.arange(len(classes)), each)
    levels = labels * 100 + 20
    wrong = np.arange(len(labels)) % 5 == 4
    levels = np.where(wrong, np.where(labels > 0, levels - 100, levels + 100), levels)
    images = np.broadcast_to(levels[:, None, None, None], (len(labels), 6, 4, 1)).astype(np.uint8)
    names = tuple(f"lamps/{classes[label]}{i}.png" for i, label in enumerate(labels)) if named else ()
    return DataSet(images, labels, classes, "Lamps", "", names=names)


def uneven() -> DataSet:
    """One class has six images, the other one; two files were left out."""
    labels = np.array([0, 0, 0, 0, 0, 0, 1])
    left_out = LeftOut.of([("pets/cat/7.png", "It is empty."), ("pets/dog/8.png", "It is no picture.")])
    images = np.zeros((7, 5, 5, 3), np.uint8)
    return DataSet(images, labels, ("cat", "dog"), "Pets", left_out=left_out, notes=("Made 5 x 5.",))


def judge(softmax: bool = True, classes: tuple[str, ...] = ("off", "dim", "on")) -> Network:
    """Tells lamps apart by their brightness: the scores are those of three parabolas round 20, 120 and 220 of 255."""
    centres = np.array([20, 120, 220], np.float32) / 255
    kernel = np.repeat(2 * centres[:, None] / 24 * 100, 24, axis=1)
    nodes = [
        Node("input", Input(channels=1, height=6, width=4)),
        Node("flatten", Flatten(), ("input",)),
        Node("dense", Dense(units=3), ("flatten",), {"kernel": kernel, "bias": -100 * centres**2}),
    ]
    if softmax:
        nodes.append(Node("softmax", Softmax(), ("dense",)))
    return Network(tuple(nodes)).with_classes(classes) if classes else Network(tuple(nodes))

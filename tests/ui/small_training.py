"""A training that takes a blink: a network of two layers, and pictures with an upright or a lying bar."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from explorer.datasets.dataset import DataSet
from explorer.document.document import Document
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.layers.softmax import Softmax
from explorer.engine.network import Network
from explorer.engine.training import Training
from explorer.runtime.run_record import RunRecord
from explorer.ui.workspace import Workspace
from tests.engine.build import chain

COUNT = 120
SETTINGS = Training(batch=10)


def bars() -> DataSet:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 60, (COUNT, 8, 8, 1), dtype=np.uint8)
    labels = rng.integers(0, 2, COUNT)
    for image, label, place in zip(images, labels, rng.integers(0, 8, COUNT), strict=True):
        (image[..., 0].T if label == 0 else image[..., 0])[place] += 150
    return DataSet(images, labels, ("upright", "lying"), "Bars")


def small_network() -> Network:
    return chain(1, 8, 8, Conv2d(filters=4), ReLU(), MaxPool(), Flatten(), Dense(units=2), Softmax())


def prepare(workspace: Workspace, settings: Training = SETTINGS) -> None:
    """The small network in the document, its data set and settings in the trainer."""
    document: Document = workspace.document
    document.edit("Small network", lambda _: small_network())
    workspace.trainer.use(bars())
    workspace.trainer.configure(settings=settings)


def train(workspace: Workspace, qtbot: QtBot, steps: int) -> RunRecord:
    """So many steps, made and fetched."""
    trainer = workspace.trainer
    trainer.play(steps)

    def rests() -> bool:
        workspace.clock.tick()
        return trainer.state != "running"

    qtbot.waitUntil(rests, timeout=20_000)
    assert trainer.current is not None
    return trainer.current

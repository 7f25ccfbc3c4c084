"""The trainings whose loss curves are PyTorch's: networks, images and settings, for the test and for its vectors."""

from __future__ import annotations

import numpy as np

from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.global_pooling import GlobalAveragePool
from explorer.engine.layers.input import Input
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.layers.softmax import Softmax
from explorer.engine.network import Network
from explorer.engine.optimizers import AdamW
from explorer.engine.presets.network_preset import chain
from explorer.engine.schedules import Cosine
from explorer.engine.training import Training

STEPS, COUNT, SIDE = 100, 90, 16
SETTINGS = Training(
    batch=20,  # the last batch of an epoch is smaller
    seed=9,
    optimizer=AdamW(rate=0.02, weight_decay=0.05),
    schedule=Cosine(warm_up=20, length=STEPS - 20),
)


def drawn_images() -> tuple[np.ndarray, np.ndarray]:
    """Stripes in three directions and three colours with noise, (count, 3, side, side), and their directions."""
    rng = np.random.default_rng(12)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    directions = np.stack([rows, columns, (rows + columns) / 2])  # (directions, side, side)
    labels = rng.integers(0, 3, COUNT)
    phases, colours = rng.random(COUNT) * 6, rng.uniform(0.3, 1, (COUNT, 3))
    waves = np.sin(directions[labels] * 1.6 + phases[:, None, None])  # (n, side, side)
    images = (
        0.5 + 0.4 * waves[:, None] * colours[:, :, None, None] + rng.normal(0, 0.1, (COUNT, 3, SIDE, SIDE))
    )
    return images.astype(np.float32), labels


def plain() -> Network:
    """Convolutions with a bias, max pooling, two dense layers."""
    return Network(
        tuple(
            chain(
                ("image", Input(channels=3, height=SIDE, width=SIDE)),
                ("conv1", Conv2d(filters=6, kernel=(5, 5), padding="valid")), ("relu1", ReLU()), ("pool1", MaxPool()),
                ("conv2", Conv2d(filters=8, kernel=(3, 3), padding="valid")), ("relu2", ReLU()), ("pool2", MaxPool()),
                ("flatten", Flatten()), ("dense1", Dense(units=12)), ("relu3", ReLU()),
                ("dense2", Dense(units=3)), ("softmax", Softmax()),
            )
        )
    )  # fmt: skip


def normalised() -> Network:
    """Large first kernels, batch normalisation, global average pooling: the ten things, made small."""
    return Network(
        tuple(
            chain(
                ("image", Input(channels=3, height=SIDE, width=SIDE)),
                ("conv1", Conv2d(filters=6, kernel=(7, 7), padding="same", bias=False)),
                ("norm1", BatchNormalization()), ("relu1", ReLU()), ("pool1", MaxPool()),
                ("conv2", Conv2d(filters=12, kernel=(3, 3), padding="same", bias=False)),
                ("norm2", BatchNormalization()), ("relu2", ReLU()),
                ("average", GlobalAveragePool()), ("flatten", Flatten()),
                ("dense", Dense(units=3)), ("softmax", Softmax()),
            )
        )
    )  # fmt: skip


NETWORKS = {"plain": plain, "normalised": normalised}

"""A face or something else: two convolutions, learned from a hundred of each."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.courses.course import Course
from explorer.datasets.augmentation import Augmentation
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.input import Input
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.layers.softmax import Softmax
from explorer.engine.network import Node
from explorer.engine.presets.network_preset import chain


def _network() -> Sequence[Node]:
    """Few enough filters to look at each."""

    def conv(filters: int) -> Conv2d:
        return Conv2d(filters=filters, kernel=(5, 5), padding="valid")

    return chain(
        ("image", Input(channels=1, height=25, width=25)),
        ("conv1", conv(8)), ("relu1", ReLU()), ("pool1", MaxPool()),
        ("conv2", conv(16)), ("relu2", ReLU()), ("pool2", MaxPool()), ("flatten", Flatten()),
        ("dense", Dense(units=2)), ("softmax", Softmax()),
    )  # fmt: skip


FACES = Course(
    name="faces",
    title="Face or not",
    help="Says whether a face fills the image: look for the maps that wait for eyes, brows and mouth.",
    data="Labeled Faces in the Wild, G. Huang et al. 2007, a part of it through scikit-image: grey, 25 x 25",
    picture="sample:face@400x400",
    build=_network,
    augmentation=Augmentation(shift=1, rotation=8, zoom=1.05, flip_h=True, brightness=0.1),
    epochs=40,
    batch=16,
    rate=0.004,
    kept_apart=0.3,
    address="installed:face-or-not",
)

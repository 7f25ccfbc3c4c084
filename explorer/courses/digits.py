"""Handwritten digits: two convolutions that one can follow, and two dense layers that decide."""

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
    """46,730 parameters; its first kernels are large enough to show which stroke they look for."""

    def conv(filters: int) -> Conv2d:
        return Conv2d(filters=filters, kernel=(5, 5), padding="valid")

    return chain(
        ("image", Input(channels=1, height=28, width=28)),
        ("conv1", conv(16)), ("relu1", ReLU()), ("pool1", MaxPool()),
        ("conv2", conv(32)), ("relu2", ReLU()), ("pool2", MaxPool()), ("flatten", Flatten()),
        ("dense1", Dense(units=64)), ("relu3", ReLU()),
        ("dense2", Dense(units=10)), ("softmax", Softmax()),
    )  # fmt: skip


DIGITS = Course(
    name="digits",
    title="Digits",
    help="Reads a handwritten digit, white on black: strokes first, then their ends, bends and crossings.",
    data="MNIST, Y. LeCun, C. Cortes, C. Burges: grey digits of 28 x 28",
    picture="sample:digits@280x280",
    build=_network,
    augmentation=Augmentation(shift=2, rotation=10, zoom=1.1, border="black"),
    epochs=8,
    batch=64,
    rate=0.004,
)

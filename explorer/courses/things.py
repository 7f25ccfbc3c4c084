"""Small photographs of ten things: four convolutions, the first with kernels large enough to look like something."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.courses.course import Course
from explorer.datasets.augmentation import Augmentation
from explorer.engine.layer import Layer
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.global_pooling import GlobalAveragePool
from explorer.engine.layers.input import Input
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.layers.softmax import Softmax
from explorer.engine.network import Node
from explorer.engine.presets.network_preset import chain

FILTERS = (32, 7), (64, 3), (128, 3), (128, 3)  # how many of which size


def _network() -> Sequence[Node]:
    """247,018 parameters."""
    layers: list[tuple[str, Layer]] = [("image", Input(channels=3, height=32, width=32))]
    for number, (filters, size) in enumerate(FILTERS, start=1):
        layers += [
            # The normalisation takes away whatever a bias would add.
            (f"conv{number}", Conv2d(filters=filters, kernel=(size, size), padding="same", bias=False)),
            (f"norm{number}", BatchNormalization()),
            (f"relu{number}", ReLU()),
        ]
        if number < len(FILTERS):
            layers.append((f"pool{number}", MaxPool()))
    layers += [
        ("average", GlobalAveragePool()), ("flatten", Flatten()),
        ("dense", Dense(units=10)), ("softmax", Softmax()),
    ]  # fmt: skip
    return chain(*layers)


THINGS = Course(
    name="things",
    title="Ten things",
    help="Tells ten things apart, from airplane to truck: edges and colours first, then what they make up.",
    data="CIFAR-10, A. Krizhevsky 2009: colour photographs of 32 x 32",
    picture="sample:ship@480x480",
    build=_network,
    augmentation=Augmentation(shift=2, flip_h=True),
    epochs=12,
    batch=32,
    rate=0.005,
    weight_decay=0.05,
    rising=0.25,
)

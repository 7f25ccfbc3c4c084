"""Well-known small classifiers, not trained yet: their weights are random."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.dropout import Dropout
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.input import Input
from explorer.engine.layers.pooling import AveragePool, MaxPool
from explorer.engine.layers.sigmoids import Tanh
from explorer.engine.layers.softmax import Softmax
from explorer.engine.network import Node
from explorer.engine.presets.network_preset import chain, network_preset


def _conv(filters: int, size: int, padding: str = "valid") -> Conv2d:
    return Conv2d(filters=filters, kernel=(size, size), padding=padding)


@network_preset("lenet-5", "LeNet-5", is_untrained=True)
def lenet_5() -> Sequence[Node]:
    """The reader of handwritten digits (LeCun et al. 1998): tanh and average pooling, 61,706 parameters."""
    return chain(
        ("image", Input(channels=1, height=32, width=32)),
        ("conv1", _conv(6, 5)), ("tanh1", Tanh()), ("pool1", AveragePool()),
        ("conv2", _conv(16, 5)), ("tanh2", Tanh()), ("pool2", AveragePool()),
        ("conv3", _conv(120, 5)), ("tanh3", Tanh()), ("flatten", Flatten()),
        ("dense1", Dense(units=84)), ("tanh4", Tanh()),
        ("dense2", Dense(units=10)), ("softmax", Softmax()),
    )  # fmt: skip


@network_preset("keras-tutorial", "Keras tutorial net", is_untrained=True)
def keras_tutorial() -> Sequence[Node]:
    """The digits of Keras' first example: two convolutions and a dense layer, 34,826 parameters."""
    return chain(
        ("image", Input(channels=1, height=28, width=28)),
        ("conv1", _conv(32, 3)), ("relu1", ReLU()), ("pool1", MaxPool()),
        ("conv2", _conv(64, 3)), ("relu2", ReLU()), ("pool2", MaxPool()),
        ("flatten", Flatten()), ("dropout", Dropout(rate=0.5)),
        ("dense", Dense(units=10)), ("softmax", Softmax()),
    )  # fmt: skip


@network_preset("vehicles", "Vehicle classifier", is_untrained=True)
def vehicles() -> Sequence[Node]:
    """32 and 64 filters, then dense layers of 1024 and 10: one layer has nearly all 16.8 million parameters."""
    return chain(
        ("image", Input(channels=3, height=64, width=64)),
        ("conv1", _conv(32, 5, "same")), ("relu1", ReLU()), ("pool1", MaxPool()),
        ("conv2", _conv(64, 5, "same")), ("relu2", ReLU()), ("pool2", MaxPool()),
        ("flatten", Flatten()), ("dense1", Dense(units=1024)), ("relu3", ReLU()),
        ("dropout", Dropout(rate=0.5)), ("dense2", Dense(units=10)), ("softmax", Softmax()),
    )  # fmt: skip


@network_preset("tiny-vgg", "Tiny VGG", is_untrained=True)
def tiny_vgg() -> Sequence[Node]:
    """Two blocks of two convolutions and a pooling, as CNN Explainer shows them: 19,920 parameters."""
    return chain(
        ("image", Input(channels=3, height=64, width=64)),
        ("conv1_1", _conv(10, 3)), ("relu1_1", ReLU()), ("conv1_2", _conv(10, 3)), ("relu1_2", ReLU()),
        ("pool1", MaxPool()),
        ("conv2_1", _conv(10, 3)), ("relu2_1", ReLU()), ("conv2_2", _conv(10, 3)), ("relu2_2", ReLU()),
        ("pool2", MaxPool()),
        ("flatten", Flatten()), ("dense", Dense(units=10)), ("softmax", Softmax()),
    )  # fmt: skip

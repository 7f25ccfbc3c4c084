"""A network whose maps shrink and grow again."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.input import Input
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.layers.sigmoids import Sigmoid
from explorer.engine.layers.upsampling import Upsample
from explorer.engine.network import Node
from explorer.engine.presets.network_preset import chain, network_preset


def _conv(filters: int) -> Conv2d:
    return Conv2d(filters=filters, kernel=(3, 3), padding="same")


@network_preset("encoder-decoder", "Encoder and decoder")
def encoder_decoder() -> Sequence[Node]:
    """Shrinks the image to small maps and grows a picture from them again, as for segmentation. Untrained."""
    return chain(
        ("image", Input(channels=3, height=128, width=128)),
        ("conv1", _conv(16)), ("relu1", ReLU()), ("pool1", MaxPool()),
        ("conv2", _conv(32)), ("relu2", ReLU()), ("pool2", MaxPool()),
        ("conv3", _conv(32)), ("relu3", ReLU()),
        ("up1", Upsample(scale=(2, 2))), ("conv4", _conv(16)), ("relu4", ReLU()),
        ("up2", Upsample(scale=(2, 2))), ("conv5", _conv(3)), ("sigmoid", Sigmoid()),
    )  # fmt: skip

"""A network whose maps shrink and grow again."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.input import Input
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.layers.sigmoids import Sigmoid
from explorer.engine.layers.transposed_convolution import ConvTranspose2d
from explorer.engine.network import Node
from explorer.engine.presets.network_preset import chain, network_preset


def _conv(filters: int) -> Conv2d:
    return Conv2d(filters=filters, kernel=(3, 3), padding="same")


def _up(filters: int) -> ConvTranspose2d:
    # Of a size that the stride divides, kernels stamp every pixel equally often: no checkerboard (Odena et al. 2016).
    return ConvTranspose2d(filters=filters, kernel=(4, 4), stride=(2, 2), padding="same")


@network_preset("encoder-decoder", "Encoder and decoder", is_untrained=True)
def encoder_decoder() -> Sequence[Node]:
    """Shrinks the image to small maps; transposed convolutions grow a picture from them again."""
    return chain(
        ("image", Input(channels=3, height=128, width=128)),
        ("conv1", _conv(16)), ("relu1", ReLU()), ("pool1", MaxPool()),
        ("conv2", _conv(32)), ("relu2", ReLU()), ("pool2", MaxPool()),
        ("conv3", _conv(32)), ("relu3", ReLU()),
        ("up1", _up(16)), ("relu4", ReLU()), ("up2", _up(16)), ("relu5", ReLU()),
        ("conv4", _conv(3)), ("sigmoid", Sigmoid()),
    )  # fmt: skip

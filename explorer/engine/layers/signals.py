"""Signals: convolution, its transpose, every pooling, padding and upsampling along one axis."""

from __future__ import annotations

from explorer.engine.layers import convolution, pooling, transposed_convolution
from explorer.engine.layers.convolution import Convolution
from explorer.engine.layers.padding import Padding
from explorer.engine.layers.pooling import AveragePool, L2Pool, MaxPool, MinPool, SlidingPool
from explorer.engine.layers.transposed_convolution import TransposedConvolution
from explorer.engine.layers.upsampling import Upsampling, mode_setting, scale_setting
from explorer.engine.layers.weighted_pooling import WeightedPool
from explorer.engine.spatial import is_explicit, sides_setting

SIGNALS = "Signals (1-D)"


class Conv1d(Convolution):
    """Convolution of signals (channels, length)."""

    kind = "conv1d"
    title = "Convolution 1-D"
    group = SIGNALS
    help = "Slides every kernel along a signal and sums the products."
    axes = 1

    kernel: int = convolution.kernel_setting(1)
    stride: int = convolution.stride_setting(1)
    sides: tuple[int, int] = sides_setting(1, 1, high=256, when=is_explicit)
    dilation: int = convolution.dilation_setting(1)


class ConvTranspose1d(TransposedConvolution):
    """Transposed convolution of signals (channels, length)."""

    kind = "conv_transpose1d"
    title = "Transposed convolution 1-D"
    group = SIGNALS
    help = "Stamps every kernel, times the value, at every place of a signal: it gets longer by the stride."
    axes = 1

    kernel: int = convolution.kernel_setting(1)
    stride: int = transposed_convolution.stride_setting(1)
    sides: tuple[int, int] = sides_setting(1, 1, high=256, when=is_explicit, what="cut off")
    output_padding: int = transposed_convolution.output_padding_setting(1)
    dilation: int = convolution.dilation_setting(1)


class SignalPool(SlidingPool):
    """What all poolings of signals share."""

    group = SIGNALS
    axes = 1

    window: int = pooling.window_setting(1)
    stride: int = pooling.stride_setting(1)
    sides: tuple[int, int] = sides_setting(1, 0, when=is_explicit)
    dilation: int = pooling.dilation_setting(1)


class MaxPool1d(SignalPool, MaxPool):
    """The largest value of every window of a signal."""

    kind = "max_pool1d"
    title = "Max pool 1-D"


class MinPool1d(SignalPool, MinPool):
    """The smallest value of every window of a signal."""

    kind = "min_pool1d"
    title = "Min pool 1-D"


class AveragePool1d(SignalPool, AveragePool):
    """The mean of every window of a signal."""

    kind = "average_pool1d"
    title = "Average pool 1-D"


class L2Pool1d(SignalPool, L2Pool):
    """The square root of the sum of the squares of every window of a signal."""

    kind = "l2_pool1d"
    title = "L2 pool 1-D"


class WeightedPool1d(SignalPool, WeightedPool):
    """The mean of every window of a signal with Gaussian weights."""

    kind = "weighted_pool1d"
    title = "Weighted pool 1-D"


class Pad1d(Padding):
    """Values added at the start and at the end of every signal."""

    kind = "pad1d"
    title = "Padding 1-D"
    group = SIGNALS
    help = "Adds values at both ends of every signal: a number or the signal's own values."
    axes = 1

    sides: tuple[int, int] = sides_setting(1, 1)


class Upsample1d(Upsampling):
    """Signals `scale` times as long: every value repeated, or two neighbours interpolated."""

    kind = "upsample1d"
    title = "Upsampling 1-D"
    group = SIGNALS
    help = "Makes signals longer, by repeating every value or by interpolating between neighbours."
    axes = 1

    scale: int = scale_setting(1)
    mode: str = mode_setting("linear")

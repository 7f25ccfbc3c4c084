"""Volumes: convolution, its transpose, every pooling, padding and upsampling along three axes."""

from __future__ import annotations

from explorer.engine.layers import convolution, pooling, transposed_convolution
from explorer.engine.layers.convolution import Convolution
from explorer.engine.layers.padding import Padding
from explorer.engine.layers.pooling import AveragePool, L2Pool, MaxPool, MinPool, SlidingPool
from explorer.engine.layers.transposed_convolution import TransposedConvolution
from explorer.engine.layers.upsampling import Upsampling, mode_setting, scale_setting
from explorer.engine.layers.weighted_pooling import WeightedPool
from explorer.engine.spatial import is_explicit, sides_setting

VOLUMES = "Volumes (3-D)"


class Conv3d(Convolution):
    """Convolution of volumes (channels, depth, height, width)."""

    kind = "conv3d"
    title = "Convolution 3-D"
    group = VOLUMES
    help = "Slides every kernel through a volume, along all three axes, and sums the products."
    axes = 3

    kernel: tuple[int, int, int] = convolution.kernel_setting(3)
    stride: tuple[int, int, int] = convolution.stride_setting(3)
    sides: tuple[int, ...] = sides_setting(3, 1, high=256, when=is_explicit)
    dilation: tuple[int, int, int] = convolution.dilation_setting(3)


class ConvTranspose3d(TransposedConvolution):
    """Transposed convolution of volumes (channels, depth, height, width)."""

    kind = "conv_transpose3d"
    title = "Transposed convolution 3-D"
    group = VOLUMES
    help = "Stamps every kernel, times the value, at every place of a volume: it grows by the stride."
    axes = 3

    kernel: tuple[int, int, int] = convolution.kernel_setting(3)
    stride: tuple[int, int, int] = transposed_convolution.stride_setting(3)
    sides: tuple[int, ...] = sides_setting(3, 1, high=256, when=is_explicit, what="cut off")
    output_padding: tuple[int, int, int] = transposed_convolution.output_padding_setting(3)
    dilation: tuple[int, int, int] = convolution.dilation_setting(3)


class VolumePool(SlidingPool):
    """What all poolings of volumes share."""

    group = VOLUMES
    axes = 3

    window: tuple[int, int, int] = pooling.window_setting(3)
    stride: tuple[int, int, int] = pooling.stride_setting(3)
    sides: tuple[int, ...] = sides_setting(3, 0, when=is_explicit)
    dilation: tuple[int, int, int] = pooling.dilation_setting(3)


class MaxPool3d(VolumePool, MaxPool):
    """The largest value of every window of a volume."""

    kind = "max_pool3d"
    title = "Max pool 3-D"


class MinPool3d(VolumePool, MinPool):
    """The smallest value of every window of a volume."""

    kind = "min_pool3d"
    title = "Min pool 3-D"


class AveragePool3d(VolumePool, AveragePool):
    """The mean of every window of a volume."""

    kind = "average_pool3d"
    title = "Average pool 3-D"


class L2Pool3d(VolumePool, L2Pool):
    """The square root of the sum of the squares of every window of a volume."""

    kind = "l2_pool3d"
    title = "L2 pool 3-D"


class WeightedPool3d(VolumePool, WeightedPool):
    """The mean of every window of a volume with Gaussian weights."""

    kind = "weighted_pool3d"
    title = "Weighted pool 3-D"


class Pad3d(Padding):
    """Slices, rows and columns added around every volume."""

    kind = "pad3d"
    title = "Padding 3-D"
    group = VOLUMES
    help = "Adds a shell around every volume, of a number or of the volume's own values."
    axes = 3

    sides: tuple[int, ...] = sides_setting(3, 1)


class Upsample3d(Upsampling):
    """Volumes `scale` times as deep, high and wide: every value repeated, or eight neighbours interpolated."""

    kind = "upsample3d"
    title = "Upsampling 3-D"
    group = VOLUMES
    help = "Makes volumes larger, by repeating every value or by interpolating between neighbours."
    axes = 3

    scale: tuple[int, int, int] = scale_setting(3)
    mode: str = mode_setting("trilinear")

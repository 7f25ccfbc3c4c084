"""One, two and three axes alike: signals and volumes seen as maps, without copying.

Logically an activation is (batch, channel, *extents): one extent is a signal, two are maps, three a volume. A
signal is a map of one row. A volume lies in memory as (height, depth, channel, width, batch), and that is three
kinds of maps at once: what slides along height and width takes the channels of all its slices for channels
(`as_sheets`); what slides along the depth takes the depth for the width, and all that lies together for a batch
(`as_depths`); what works on every pixel or channel by itself takes all rows of all slices for rows (`as_lines`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.generic)

NAMES: dict[int, tuple[str, ...]] = {
    0: (),
    1: ("length",),
    2: ("height", "width"),
    3: ("depth", "height", "width"),
}


def axis_names(shape: tuple[int, ...]) -> tuple[str, ...]:
    """What the axes behind the channels of a sample's shape are called."""
    return NAMES.get(len(shape) - 1, ())


def as_sheets(x: NDArray[Number]) -> NDArray[Number]:
    """A signal as maps of one row, a volume (n, c, d, h, w) as maps (n, d * c, h, w); maps as they are."""
    if x.ndim == 3:
        return x[:, :, None]  # (n, c, 1, l)
    if x.ndim == 5:
        batch, channels, depth, height, width = x.shape
        return x.transpose(0, 2, 1, 3, 4).reshape(batch, depth * channels, height, width)  # (n, d*c, h, w)
    return x


def from_sheets(maps: NDArray[Number], extents: int, channels: int) -> NDArray[Number]:
    """The way back from `as_sheets` to an activation of so many extents and channels."""
    if extents == 1:
        return maps[:, :, 0]  # (n, c, l)
    if extents == 3:
        batch, _, height, width = maps.shape
        return maps.reshape(batch, -1, channels, height, width).transpose(0, 2, 1, 3, 4)  # (n, c, d, h, w)
    return maps


def as_depths(x: NDArray[Number]) -> NDArray[Number]:
    """A volume (n, c, d, h, w) as maps (c * w * n, 1, h, d)."""
    batch, channels, depth, height, width = x.shape
    lines = x.transpose(3, 2, 1, 4, 0)  # (h, d, c, w, n)
    return lines.reshape(height, 1, depth, channels * width * batch).transpose(3, 1, 0, 2)  # (cwn, 1, h, d)


def from_depths(maps: NDArray[Number], batch: int, channels: int) -> NDArray[Number]:
    """The way back from `as_depths`: the volume (batch, channels, d, h, w)."""
    _, _, height, depth = maps.shape
    lines = maps.transpose(2, 1, 3, 0).reshape(height, depth, channels, -1, batch)  # (h, d, c, w, n)
    return lines.transpose(4, 2, 1, 0, 3)  # (n, c, d, h, w)


def along_sheets(
    function: Callable[[NDArray[Number]], NDArray[Number]], x: NDArray[Number]
) -> NDArray[Number]:
    """What a function of maps, which leaves channels alone, makes of maps, of every slice, of every signal.

    The channels of a signal are rows here, of which threads share some each: the function must leave rows alone too.
    """
    if x.ndim == 3:
        return function(x[:, None])[:, 0]  # (n, 1, c, l)
    return from_sheets(function(as_sheets(x)), x.ndim - 2, x.shape[1])


def along_depth(
    function: Callable[[NDArray[Number]], NDArray[Number]], x: NDArray[Number]
) -> NDArray[Number]:
    """What a function of maps makes of a volume whose depth is taken for the width."""
    return from_depths(function(as_depths(x)), len(x), x.shape[1])


def as_lines(x: NDArray[Number]) -> NDArray[Number]:
    """Any activation as maps (n, c, rows, w): a list has maps of one pixel, a signal of one row."""
    if x.ndim == 5:
        batch, channels, depth, height, width = x.shape
        return x.transpose(0, 1, 3, 2, 4).reshape(batch, channels, height * depth, width)  # (n, c, h*d, w)
    if x.ndim == 4:
        return x
    return x[:, :, None] if x.ndim == 3 else x[:, :, None, None]


def from_lines(maps: NDArray[Number], shape: tuple[int, ...]) -> NDArray[Any]:
    """The way back from `as_lines` to an activation of this shape, batch included."""
    if len(shape) == 5:
        batch, channels, depth, height, width = shape
        return maps.reshape(batch, channels, height, depth, width).transpose(0, 1, 3, 2, 4)  # (n, c, d, h, w)
    return maps.reshape(shape)

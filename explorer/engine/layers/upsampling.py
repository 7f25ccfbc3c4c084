"""Upsampling: larger maps by repeating or by interpolating pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.engine.geometry import Window
from explorer.engine.layer import Array, Layer, Parameters, Shape, maps_shape, setting
from explorer.engine.memory import BLOCK, empty_maps, rows_first
from explorer.engine.pool import pool
from explorer.engine.tape import Gradients, Needed, Tape


def _is_bilinear(layer: Any) -> bool:
    return bool(layer.mode == "bilinear")


class Upsample(Layer):
    """Maps `scale` times as high and wide: every pixel repeated, or four neighbours interpolated."""

    kind = "upsample"
    title = "Upsampling"
    group = "Shape"
    help = "Makes maps larger, by repeating every pixel or by interpolating between neighbours."

    scale: tuple[int, int] = setting(
        default=(2, 2), low=1, high=32, help="How many times as high and as wide."
    )
    mode: str = setting(
        default="nearest",
        choices=("nearest", "bilinear"),
        help="nearest: repeats every pixel. bilinear: blends the four pixels around.",
    )
    align_corners: bool = setting(
        default=False,
        when=_is_bilinear,
        help="Off: pixels are little areas, as in OpenCV. On: the corner pixels keep their places exactly.",
    )

    def summary(self) -> str:
        return f"upsample {self.scale[0]}x{self.scale[1]}"

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        channels, height, width = maps_shape(self, shapes[0])
        return channels, height * self.scale[0], width * self.scale[1]

    def multiply_adds(self, shapes: Sequence[Shape]) -> int:
        return 4 * math.prod(self.output_shape(shapes)) if self.mode == "bilinear" else 0

    def windows(self, shapes: Sequence[Shape]) -> tuple[Window, Window]:
        if self.mode == "nearest":
            return Window(zoom=self.scale[0]), Window(zoom=self.scale[1])
        # Two pixels at a time, but which two depends on where an output lies between them: three in all.
        down, across = (
            Window(3, before=1, after=1, zoom=zoom) if zoom > 1 else Window() for zoom in self.scale
        )
        return down, across

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        tape.keep(x.shape)
        return self._repeated(x) if self.mode == "nearest" else self._interpolated(x)

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        ((batch, channels, height, width),) = tape
        if self.mode == "nearest":
            copies = gradient.reshape(batch, channels, height, self.scale[0], width, self.scale[1])
            return Gradients((copies.sum((3, 5)),))
        rows = _unblend(rows_first(gradient), 0, height, self.scale[0], self.align_corners)
        pixels = _unblend(rows, 2, width, self.scale[1], self.align_corners)
        return Gradients((pixels.transpose(3, 1, 0, 2),))  # (n, c, h, w)

    def _repeated(self, x: Array) -> Array:
        batch, channels, height, width = x.shape
        down, across = self.scale
        result = empty_maps(batch, channels, height * down, width * across, x.dtype)
        source = rows_first(x)  # (h, c, w, n)
        target = rows_first(result).reshape(height, down, channels, width, across, batch)
        step = max(1, BLOCK // max(1, channels * width * batch * down * across))

        def work(first: int) -> None:
            rows = slice(first, first + step)
            target[rows] = source[rows, None, :, :, None]

        pool.each(work, range(0, height, step))
        return result

    def _interpolated(self, x: Array) -> Array:
        batch, channels, height, width = x.shape
        result = empty_maps(batch, channels, height * self.scale[0], width * self.scale[1], x.dtype)
        source, target = rows_first(x), rows_first(result)  # (h, c, w, n)
        top, bottom, down = _neighbours(height, self.scale[0], self.align_corners)
        left, right, across = _neighbours(width, self.scale[1], self.align_corners)
        down, across = down[:, None, None, None], across[:, None]
        step = max(1, BLOCK // max(1, channels * width * batch * self.scale[1]))

        def work(first: int) -> None:
            rows = slice(first, first + step)
            lines = _blend(source[top[rows]], source[bottom[rows]], down[rows])
            target[rows] = _blend(lines[:, :, left], lines[:, :, right], across)

        pool.each(work, range(0, len(target), step))
        return result


def _neighbours(
    extent: int, scale: int, align_corners: bool
) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
    """For every output along an axis: the input pixels before and after it and the share of the latter."""
    size = extent * scale
    if align_corners:
        position = np.arange(size) * ((extent - 1) / max(1, size - 1))
    else:
        position = np.clip((np.arange(size) + 0.5) / scale - 0.5, 0, extent - 1)
    before = np.minimum(position.astype(np.intp), extent - 1)
    return before, np.minimum(before + 1, extent - 1), (position - before).astype(np.float32)


def _blend(first: Array, second: Array, share: Array) -> Array:
    # Not first + share * (second - first): between equal infinities that would be NaN.
    return first * (1 - share) + second * share


def _unblend(gradient: Array, axis: int, extent: int, scale: int, align_corners: bool) -> Array:
    """The way back through `_blend` along one axis: to each of `extent` pixels its shares of what it was in."""
    before, _, share = _neighbours(extent, scale, align_corners)
    starts = np.searchsorted(before, np.arange(extent + 1))  # of the outputs between a pixel and the next
    counts = np.diff(starts)
    whole: tuple[Any, ...] = (slice(None),) * axis
    result = np.zeros((*gradient.shape[:axis], extent, *gradient.shape[axis + 1 :]), gradient.dtype)
    for rank in range(int(counts.max())):  # the first output behind every pixel, then the second ones, ...
        pixels = np.flatnonzero(counts > rank)
        outputs = starts[pixels] + rank
        part = gradient[*whole, outputs]
        right = part * share[outputs].reshape(-1, *[1] * (gradient.ndim - axis - 1))
        result[*whole, pixels] += part - right
        inner = pixels < extent - 1  # the last pixel has no neighbour and a share of 0
        result[*whole, pixels[inner] + 1] += right[*whole, inner]
    return result

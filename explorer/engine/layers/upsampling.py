"""Upsampling of maps by repeating or interpolating pixels, and what it shares with that of signals and volumes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.engine.axes import along_depth, along_sheets
from explorer.engine.geometry import Window
from explorer.engine.layer import Array, Parameters, Shape, setting
from explorer.engine.memory import BLOCK, empty_maps, rows_first
from explorer.engine.onnx_form import OnnxCall, OnnxMismatch, OnnxNode, Value
from explorer.engine.onnx_windows import check_axes, plain
from explorer.engine.pool import pool
from explorer.engine.spatial import PerAxis, Spatial, axis_setting, per_axis, times
from explorer.engine.tape import Gradients, Needed, Tape

Pair = tuple[int, int]


def scale_setting(axes: int) -> Any:
    """How much larger."""
    return axis_setting(axes, 2, high=32, help="How many times the {axes}.")


def mode_setting(name: str) -> Any:
    """Repeating or interpolating; interpolation has a name of its own for every number of axes."""
    return setting(
        default="nearest",
        choices=("nearest", name),
        help=f"nearest: repeats every value. {name}: blends the neighbours on both sides of every axis.",
    )


class Upsampling(Spatial):
    """An output `scale` times as large: every value repeated, or neighbours interpolated.

    Interpolation is separable: a volume is enlarged slice by slice, and then along its depth.
    """

    group = "Shape"
    onnx_name = "Resize"
    onnx_also = ("Upsample",)

    scale: PerAxis = scale_setting(2)
    mode: str = mode_setting("bilinear")
    align_corners: bool = setting(
        default=False,
        when=lambda layer: layer.mode != "nearest",
        help="Off: pixels are little areas, as in OpenCV. On: the corner pixels keep their places exactly.",
    )

    def summary(self) -> str:
        return f"upsample {times(self.scale)}"

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        extents = zip(self.extents(shapes[0]), per_axis(self.scale), strict=True)
        return shapes[0][0], *(extent * scale for extent, scale in extents)

    def multiply_adds(self, shapes: Sequence[Shape]) -> int:
        return 0 if self.mode == "nearest" else 2**self.axes * math.prod(self.output_shape(shapes))

    def windows(self, shapes: Sequence[Shape]) -> tuple[Window, ...]:
        if self.mode == "nearest":
            return tuple(Window(zoom=scale) for scale in per_axis(self.scale))
        # Two pixels at a time, but which two depends on where an output lies between them: three in all.
        return tuple(
            Window(3, before=1, after=1, zoom=scale) if scale > 1 else Window()
            for scale in per_axis(self.scale)
        )

    def onnx_nodes(self, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:
        corners = "align_corners" if self.align_corners else "half_pixel"
        attributes: dict[str, Value] = {"mode": "linear", "coordinate_transformation_mode": corners}
        if self.mode == "nearest":
            attributes = {
                "mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor",
            }  # fmt: skip
        scales = np.array((1, 1, *per_axis(self.scale)), np.float32)
        return (OnnxNode("Resize", (0, None, scales), attributes),)

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[Upsampling, dict[str, Array]]:
        check_axes(call, cls.axes)
        scale = tuple(_scales(call)[2:])
        mode = call.expect("mode", "nearest", "nearest", "linear")
        if mode == "nearest":
            return cls(scale=plain(scale), mode="nearest"), {}
        default = "half_pixel" if call.operator == "Resize" else "asymmetric"
        corners = call.expect("coordinate_transformation_mode", default, "half_pixel", "align_corners")
        blending = next(one for one in cls.settings() if one.name == "mode").choices[1]
        return cls(scale=plain(scale), mode=blending, align_corners=corners == "align_corners"), {}

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        enlarge = self._repeated if self.mode == "nearest" else self._interpolated
        flat, deep = self._passes()
        y = along_sheets(lambda maps: enlarge(maps, flat), x)
        return y if deep is None else along_depth(lambda maps: enlarge(maps, deep), y)

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        flat, deep = self._passes()
        if deep is not None:
            gradient = along_depth(lambda maps: self._gathered(maps, deep), gradient)
        return Gradients((along_sheets(lambda maps: self._gathered(maps, flat), gradient),))

    def _passes(self) -> tuple[Pair, Pair | None]:
        """How much larger maps get along the last two axes, and along the depth, where there is one."""
        *deep, down, across = 1, *per_axis(self.scale)
        return (down, across), (1, deep[-1]) if self.axes == 3 else None

    def _gathered(self, gradient: Array, scale: Pair) -> Array:
        """The way back: to every pixel what its copies got, or its shares of what it was blended into."""
        batch, channels, *extents = gradient.shape
        height, width = (extent // ratio for extent, ratio in zip(extents, scale, strict=True))
        if self.mode == "nearest":
            copies = gradient.reshape(batch, channels, height, scale[0], width, scale[1])
            return np.asarray(copies.sum((3, 5)))
        rows = _unblend(rows_first(gradient), 0, height, scale[0], self.align_corners)
        pixels = _unblend(rows, 2, width, scale[1], self.align_corners)
        return pixels.transpose(3, 1, 0, 2)  # (n, c, h, w)

    def _repeated(self, x: Array, scale: Pair) -> Array:
        batch, channels, height, width = x.shape
        down, across = scale
        result = empty_maps(batch, channels, height * down, width * across, x.dtype)
        source = rows_first(x)  # (h, c, w, n)
        target = rows_first(result).reshape(height, down, channels, width, across, batch)
        step = max(1, BLOCK // max(1, channels * width * batch * down * across))

        def work(first: int) -> None:
            rows = slice(first, first + step)
            target[rows] = source[rows, None, :, :, None]

        pool.each(work, range(0, height, step))
        return result

    def _interpolated(self, x: Array, scale: Pair) -> Array:
        batch, channels, height, width = x.shape
        result = empty_maps(batch, channels, height * scale[0], width * scale[1], x.dtype)
        source, target = rows_first(x), rows_first(result)  # (h, c, w, n)
        top, bottom, down = _neighbours(height, scale[0], self.align_corners)
        left, right, across = _neighbours(width, scale[1], self.align_corners)
        down, across = down[:, None, None, None], across[:, None]
        step = max(1, BLOCK // max(1, channels * width * batch * scale[1]))

        def work(first: int) -> None:
            rows = slice(first, first + step)
            lines = _blend(source[top[rows]], source[bottom[rows]], down[rows])
            target[rows] = _blend(lines[:, :, left], lines[:, :, right], across)

        pool.each(work, range(0, len(target), step))
        return result


def _scales(call: OnnxCall) -> list[int]:
    """How many times as large every axis gets, images and channels included."""
    scales = call.constant(1 if call.operator == "Upsample" or call.opset < 11 else 2)
    sizes = call.constant(3)
    if sizes is not None and sizes.size:
        before = (sizes[0], *call.shapes[0])
        scales = np.asarray(sizes, np.float64) / before
    found = list(call.attributes.get("scales", ())) if scales is None else scales.tolist()
    if len(found) != len(call.shapes[0]) + 1 or found[:2] != [1, 1] or any(one != int(one) for one in found):
        raise OnnxMismatch(
            f"{call.operator} by {found} is not supported, only by whole numbers along the axes of maps."
        )
    return [int(one) for one in found]


class Upsample(Upsampling):
    """Maps `scale` times as high and wide: every pixel repeated, or four neighbours interpolated."""

    kind = "upsample"
    title = "Upsampling"
    help = "Makes maps larger, by repeating every pixel or by interpolating between neighbours."

    scale: tuple[int, int] = scale_setting(2)


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

"""Padding as a layer of its own: a border around every map, and what it shares with that of signals and volumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from explorer.engine.axes import along_depth, along_sheets
from explorer.engine.geometry import BORDERS, Border, Window, border_index
from explorer.engine.layer import Array, Parameters, Shape, setting
from explorer.engine.memory import BLOCK, empty_maps, rows_first
from explorer.engine.onnx_form import OnnxCall, OnnxMismatch, OnnxNode
from explorer.engine.onnx_windows import MODES, check_axes, padding_nodes
from explorer.engine.pool import pool
from explorer.engine.spatial import Spatial, sides_setting
from explorer.engine.tape import Gradients, Needed, Tape
from explorer.engine.windows import Sides, fold_border


def _is_constant(layer: Any) -> bool:
    return bool(layer.border == "constant")


class Padding(Spatial):
    """Values added at the sides of every axis: a number, or values of the input itself.

    Every border is separable: a volume is padded slice by slice, and then along its depth.
    """

    group = "Shape"
    onnx_name = "Pad"

    sides: tuple[int, ...] = sides_setting(2, 1)
    border: Border = setting(
        default="constant",
        choices=BORDERS,
        help="constant: one number. reflect: mirrored with the edge pixel (cba|abc). reflect-101: mirrored at "
        "the edge pixel (cb|abc), OpenCV's default. replicate: the edge repeated. wrap: the opposite side.",
    )
    value: float = setting(
        default=0.0, when=_is_constant, help="The number that a constant border consists of."
    )

    def summary(self) -> str:
        return "pad " + (str(self.sides[0]) if len(set(self.sides)) == 1 else ",".join(map(str, self.sides)))

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        extents = zip(self.extents(shapes[0]), self._pairs(), strict=True)
        return shapes[0][0], *(before + extent + after for extent, (before, after) in extents)

    def windows(self, shapes: Sequence[Shape]) -> tuple[Window, ...]:
        return tuple(Window(before=before, after=after) for before, after in self._pairs())

    def onnx_nodes(self, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:
        return padding_nodes(self._pairs(), self.extents(shapes[0]), self.border, self.value)

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[Padding, dict[str, Array]]:
        check_axes(call, cls.axes)
        constant, value = call.constant(1), call.constant(2)  # attributes before opset 11
        pads = call.numbers("pads", call.numbers("paddings", ())) if constant is None else constant.tolist()
        mode = call.expect("mode", "constant", *MODES.values())
        half = len(pads) // 2
        if half != cls.axes + 2 or any((*pads[:2], *pads[half : half + 2])) or call.constant(3) is not None:
            raise OnnxMismatch("Pad must name all axes, and leave images and channels as they are.")
        sides = [side for pair in zip(pads[2:half], pads[half + 2 :], strict=True) for side in pair]
        filling = call.attributes.get("value", 0.0) if value is None else float(value.item())
        border = next(ours for ours, theirs in MODES.items() if theirs == mode)
        return cls(sides=tuple(sides), border=border, value=filling), {}

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        flat, deep = self._passes()
        y = along_sheets(lambda maps: self._padded(maps, flat), x)
        return y if deep is None else along_depth(lambda maps: self._padded(maps, deep), y)

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        flat, deep = self._passes()
        if deep is not None:
            gradient = along_depth(lambda maps: fold_border(maps, deep, self.border), gradient)
        return Gradients((along_sheets(lambda maps: fold_border(maps, flat, self.border), gradient),))

    def _pairs(self) -> list[tuple[int, int]]:
        """What is added before and after, per axis."""
        return [(self.sides[2 * axis], self.sides[2 * axis + 1]) for axis in range(self.axes)]

    def _passes(self) -> tuple[Sides, Sides | None]:
        """The sides of maps for the last two axes, and for the depth, where there is one."""
        *deep, down, across = [(0, 0), *self._pairs()]
        return (*down, *across), (0, 0, *deep[-1]) if self.axes == 3 else None

    def _padded(self, x: Array, sides: Sides) -> Array:
        batch, channels, height, width = x.shape
        top, bottom, left, right = sides
        result = empty_maps(batch, channels, height + top + bottom, width + left + right, x.dtype)
        source, target = rows_first(x), rows_first(result)  # (h, c, w, n)
        rows = border_index(np.arange(-top, height + bottom), height, self.border)
        beside = np.concatenate([np.arange(-left, 0), np.arange(width, width + right)])
        outside = border_index(beside, width, self.border)
        step = max(1, BLOCK * len(target) // max(1, target.size))

        def work(first: int) -> None:
            for row in range(first, min(len(target), first + step)):
                line = target[row]  # (c, w, n)
                if rows[row] < 0:
                    line.fill(self.value)
                    continue
                read = source[rows[row]]
                line[:, left : left + width] = read
                if self.border == "constant":
                    line[:, :left] = line[:, left + width :] = self.value
                else:
                    line[:, :left] = read[:, outside[:left]]
                    line[:, left + width :] = read[:, outside[left:]]

        pool.each(work, range(0, len(target), step))
        return result


class Pad(Padding):
    """Rows and columns added around every map: a number, or pixels of the map itself."""

    kind = "pad"
    title = "Padding"
    help = "Adds a border around every map, of a number or of the map's own pixels."

    sides: tuple[int, int, int, int] = sides_setting(2, 1)

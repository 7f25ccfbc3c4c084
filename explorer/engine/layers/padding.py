"""Padding as a layer of its own: a border around every map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from explorer.engine.geometry import BORDERS, Border, Window, border_index
from explorer.engine.layer import Array, Layer, Parameters, Shape, maps_shape, setting
from explorer.engine.memory import BLOCK, empty_maps, rows_first
from explorer.engine.pool import pool
from explorer.engine.tape import Gradients, Needed, Tape
from explorer.engine.windows import fold_border


def _is_constant(layer: Any) -> bool:
    return bool(layer.border == "constant")


class Pad(Layer):
    """Rows and columns added around every map: a number, or pixels of the map itself."""

    kind = "pad"
    title = "Padding"
    group = "Shape"
    help = "Adds a border around every map, of a number or of the map's own pixels."

    sides: tuple[int, int, int, int] = setting(
        default=(1, 1, 1, 1), low=0, high=512, help="Pixels to add at the top, bottom, left and right."
    )
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
        channels, height, width = maps_shape(self, shapes[0])
        top, bottom, left, right = self.sides
        return channels, height + top + bottom, width + left + right

    def windows(self, shapes: Sequence[Shape]) -> tuple[Window, Window]:
        top, bottom, left, right = self.sides
        return Window(before=top, after=bottom), Window(before=left, after=right)

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        batch, channels, height, width = x.shape
        top, bottom, left, right = self.sides
        result = empty_maps(batch, channels, height + top + bottom, width + left + right, x.dtype)
        source, target = rows_first(x), rows_first(result)  # (h, c, w, n)
        rows = border_index(np.arange(-top, height + bottom), height, self.border)
        sides = np.concatenate([np.arange(-left, 0), np.arange(width, width + right)])
        outside = border_index(sides, width, self.border)
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

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        return Gradients((fold_border(gradient, self.sides, self.border),))

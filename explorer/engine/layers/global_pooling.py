"""Global pooling: every map, whatever its size, becomes one value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from explorer.engine.axes import along_depth, along_sheets, as_depths, as_lines, as_sheets, from_sheets
from explorer.engine.distribution import award_windows
from explorer.engine.geometry import Window
from explorer.engine.layer import Array, Layer, Parameters, Shape
from explorer.engine.memory import BLOCK, rows_first
from explorer.engine.onnx_form import OnnxCall, OnnxNode, Value, chained
from explorer.engine.pool import pool
from explorer.engine.spatial import any_extents
from explorer.engine.tape import Gradients, Needed, Tape


class GlobalPool(Layer):
    """What all global poolings share: maps of any size in, maps of 1 x 1 out; signals and volumes likewise."""

    group = "Pooling"
    combine: ClassVar[np.ufunc]

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        extents = any_extents(self, shapes[0])
        return shapes[0][0], *(1,) * len(extents)

    def windows(self, shapes: Sequence[Shape]) -> None:
        return None

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        source = rows_first(as_lines(x))  # (h, c, w, n)
        height, channels, width, batch = source.shape
        step = max(1, BLOCK // max(1, channels * width * batch))
        starts = range(0, height, step)
        # One line of results per block, joined in the blocks' order: the same sum whoever computed it.
        partial = np.empty((len(starts), channels, batch), np.float64)

        def work(index: int) -> None:
            block = source[starts[index] : starts[index] + step]
            rows = type(self).combine.reduce(self.prepared(block), axis=2, dtype=x.dtype)  # (h, c, n)
            partial[index] = type(self).combine.reduce(rows, axis=0, dtype=np.float64)

        pool.each(work, range(len(starts)))
        whole = self.finished(type(self).combine.reduce(partial, axis=0), height * width)  # (c, n)
        y: Array = whole.T.astype(x.dtype).reshape(*x.shape[:2], *(1,) * (x.ndim - 2))  # (n, c, 1, ...)
        tape.keep(x, y)
        return y

    def prepared(self, block: Array) -> Array:
        """What is combined of a block of pixels."""
        return block

    def finished(self, combined: NDArray[np.float64], pixels: int) -> NDArray[np.float64]:
        """The value of a map of `pixels` pixels from everything combined."""
        return combined


class GlobalExtremePool(GlobalPool):
    """What the global maximum and minimum share: one pixel of every map wins, and of equal ones the first."""

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        x, y = tape
        if x.ndim < 5:
            found = self._awarded(as_sheets(gradient), as_sheets(x), as_sheets(y))
            return Gradients((from_sheets(found, x.ndim - 2, x.shape[1]),))
        # In scan order: first the slice that wins, then the pixel in it.
        best = type(self).combine.reduce(x, axis=(3, 4), keepdims=True)  # (n, c, d, 1, 1)
        slices = along_depth(lambda maps: self._awarded(maps, as_depths(best), as_depths(y)), gradient)
        return Gradients(
            (along_sheets(lambda maps: self._awarded(maps, as_sheets(x), as_sheets(best)), slices),)
        )

    def _awarded(self, gradient: Array, x: Array, y: Array) -> Array:
        windows = Window(x.shape[2]), Window(x.shape[3])
        return award_windows(gradient, x, y, windows, type(self).combine)


class GlobalMaxPool(GlobalExtremePool):
    """The largest value of every map."""

    kind = "global_max_pool"
    onnx_name = "GlobalMaxPool"
    title = "Global max pool"
    help = "The largest value of every map: whether a feature is anywhere in the image."
    combine = np.maximum


class GlobalMinPool(GlobalExtremePool):
    """The smallest value of every map."""

    kind = "global_min_pool"
    title = "Global min pool"
    help = "The smallest value of every map."
    combine = np.minimum

    def onnx_nodes(self, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:
        return chained("Neg", "GlobalMaxPool", "Neg")


class GlobalAveragePool(GlobalPool):
    """The mean of every map (Lin et al. 2013, Network in Network, section 3.2)."""

    kind = "global_average_pool"
    onnx_name = "GlobalAveragePool"
    title = "Global average pool"
    help = "The mean of every map: how much of a feature is in the image, whatever its size."
    combine = np.add

    def finished(self, combined: NDArray[np.float64], pixels: int) -> NDArray[np.float64]:
        return combined / pixels

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        x, _ = tape
        return Gradients((np.broadcast_to(gradient / math.prod(x.shape[2:]), x.shape),))


class GlobalL2Pool(GlobalPool):
    """The square root of the sum of the squares of every map; the slope at a map of zeros is taken as 0."""

    kind = "global_l2_pool"
    onnx_name = "GlobalLpPool"
    title = "Global L2 pool"
    help = "The length of every map as a vector: the root of the sum of its squares. Signs are lost."
    combine = np.add
    signed_output = False

    def onnx_attributes(self, shapes: Sequence[Shape]) -> dict[str, Value]:
        return {"p": 2}

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[Layer, dict[str, Array]]:
        call.expect("p", 2, 2)
        return super().from_onnx(call)

    def multiply_adds(self, shapes: Sequence[Shape]) -> int:
        return math.prod(shapes[0])

    def prepared(self, block: Array) -> Array:
        return np.square(block)

    def finished(self, combined: NDArray[np.float64], pixels: int) -> NDArray[np.float64]:
        return np.sqrt(combined)

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        x, y = tape
        share = np.divide(gradient, y, out=np.zeros_like(gradient), where=y != 0)
        return Gradients((np.multiply(x, share),))

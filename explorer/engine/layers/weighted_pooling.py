"""Weighted pooling: a mean in which the pixels at the middle of the window count most."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from explorer.engine.distribution import spread_windows
from explorer.engine.layer import Array, Shape, setting
from explorer.engine.layers.pooling import SlidingPool, Windows
from explorer.engine.onnx_form import OnnxNode
from explorer.engine.reduction import counts, window_rows
from explorer.engine.row_work import RowWork
from explorer.engine.spatial import per_axis


def gaussian_weights(size: int, dilation: int, sigma: float) -> tuple[float, ...]:
    """Weights along one axis, of sum 1: exp(-d² / 2 sigma²) of the distance d in pixels from the middle."""
    distance = (np.arange(size) - (size - 1) / 2) * dilation
    # Counted from the nearest pixel, so that a narrow bell on an even window does not vanish altogether.
    weights = np.exp((np.min(distance**2) - distance**2) / (2 * sigma**2))
    return tuple(float(weight) for weight in weights / weights.sum())


def outer(vectors: Sequence[Sequence[float] | Array], before: tuple[int, ...]) -> Array:
    """The products of every number of each vector with every one of the others, (*before, *lengths)."""
    product = np.ones((), np.float64)
    for vector in vectors:
        product = np.multiply.outer(product, np.asarray(vector, np.float64))
    return np.broadcast_to(product.astype(np.float32), (*before, *product.shape))


class WeightedPool(SlidingPool):
    """The mean of every window with Gaussian weights, renormalised over what counts.

    The weights are the normalised Gaussian of the distance from the window's centre, as in the pooling by
    "a weighted average based on the distance from the central pixel" of Goodfellow, Bengio & Courville 2016,
    Deep Learning, section 9.3.
    """

    kind = "weighted_pool"
    title = "Weighted pool"
    help = "A mean in which the middle of the window counts most: smooth, and calm when the image shifts."

    sigma: float = setting(
        default=1.0, low=0.05, high=100.0, step=0.1, help="Width of the Gaussian bell of weights, in pixels."
    )
    count_include_pad: bool = setting(
        default=False,
        label="Count padding",
        help="Padding counts as zeros in the mean, so that edges get darker. What ceil mode reads beyond the "
        "padding never counts.",
    )

    def weights(self, windows: Windows) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The weights down and across; the weight of a pixel is the product of the two."""
        down, across = (gaussian_weights(window.size, window.dilation, self.sigma) for window in windows)
        return down, across

    def onnx_nodes(self, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:
        windows, extents, channels = self.windows(shapes), self.extents(shapes[0]), shapes[0][0]
        weights = [gaussian_weights(window.size, window.dilation, self.sigma) for window in windows]
        kernel = outer(weights, (channels, 1))
        sums = [
            counts(window, extent, padding=self.count_include_pad, weights=one)
            for window, extent, one in zip(windows, extents, weights, strict=True)
        ]
        attributes = {**self.onnx_attributes(shapes), "group": channels}
        return OnnxNode("Conv", (0, kernel), attributes), OnnxNode("Div", (-1, outer(sums, (1, 1))))

    def multiply_adds(self, shapes: Sequence[Shape]) -> int:
        return math.prod(self.output_shape(shapes)) * math.prod(per_axis(self.window))

    def pooled(self, x: Array, windows: Windows) -> RowWork:
        down, across = self._counts(x, windows)

        def divide(out: Array, rows: slice) -> None:
            np.divide(out, down[rows, None, None, None] * across[:, None], out=out)

        return window_rows(x, windows, np.add, weights=self.weights(windows), after=divide)

    def unpooled(self, gradient: Array, x: Array, y: Array, windows: Windows) -> Array:
        down, across = self._counts(x, windows)
        share = gradient / (down[:, None] * across)
        return spread_windows(share, windows, (x.shape[2], x.shape[3]), self.weights(windows))

    def _counts(self, x: Array, windows: Windows) -> tuple[Array, Array]:
        """The sum of the weights that count along a window, per row and per column of the output."""
        down, across = (
            counts(window, extent, padding=self.count_include_pad, weights=one)
            for window, extent, one in zip(windows, x.shape[2:], self.weights(windows), strict=True)
        )
        return down, across

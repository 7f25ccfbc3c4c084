"""The same map through several operations side by side: kinds of pooling, correlation and convolution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.engine.kernel_limits import Kernel
from explorer.engine.kernel_operations import centre
from explorer.engine.layer import Array, Layer
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.pooling import AveragePool, L2Pool, MaxPool, MinPool
from explorer.engine.layers.weighted_pooling import WeightedPool
from explorer.engine.tape import Tape

Pair = tuple[int, int]


@dataclass(frozen=True, eq=False)
class PooledMap:
    """A map after one kind of pooling, and what is left of it.

    `edges_kept` is the share of all differences between neighbours that is left (see `edge_amount`), `peak_kept`
    that of the largest absolute value; above 1 where there is more than before. Both are 0 for a map of zeros.
    """

    title: str
    layer: Layer
    map: Array
    edges_kept: float
    peak_kept: float
    mean: float

    @property
    def edges(self) -> Array:
        """The picture of what is left of the edges (height, width): how steep the map is at every pixel."""
        return steepness(self.map)


def compare_poolings(
    map: Array, window: Pair = (2, 2), stride: Pair | None = None, kernel: Array | None = None
) -> tuple[PooledMap, ...]:
    """A map (height, width) through maximum, average, minimum, L2 and weighted pooling and a strided convolution.

    All have the same windows. `kernel`, of the window's size, is the convolution's; without one it takes the pixel
    in the middle of every window and drops the others. Raises ShapeError where no window fits.
    """
    settings: dict[str, Any] = {"window": window, "stride": stride or window}
    layers: list[Layer] = [pool(**settings) for pool in (MaxPool, AveragePool, MinPool, L2Pool, WeightedPool)]
    convolution = Conv2d(filters=1, kernel=window, stride=settings["stride"], padding="valid", bias=False)
    weights = _picking(window) if kernel is None else np.asarray(kernel, np.float32)
    found = [_pooled(layer.title, layer, map, settings["stride"], {}) for layer in layers]
    strided = _pooled(
        "Strided convolution", convolution, map, settings["stride"], {"kernel": weights[None, None]}
    )
    return (*found, strided)


def _picking(window: Pair) -> Array:
    weights = np.zeros(window, np.float32)
    weights[centre(window[0]), centre(window[1])] = 1
    return weights


def _pooled(title: str, layer: Layer, map: Array, stride: Pair, parameters: Mapping[str, Array]) -> PooledMap:
    pooled = _through(layer, map, parameters)
    return PooledMap(
        title, layer, pooled,
        edges_kept=_share(edge_amount(pooled, stride), edge_amount(map)),
        peak_kept=_share(float(np.abs(pooled).max()), float(np.abs(map).max())),
        mean=float(pooled.mean()),
    )  # fmt: skip


def _through(layer: Layer, map: Array, parameters: Mapping[str, Array]) -> Array:
    x = np.asarray(map, np.float32)[None, None]
    layer.output_shape([x.shape[1:]])  # says what does not fit
    y: Array = layer.forward([x], parameters, Tape())[0, 0]
    return y


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def edge_amount(map: Array, stride: Pair = (1, 1)) -> float:
    """All absolute differences between neighbours of a map, each counted for the pixels it stands for.

    A map of every s-th pixel has edges s times as short, so its differences down count `stride` across times, and
    the other way round. An edge or a ramp that a pooling leaves as it is then amounts to the same as before.
    """
    down, across = np.diff(map, axis=0), np.diff(map, axis=1)
    amount = np.abs(down).sum(dtype=np.float64) * stride[1] + np.abs(across).sum(dtype=np.float64) * stride[0]
    return float(amount)


def steepness(map: Array) -> Array:
    """How steep a map is at every pixel: the length of its two differences to the next pixels (height, width)."""
    down = np.diff(map, axis=0, append=map[-1:])
    across = np.diff(map, axis=1, append=map[:, -1:])
    return np.asarray(np.hypot(down, across), np.float32)


@dataclass(frozen=True, eq=False)
class TurnedKernel:
    """A map through the same kernel by correlation and by convolution, which turns it by 180 degrees first."""

    kernel: Kernel
    turned: Kernel
    correlation: Array
    convolution: Array

    @property
    def difference(self) -> Array:
        """Convolution less correlation."""
        return self.convolution - self.correlation

    @property
    def is_symmetric(self) -> bool:
        """Whether turning changes nothing, and both are the same."""
        return bool(np.array_equal(self.kernel, self.turned))


def compare_convolution(map: Array, kernel: Kernel, border: str = "reflect-101") -> TurnedKernel:
    """A map (height, width) correlated and convolved with a kernel (kh, kw), each of the map's size."""
    weights = np.asarray(kernel, np.float32)
    height, width = weights.shape
    layer = Conv2d(filters=1, kernel=(height, width), border=border, bias=False)
    parameters = {"kernel": weights[None, None]}
    return TurnedKernel(
        kernel=weights,
        turned=weights[::-1, ::-1],
        correlation=_through(layer, map, parameters),
        convolution=_through(layer.with_settings(flip=True), map, parameters),
    )

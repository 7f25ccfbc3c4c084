"""Initializers: how parameters start."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from explorer.engine.layer import Array, Shape
from explorer.engine.pool import pool
from explorer.engine.setting import Declared, setting

MANY = 1 << 20  # values that are drawn by all cores; fewer by one, in one row of numbers
AT_ONCE = 1 << 18


def he_normal(shape: Sequence[int], fan_in: int, rng: np.random.Generator) -> Array:
    """Normal values of variance 2 / fan_in: ReLU halves the variance (He et al. 2015, section 2.2)."""
    values: Array = np.empty(tuple(shape), np.float32)
    if values.size:
        _fill(values.reshape(len(values), -1), fan_in, rng)
    return values


def grown(old: Array | None, shape: Shape, fan_in: int, rng: np.random.Generator) -> Array:
    """A matrix (outputs, inputs) with the values of `old` where both have room, and new ones beside and below."""
    if old is None or old.ndim != len(shape):
        return he_normal(shape, fan_in, rng)
    if old.shape == shape:
        return old
    rows, columns = min(old.shape[0], shape[0]), min(old.shape[1], shape[1])
    values = np.empty(shape, np.float32)
    values[:rows, :columns] = old[:rows, :columns]
    for missing in (values[:rows, columns:], values[rows:]):
        if missing.size:
            _fill(missing, fan_in, rng)
    return values


def _fill(values: Array, fan_in: int, rng: np.random.Generator) -> None:
    """Draw into a matrix or a part of one: of many values every block has random numbers of its own."""
    deviation = np.float32(np.sqrt(2 / max(1, fan_in)))

    def draw(block: tuple[Array, np.random.Generator]) -> None:
        rows, drawing = block
        for row in (rows,) if rows.flags.c_contiguous else rows:
            drawing.standard_normal(out=row, dtype=np.float32)
        rows *= deviation

    if values.size < MANY:
        draw((values, rng))
        return
    at_once = max(1, AT_ONCE // values.shape[1])
    blocks = [values[first : first + at_once] for first in range(0, len(values), at_once)]
    pool.each(draw, zip(blocks, rng.spawn(len(blocks)), strict=True))


def zeros(shape: Sequence[int]) -> Array:
    """Zeros, float32."""
    return np.zeros(tuple(shape), np.float32)


def ones(shape: Sequence[int]) -> Array:
    """Ones, float32."""
    return np.ones(tuple(shape), np.float32)


def fans(shape: Shape) -> tuple[int, int]:
    """How many inputs one output of a kernel (outputs, inputs, *size) reads, and how many outputs read one input."""
    if len(shape) < 2:
        return math.prod(shape), math.prod(shape)
    size = math.prod(shape[2:])
    return shape[1] * size, shape[0] * size


class Initializer(Declared):
    """A way to draw a kernel of a given shape."""

    family = "initializer"
    kinds: ClassVar[dict[str, type[Initializer]]] = {}

    @abstractmethod
    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        """A kernel (outputs, inputs, *size), float32."""


class _Scaled(Initializer):
    """Values of a variance that keeps signals as large as they were, from layer to layer."""

    distribution: str = setting(
        default="normal",
        choices=("normal", "uniform"),
        help="normal: a bell. uniform: all values equally often.",
    )

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        variance = self.variance(*fans(shape))
        if self.distribution == "normal":
            return np.asarray(rng.standard_normal(shape) * math.sqrt(variance), np.float32)
        bound = math.sqrt(3 * variance)  # the variance of a uniform value between -b and b is b² / 3
        return np.asarray(rng.uniform(-bound, bound, shape), np.float32)

    @abstractmethod
    def variance(self, fan_in: int, fan_out: int) -> float:
        """The variance for a unit that reads `fan_in` values, each of which is read by `fan_out` units."""


class He(_Scaled):
    """Variance 2 / fan_in: ReLU halves the variance (He et al. 2015, section 2.2)."""

    kind = "he"
    title = "He"
    help = "For layers before a ReLU."

    def variance(self, fan_in: int, fan_out: int) -> float:
        return 2 / max(1, fan_in)


class Glorot(_Scaled):
    """Variance 2 / (fan_in + fan_out): forward and backward signals alike (Glorot & Bengio 2010, equation 12)."""

    kind = "glorot"
    title = "Glorot"
    help = "For layers before a tanh, a sigmoid or a softmax. Also called Xavier."

    def variance(self, fan_in: int, fan_out: int) -> float:
        return 2 / max(1, fan_in + fan_out)


class LeCun(_Scaled):
    """Variance 1 / fan_in (LeCun et al. 1998, Efficient BackProp, section 4.6)."""

    kind = "lecun"
    title = "LeCun"
    help = "For layers before a SELU or a tanh."

    def variance(self, fan_in: int, fan_out: int) -> float:
        return 1 / max(1, fan_in)


class Orthogonal(Initializer):
    """Kernels at right angles to each other, all of length `gain` (Saxe et al. 2013).

    With more kernels than each has numbers it is the numbers' rows that stand at right angles.
    """

    kind = "orthogonal"
    title = "Orthogonal"
    help = "Kernels as different from each other as possible."

    gain: float = setting(default=1.0, low=0, high=100, step=0.1, help="Length of every kernel.")

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        rows, columns = shape[0], math.prod(shape[1:])
        values = rng.standard_normal((max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(values)
        q *= np.sign(np.diag(r))  # without it not every orthogonal matrix would be equally likely
        return np.asarray(self.gain * (q if rows >= columns else q.T).reshape(shape), np.float32)


class ConstantValue(Initializer):
    """The same number everywhere."""

    kind = "constant"
    title = "Constant"
    help = "Every weight the same: all kernels of a layer then learn the same, which is worth seeing once."

    value: float = setting(default=0.0, low=-1e6, high=1e6, step=0.1, help="The number.")

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return np.full(shape, self.value, np.float32)


class Normal(Initializer):
    """Normal values."""

    kind = "normal"
    title = "Normal"
    help = "A bell of a width of your own."

    mean: float = setting(default=0.0, low=-1e6, high=1e6, step=0.1, help="Middle of the bell.")
    deviation: float = setting(default=0.05, low=0, high=1e6, step=0.01, help="Standard deviation.")

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return np.asarray(rng.normal(self.mean, self.deviation, shape), np.float32)


class Uniform(Initializer):
    """Values between two bounds, all equally likely."""

    kind = "uniform"
    title = "Uniform"
    help = "All values between two bounds equally often."

    low: float = setting(default=-0.05, low=-1e6, high=1e6, step=0.01, label="Lowest", help="Lower bound.")
    high: float = setting(default=0.05, low=-1e6, high=1e6, step=0.01, label="Highest", help="Upper bound.")

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return np.asarray(rng.uniform(min(self.low, self.high), max(self.low, self.high), shape), np.float32)

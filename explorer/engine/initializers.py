"""How parameters start."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.engine.layer import Array


def he_normal(shape: Sequence[int], fan_in: int, rng: np.random.Generator) -> Array:
    """Normal values of variance 2 / fan_in: ReLU halves the variance (He et al. 2015, section 2.2)."""
    values: Array = rng.standard_normal(tuple(shape), np.float32)
    values *= np.float32(np.sqrt(2 / max(1, fan_in)))
    return values


def zeros(shape: Sequence[int]) -> Array:
    """Zeros, float32."""
    return np.zeros(tuple(shape), np.float32)


def ones(shape: Sequence[int]) -> Array:
    """Ones, float32."""
    return np.ones(tuple(shape), np.float32)

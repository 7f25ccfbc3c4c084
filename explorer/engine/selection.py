"""Letting some values of a gradient pass and not others, by their bits: infinities and NaN included."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.engine.layer import Array

# A product with 0 would not do: infinity times 0 is NaN. As integers, bits times 0 or 1 are exact, and ten times
# as fast as np.where where the mask is irregular.


def bits(x: Array) -> NDArray[Any]:
    """The same memory, read as whole numbers of the same size."""
    return x.view(np.int32 if x.itemsize == 4 else np.int64)


def select(gradient: Array, mask: NDArray[np.bool_], out: Array) -> None:
    """Write `gradient` into `out` where the mask is set, and 0 elsewhere."""
    np.multiply(bits(gradient), mask, out=bits(out))


def rest_of(gradient: Array, selected: Array) -> Array:
    """What is left of `gradient` after `selected` was taken out of it by `select`; a new array."""
    rest = np.empty_like(gradient)
    np.bitwise_xor(bits(gradient), bits(selected), out=bits(rest))
    return rest

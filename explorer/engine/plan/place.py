"""A place: where the output of a node and its gradient lie while a piece of a batch is on its way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.engine.layer import Array, Shape
from explorer.engine.memory import empty_activation, rows_first

Pixels = NDArray[np.void]  # the images of a pixel as one item, which moves faster than they do one by one


@dataclass(frozen=True, eq=False)
class Place:
    """Values and gradient, both (batch, *shape); maps lie as (h, c, w, n), lists as (f, n).

    The same memory serves every step, so that what reads and writes it can be prepared once.
    """

    values: Array
    gradient: Array

    @property
    def shape(self) -> Shape:
        """The shape of one image's part."""
        return self.values.shape[1:]


def place_for(count: int, shape: Shape) -> Place:
    """A place for `count` images of this shape, filled with zeros."""
    return Place(_zeros(count, shape), _zeros(count, shape))


def with_own_gradient(place: Place) -> Place:
    """The same values with a gradient of its own, for one of several readers."""
    return Place(place.values, _zeros(len(place.values), place.shape))


def _zeros(count: int, shape: Shape) -> Array:
    if len(shape) == 1:
        return np.zeros((*shape, count), np.float32).T  # (n, f)
    activation = empty_activation(count, shape)
    activation[...] = 0
    return activation


def lines_of(maps: Array) -> Array:
    """Maps (n, c, h, w) of a place as they lie, every line in one: (h, c, w * n)."""
    rows = rows_first(maps)  # (h, c, w, n)
    return rows.reshape(*rows.shape[:2], -1)


def pixels_of(x: Array) -> Pixels:
    """Any array (..., n) whose images lie side by side as (...,) items of all images."""
    item = np.dtype((np.void, x.shape[-1] * x.itemsize))
    return x.view(item)[..., 0]

"""Units and the pixels of the flat maps on which they stand."""

import numpy as np
import pytest

from explorer.rendering.flat_maps import flat_maps, pixel_of, unit_at

SHAPES = [(5,), (3, 7), (3, 4, 6), (2, 3, 4, 5)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_way_to_a_pixel_and_back_ends_where_it_began(shape):
    for unit in np.ndindex(shape):
        assert unit_at(shape, unit[0], *pixel_of(shape, unit)) == unit


@pytest.mark.parametrize("shape", SHAPES[1:], ids=str)
def test_the_value_of_a_unit_is_the_pixel_of_its_flat_map(shape):
    activation = np.arange(np.prod(shape), dtype=np.float32).reshape(1, *shape)
    unit = tuple(size - 1 if axis else 1 for axis, size in enumerate(shape))

    row, column = pixel_of(shape, unit)

    assert flat_maps(activation)[1, row, column] == activation[0][unit]


def test_a_pixel_outside_is_the_nearest_one_inside():
    assert unit_at((3, 4, 6), 1, 99, -3) == (1, 3, 0)
    assert unit_at((3, 4, 6), 7, 0, 0) == (2, 0, 0)

"""Signals and volumes seen as maps: nothing moves, and every way leads back."""

import numpy as np
import pytest

from explorer.engine.axes import as_depths, as_lines, as_sheets, from_depths, from_lines, from_sheets
from explorer.engine.memory import empty_activation

SHAPES = [(4, 5), (3, 4, 7), (3, 4, 5, 6), (2, 3, 4, 5, 6)]
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)


def activation(shape: tuple[int, ...]) -> np.ndarray:
    x = empty_activation(shape[0], shape[1:])
    x[...] = np.arange(x.size).reshape(shape)
    return x


@every_shape
def test_lines_and_the_way_back_copy_nothing(shape):
    x = activation(shape)

    back = from_lines(as_lines(x), shape)

    assert np.shares_memory(x, back)
    np.testing.assert_array_equal(back, x)


@pytest.mark.parametrize("shape", SHAPES[1:], ids=str)
def test_sheets_and_the_way_back_copy_nothing(shape):
    x = activation(shape)

    back = from_sheets(as_sheets(x), len(shape) - 2, shape[1])

    assert np.shares_memory(x, back)
    np.testing.assert_array_equal(back, x)


def test_depths_and_the_way_back_copy_nothing():
    x = activation((2, 3, 4, 5, 6))

    back = from_depths(as_depths(x), 2, 3)

    assert np.shares_memory(x, back)
    np.testing.assert_array_equal(back, x)


def test_a_channel_of_a_slice_is_a_sheet():
    x = activation((2, 3, 4, 5, 6))

    np.testing.assert_array_equal(as_sheets(x)[1, 2 * 3 + 1], x[1, 1, 2])


def test_the_depth_is_the_width_of_depths():
    x = activation((1, 1, 4, 5, 1))

    np.testing.assert_array_equal(as_depths(x)[0, 0], x[0, 0, :, :, 0].T)


def test_lines_of_a_channel_hold_all_its_values():
    x = activation((2, 3, 4, 5, 6))

    assert sorted(as_lines(x)[1, 2].ravel()) == sorted(x[1, 2].ravel())

"""A buffer is lent again when nobody refers to it any more, and never before."""

import numpy as np

from explorer.engine.arena import PATIENCE, SMALLEST, Arena

LARGE = SMALLEST * 2


def address(array):
    return array.__array_interface__["data"][0]


def test_a_buffer_that_nobody_holds_is_lent_again():
    arena = Arena()
    first = arena.empty(LARGE)
    where = address(first)
    del first
    assert address(arena.empty(LARGE)) == where


def test_a_buffer_that_somebody_holds_is_not_lent():
    arena = Arena()
    first = arena.empty(LARGE)
    assert not np.shares_memory(first, arena.empty(LARGE))


def test_a_view_of_a_view_keeps_its_buffer():
    arena = Arena()
    corner = arena.empty(LARGE).reshape(2, -1).transpose(1, 0)[3:5]
    assert not np.shares_memory(corner, arena.empty(LARGE))


def test_another_size_gets_a_buffer_of_its_own():
    arena = Arena()
    arena.empty(LARGE)
    assert arena.empty(LARGE + 1).size == LARGE + 1


def test_a_size_that_nobody_asks_for_any_more_is_given_back():
    arena = Arena()
    arena.empty(LARGE)
    for _ in range(PATIENCE + 2):
        held = arena.empty(LARGE * 2)
        del held
    held = arena.empty(LARGE * 2), arena.empty(LARGE * 2)
    assert held
    assert LARGE not in arena._buffers


def test_small_arrays_are_left_to_numpy():
    arena = Arena()
    assert arena.empty(10).size == 10
    assert not arena._buffers


def test_only_float32_is_lent_again():
    arena = Arena()
    assert arena.empty(LARGE, np.float64).dtype == np.float64
    assert not arena._buffers

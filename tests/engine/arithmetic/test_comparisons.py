"""Poolings side by side, correlation beside convolution: what each keeps."""

import numpy as np
import pytest

from explorer.engine.arithmetic.comparisons import compare_convolution, compare_poolings, edge_amount
from explorer.engine.layer import ShapeError

EDGE = np.repeat([[0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]], 8, axis=0).astype(np.float32)


def by_title(map, **options):
    return {pooled.title: pooled for pooled in compare_poolings(map, **options)}


def test_six_ways_to_pool_stand_side_by_side():
    found = by_title(EDGE)

    assert list(found) == [
        "Max pool", "Average pool", "Min pool", "L2 pool", "Weighted pool", "Strided convolution",
    ]  # fmt: skip
    assert {pooled.map.shape for pooled in found.values()} == {(4, 4)}


def test_an_edge_between_the_windows_is_kept_whole():
    found = by_title(EDGE)

    assert found["Max pool"].edges_kept == found["Average pool"].edges_kept == 1
    assert found["L2 pool"].edges_kept == 2  # four ones have the length 2


def test_a_thin_bright_line_survives_only_where_the_maximum_counts():
    line = np.zeros((8, 8), np.float32)
    line[:, 3] = 1
    found = by_title(line)

    assert found["Max pool"].peak_kept == 1
    assert found["Min pool"].peak_kept == 0
    assert found["Average pool"].peak_kept == 0.5
    assert found["Strided convolution"].peak_kept == 0  # it takes the column beside


def test_averages_lose_a_checkerboard_and_the_maximum_too():
    board = (np.indices((8, 8)).sum(0) % 2).astype(np.float32)
    found = by_title(board)

    assert found["Average pool"].edges_kept == found["Max pool"].edges_kept == 0
    assert (found["Average pool"].mean, found["Max pool"].mean) == (0.5, 1)


def test_a_ramp_amounts_to_the_same_when_every_second_pixel_is_dropped():
    ramp = np.arange(65.0)[None].repeat(64, axis=0)

    assert edge_amount(ramp[::2, ::2], (2, 2)) == pytest.approx(edge_amount(ramp))


def test_the_strided_convolution_takes_the_kernel_it_is_given():
    found = by_title(EDGE, kernel=np.full((2, 2), 0.25))

    np.testing.assert_allclose(found["Strided convolution"].map, found["Average pool"].map)


def test_a_flat_map_keeps_nothing_because_there_was_nothing():
    assert {pooled.edges_kept for pooled in compare_poolings(np.zeros((4, 4)))} == {0}


def test_a_map_too_small_to_pool_says_so():
    with pytest.raises(ShapeError, match="pooling window"):
        compare_poolings(np.zeros((1, 1)))


def test_the_picture_of_edges_is_as_large_as_the_pooled_map():
    assert by_title(EDGE)["Max pool"].edges.max() == 1
    assert by_title(EDGE)["Max pool"].edges.shape == (4, 4)


def test_convolution_writes_the_kernel_around_a_point_and_correlation_turns_it():
    point = np.zeros((5, 5), np.float32)
    point[2, 2] = 1
    kernel = np.arange(9, dtype=np.float32).reshape(3, 3)

    found = compare_convolution(point, kernel)

    np.testing.assert_array_equal(found.convolution[1:4, 1:4], kernel)
    np.testing.assert_array_equal(found.correlation[1:4, 1:4], found.turned)
    assert not found.is_symmetric


def test_a_symmetric_kernel_makes_no_difference():
    map = np.random.default_rng(0).normal(size=(6, 7)).astype(np.float32)

    found = compare_convolution(map, np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]], np.float32))

    assert found.is_symmetric
    np.testing.assert_allclose(found.difference, 0, atol=1e-5)


def test_an_antisymmetric_kernel_changes_the_sign():
    map = np.random.default_rng(0).normal(size=(6, 7)).astype(np.float32)

    found = compare_convolution(map, np.array([[-1, 0, 1]], np.float32))

    np.testing.assert_allclose(found.convolution, -found.correlation, atol=1e-6)

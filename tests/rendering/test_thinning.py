"""Thinning: few points, no peak lost, the same groups whatever part is seen."""

import numpy as np
import pytest

from explorer.rendering.thinning import ends, extremes, group_size, visible

X = np.arange(100_000.0)


@pytest.mark.parametrize(("count", "size"), [(500, 1), (501, 2), (1000, 2), (1001, 4), (100_000, 256)])
def test_groups_are_powers_of_two(count: int, size: int) -> None:
    assert group_size(count, 500) == size


def test_a_single_peak_is_not_lost() -> None:
    y = np.zeros(len(X))
    y[70_123] = 5
    points = extremes(X, y, slice(0, len(X)), 500)
    assert len(points.x) <= 1000
    assert points.y.max() == 5
    assert abs(points.x[points.y.argmax()] - 70_123) <= 256


def test_where_the_points_fit_they_stay_as_they_are() -> None:
    y = np.sin(X)
    points = extremes(X, y, slice(10, 200), 500)
    np.testing.assert_array_equal(points.y, y[10:200])


def test_the_groups_do_not_depend_on_what_is_seen() -> None:
    y = np.random.default_rng(0).normal(size=len(X))
    left, right = (extremes(X, y, slice(first, first + 40_000), 500) for first in (20_000, 20_037))
    both = np.isin(left.x, right.x)
    np.testing.assert_array_equal(left.y[both][:-2], right.y[np.isin(right.x, left.x)][: both.sum() - 2])


def test_a_smooth_curve_keeps_its_last_point() -> None:
    points = ends(X, X * 2, slice(0, len(X)), 300)
    assert points.x[-1] == 99_999
    assert len(points.x) <= 300


def test_what_is_seen_has_a_neighbour_on_either_side() -> None:
    assert visible(np.array([0.0, 1, 2, 3, 4, 5]), 1.5, 3.5) == slice(1, 5)
    assert visible(np.array([0.0, 1]), 5, 9) == slice(1, 2)
    assert visible(np.empty(0), 0, 1) == slice(0, 0)


def test_what_is_no_number_is_left_out() -> None:
    points = extremes(np.arange(4.0), np.array([1, np.nan, 3, np.inf]), slice(0, 4), 100)
    np.testing.assert_array_equal(points.x, [0, 2])

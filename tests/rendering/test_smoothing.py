"""Smoothing: the formula, value by value, and in pieces as a training brings them."""

import numpy as np
import pytest

from explorer.rendering.smoothing import Smoothing, smoothed


def by_the_formula(values: list[float], weight: float) -> list[float]:
    total, count, result = 0.0, 0, []
    for value in values:
        if not np.isfinite(value):
            result.append(np.nan)
            continue
        total, count = weight * total + (1 - weight) * value, count + 1
        result.append(total / (1 - weight**count))
    return result


@pytest.mark.parametrize("weight", [0.01, 0.6, 0.9, 0.999])
def test_every_value_is_that_of_the_formula(weight: float) -> None:
    values = np.random.default_rng(0).normal(2, 1, 1500)
    np.testing.assert_allclose(smoothed(values, weight), by_the_formula(list(values), weight), rtol=1e-9)


def test_three_values_by_hand() -> None:
    np.testing.assert_allclose(smoothed(np.array([4.0, 0.0, 0.0]), 0.5), [4, 4 / 3, 4 / 7])


def test_a_curve_that_grows_is_as_smooth_as_one_that_is_there_at_once() -> None:
    values = np.random.default_rng(1).normal(size=1000).astype(np.float32)
    growing = Smoothing(0.8)
    for end in (1, 2, 3, 260, 261, 1000):
        part = growing.of(values[:end])
    np.testing.assert_allclose(part, smoothed(values, 0.8), rtol=1e-9)


def test_what_is_no_number_is_passed_over() -> None:
    values = [1.0, np.nan, 3.0, np.inf, 2.0]
    np.testing.assert_allclose(smoothed(np.array(values), 0.6), by_the_formula(values, 0.6))


@pytest.mark.parametrize("values", [[1.0, 2.0], [0.3] * 9, []])
def test_two_values_or_equal_ones_are_left_as_they_are(values: list[float]) -> None:
    np.testing.assert_array_equal(smoothed(np.array(values), 0.9), values)


def test_weight_0_changes_nothing() -> None:
    np.testing.assert_array_equal(smoothed(np.array([3.0, 1.0, 2.0]), 0), [3, 1, 2])


def test_a_shorter_curve_is_another_one() -> None:
    growing = Smoothing(0.6)
    growing.of(np.arange(10.0))
    other = np.array([5.0, 1.0, 9.0])
    np.testing.assert_allclose(growing.of(other), smoothed(other, 0.6))

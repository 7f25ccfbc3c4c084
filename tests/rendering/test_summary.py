"""The numbers of a unit, against NumPy."""

import numpy as np
import pytest

from explorer.engine.statistics import BINS, channel_statistics, histogram
from explorer.rendering.summary import summarize


def test_figures_are_those_of_numpy() -> None:
    values = np.random.default_rng(0).standard_normal((30, 40)).astype(np.float32)
    values[:3] = 0
    found = summarize(values, 4.0)
    assert (found.low, found.high) == (values.min(), values.max())
    assert found.mean == pytest.approx(float(values.mean()), abs=1e-6)
    assert found.std == pytest.approx(float(values.std()), abs=1e-6)
    assert found.zeros == pytest.approx(0.1)
    assert found.count == 1200


def test_the_histogram_goes_from_minus_the_limit_to_the_limit() -> None:
    found = summarize(np.array([-1.0, -0.99, 0.0, 1.0], np.float32), 1.0)
    assert found.histogram[0] == 2
    assert found.histogram[BINS // 2] == 1
    assert found.histogram[-1] == 1
    assert found.histogram.sum() == 4


def test_what_is_not_finite_is_counted_and_left_out() -> None:
    found = summarize(np.array([1.0, np.nan, np.inf, 3.0], np.float32), 3.0)
    assert (found.broken, found.count, found.mean, found.high) == (2, 2, 2.0, 3.0)


def test_nothing_finite_gives_zeros() -> None:
    found = summarize(np.full((2, 2), np.nan, np.float32), 0.0)
    assert (found.count, found.broken, found.mean) == (0, 4, 0)


def test_a_dead_map_is_one_spike_at_zero() -> None:
    found = summarize(np.zeros((4, 4), np.float32), 0.0)
    assert found.histogram[BINS // 2] == 16
    assert found.zeros == 1.0


def test_the_summary_of_a_map_is_what_the_engine_says_of_the_channel() -> None:
    values = np.random.default_rng(1).standard_normal((1, 1, 20, 30)).astype(np.float32)
    values[0, 0, 2, 3] = np.nan
    mine, theirs = summarize(values[0, 0], 3.5), channel_statistics(values)
    assert mine.mean == pytest.approx(theirs.mean[0], abs=1e-6)
    assert mine.std == pytest.approx(theirs.std[0], abs=1e-6)
    assert mine.histogram.tolist() == histogram(values[0, 0], 3.5).tolist()

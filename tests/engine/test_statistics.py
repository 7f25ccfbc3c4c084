"""Numbers about feature maps, against NumPy in float64."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from explorer.engine.layers.rectifiers import Clip
from explorer.engine.layers.sigmoids import Sigmoid
from explorer.engine.memory import empty_maps
from explorer.engine.statistics import BINS, channel_statistics, histogram
from tests.engine.run import maps

values = st.floats(-1000, 1000, width=32) | st.sampled_from([0.0, np.nan, np.inf, -np.inf])


@given(arrays(np.float32, array_shapes(min_dims=4, max_dims=4, max_side=5), elements=values))
def test_every_number_is_numpys_over_the_finite_values(activation):
    statistics = channel_statistics(activation)

    for channel in range(activation.shape[1]):
        values = activation[:, channel].astype(np.float64)
        finite = values[np.isfinite(values)]
        assert statistics.nans[channel] == np.isnan(values).sum()
        assert statistics.infinities[channel] == np.isinf(values).sum()
        assert statistics.zeros[channel] == (values == 0).mean()
        if finite.size:
            assert statistics.minimum[channel] == finite.min()
            assert statistics.maximum[channel] == finite.max()
            assert statistics.limit[channel] == np.abs(finite).max()
            scale = np.abs(finite).max() + 1e-13  # squares of less than 1e-19 are 0 in float32
            assert statistics.mean[channel] == pytest.approx(finite.mean(), rel=1e-5, abs=1e-6 * scale)
            assert statistics.std[channel] == pytest.approx(finite.std(), rel=1e-4, abs=1e-6 * scale)
        else:
            assert np.isnan(
                [statistics.minimum[channel], statistics.mean[channel], statistics.std[channel]]
            ).all()
            assert statistics.limit[channel] == 0


def test_a_large_layer_in_the_engines_own_layout():
    activation = empty_maps(1, 5, 300, 400)
    activation[...] = np.random.default_rng(0).normal(100, 0.01, activation.shape)

    statistics = channel_statistics(activation)

    exact = activation.astype(np.float64)
    np.testing.assert_allclose(statistics.mean, exact.mean((0, 2, 3)), rtol=1e-7)
    np.testing.assert_allclose(statistics.std, exact.std((0, 2, 3)), rtol=1e-5)


def test_a_list_has_one_value_per_feature():
    statistics = channel_statistics(np.array([[1, 0, -3]], np.float32))

    assert statistics.mean.tolist() == [1, 0, -3]
    assert statistics.std.tolist() == [0, 0, 0]
    assert statistics.is_dead.tolist() == [False, True, False]


def test_a_channel_that_is_the_same_everywhere_is_dead():
    zero, constant, alive = np.zeros((3, 3)), np.full((3, 3), 5), np.eye(3)

    assert channel_statistics(maps(zero, constant, alive)).is_dead.tolist() == [True, True, False]


def test_a_channel_stuck_on_a_plateau_of_its_layer_is_saturated():
    stuck, open_, half = np.full((4, 5), 0.999), np.full((4, 5), 0.5), np.tile([0.0, 0.5], (4, 3))

    assert channel_statistics(maps(stuck, open_), Sigmoid().plateaus()).is_saturated.tolist() == [True, False]
    assert not channel_statistics(maps(half), Sigmoid().plateaus()).is_saturated.any()


def test_zeros_of_a_relu6_are_sparse_and_not_saturated():
    assert Clip().plateaus() == (6,)
    assert Clip(low=-1.0, high=1.0).plateaus() == (-1, 1)


@given(arrays(np.float32, (7, 9), elements=values), st.sampled_from([0.5, 30.0, 1000.0]))
def test_every_finite_value_is_counted_once(values, limit):
    counts = histogram(values, limit)

    assert counts.shape == (BINS,)
    assert counts.sum() == np.isfinite(values).sum()


def test_a_histogram_counts_what_numpy_counts():
    values = np.random.default_rng(2).normal(size=(480, 640)).astype(np.float32)

    counts = histogram(values, 5.0, bins=33)

    expected, _ = np.histogram(values, 33, (-5, 5))
    assert np.abs(counts - expected).max() <= 1  # a value on the edge of a bin may round either way


def test_zero_lies_in_the_middle_bin_and_the_ends_in_the_outermost():
    counts = histogram(np.array([[-1, 0, 0, 1]], np.float32), 1.0, bins=5)

    assert counts.tolist() == [1, 0, 2, 0, 1]


def test_values_beyond_the_range_count_in_the_outermost_bins():
    assert histogram(np.array([[-9, -1, 3, 3]], np.float32), 1.0, bins=3).tolist() == [2, 0, 2]


@pytest.mark.parametrize("limit", [0.0, 1e-45, np.nan, np.inf])
def test_without_a_range_a_histogram_takes_the_maps_own(limit):
    assert histogram(np.zeros((4, 4), np.float32), limit, bins=5).tolist() == [0, 0, 16, 0, 0]
    assert histogram(np.full((2, 2), 1e38, np.float32), np.inf, bins=5).tolist() == [0, 0, 0, 0, 4]


def test_a_strided_map_is_counted_like_a_contiguous_one():
    activation = empty_maps(1, 3, 20, 30)
    activation[...] = np.random.default_rng(3).normal(size=activation.shape)

    one = activation[0, 1]

    np.testing.assert_array_equal(histogram(one, 3.0), histogram(np.ascontiguousarray(one), 3.0))


@pytest.mark.parametrize("shape", [(2, 3, 40), (2, 3, 4, 5, 6)])
def test_signals_and_volumes_have_statistics_of_every_channel(shape):
    activation = np.random.default_rng(0).normal(size=shape).astype(np.float32)

    statistics = channel_statistics(activation)

    flat = activation.swapaxes(0, 1).reshape(3, -1)
    np.testing.assert_allclose(statistics.mean, flat.mean(1), atol=1e-6)
    np.testing.assert_allclose(statistics.std, flat.std(1), rtol=1e-5)
    assert statistics.pixels == flat.shape[1]

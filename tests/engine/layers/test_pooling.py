"""Poolings against a reference that loops over pixels, and what is special about each of them."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from explorer.engine.geometry import Window
from explorer.engine.layer import ShapeError
from explorer.engine.layers.global_pooling import (
    GlobalAveragePool,
    GlobalL2Pool,
    GlobalMaxPool,
    GlobalMinPool,
)
from explorer.engine.layers.pooling import AveragePool, L2Pool, MaxPool, MinPool, SlidingPool
from explorer.engine.layers.weighted_pooling import WeightedPool
from tests.engine.run import maps, run

POOLS = (MaxPool, MinPool, AveragePool, L2Pool, WeightedPool)
pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))
settings = st.fixed_dictionaries(
    {
        "window": pairs,
        "stride": pairs,
        "dilation": st.tuples(st.integers(1, 3), st.integers(1, 3)),
        "padding": st.sampled_from(["valid", "same", "explicit"]),
        "sides": st.tuples(*[st.integers(0, 3)] * 4),
        "ceil": st.booleans(),
    }
)


def reference(layer: SlidingPool, image: np.ndarray, windows: tuple[Window, Window]) -> np.ndarray:
    """The same pooling pixel by pixel, for one channel."""
    down, across = windows
    result = np.empty((down.output_size(image.shape[0]), across.output_size(image.shape[1])))
    for row, column in np.ndindex(result.shape):
        reads = []  # (weight, value or None in the padding)
        for i, j in itertools.product(range(down.size), range(across.size)):
            y, x = row * down.stride + i * down.dilation - down.before, column * across.stride
            x += j * across.dilation - across.before
            if y >= image.shape[0] + down.after or x >= image.shape[1] + across.after:
                continue  # beyond the padding, where only ceil mode reaches
            inside = 0 <= y < image.shape[0] and 0 <= x < image.shape[1]
            reads.append((_weight(layer, i, j), float(image[y, x]) if inside else None))
        result[row, column] = _pooled(layer, reads)
    return result


def _weight(layer: SlidingPool, i: int, j: int) -> float:
    if not isinstance(layer, WeightedPool):
        return 1.0
    dy = (i - (layer.window[0] - 1) / 2) * layer.dilation[0]
    dx = (j - (layer.window[1] - 1) / 2) * layer.dilation[1]
    return float(np.exp(-(dy**2 + dx**2) / (2 * layer.sigma**2)))


def _pooled(layer: SlidingPool, reads: list[tuple[float, float | None]]) -> float:
    values = [value for _, value in reads if value is not None]
    match layer:
        case MaxPool():
            return max(values)
        case MinPool():
            return min(values)
        case L2Pool():
            return sum(value**2 for value in values) ** 0.5
    counted = reads if layer.count_include_pad else [read for read in reads if read[1] is not None]
    return sum(weight * (value or 0) for weight, value in counted) / sum(weight for weight, _ in counted)


@pytest.mark.parametrize("pool_class", POOLS)
@given(settings, st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_every_pooling_gives_what_a_loop_over_pixels_gives(pool_class, drawn, height, width, count_padding):
    layer = pool_class(**drawn)
    if hasattr(layer, "count_include_pad"):
        layer = layer.with_settings(count_include_pad=count_padding)
    try:
        shape = layer.output_shape([(2, height, width)])
    except ShapeError:
        assume(False)
    image = np.random.default_rng(height * 10 + width).normal(size=(2, height, width)).astype(np.float32)

    result = run(layer, image[None])[0]

    assert result.shape == shape
    for channel in range(2):
        expected = reference(layer, image[channel], layer.windows([image.shape]))
        np.testing.assert_allclose(result[channel], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("pool_class", [MaxPool, MinPool])
def test_padding_never_wins(pool_class):
    image = np.full((1, 1, 4, 4), -3.0 if pool_class is MaxPool else 3.0)
    layer = pool_class(window=(3, 3), stride=(1, 1), padding="same")

    np.testing.assert_array_equal(run(layer, image), image.astype(np.float32))


def test_the_mean_of_a_constant_is_the_constant_at_the_edges_too():
    layer = AveragePool(window=(3, 3), stride=(1, 1), padding="same")

    assert (run(layer, np.full((1, 2, 5, 6), 7.0)) == 7).all()
    assert run(layer.with_settings(count_include_pad=True), np.full((1, 1, 5, 6), 9.0))[0, 0, 0, 0] == 4


def test_l2_pooling_of_three_and_four_is_five():
    assert run(L2Pool(window=(1, 2), stride=(1, 2)), maps([[3, -4]])).item() == 5


def test_a_narrow_bell_reads_the_middle_and_a_wide_one_averages():
    image = maps(np.arange(9).reshape(3, 3))
    one_window = WeightedPool(window=(3, 3), stride=(1, 1))

    assert run(one_window.with_settings(sigma=0.05), image).item() == 4
    np.testing.assert_allclose(run(one_window.with_settings(sigma=100.0), image).item(), 4, rtol=1e-5)
    weights = one_window.weights((Window(3), Window(3)))[0]
    assert weights[1] > weights[0] == weights[2]


def test_a_narrow_bell_on_an_even_window_still_reads_the_four_in_the_middle():
    layer = WeightedPool(window=(4, 4), stride=(1, 1), sigma=0.05)

    assert run(layer, maps(np.arange(16).reshape(4, 4))).item() == (5 + 6 + 9 + 10) / 4


def test_a_nan_is_seen_by_every_window_that_reads_it():
    image = np.zeros((1, 1, 6, 6))
    image[0, 0, 2, 2] = np.nan

    for pool_class in POOLS:
        assert np.isnan(run(pool_class(), image)).sum() == 1


@pytest.mark.parametrize(("pool_class", "combine"), [(MaxPool, np.maximum), (MinPool, np.minimum)])
@given(st.integers(1, 5), st.integers(2, 40), st.integers(1, 41))
def test_pairs_that_lie_side_by_side_keep_every_special_value(pool_class, combine, channels, height, columns):
    rng = np.random.default_rng(height)
    image = rng.standard_normal((1, channels, height, 2 * columns)).astype(np.float32)
    for value in (np.nan, np.inf, -np.inf, 1e-40):
        image[rng.random(image.shape) < 0.05] = value

    half = image[:, :, : height // 2 * 2]
    rows = combine(half[:, :, 0::2], half[:, :, 1::2])
    expected = combine(rows[..., 0::2], rows[..., 1::2])
    np.testing.assert_array_equal(run(pool_class(), image), expected)


def test_two_places_that_only_some_windows_read_are_no_pair():
    layer = MaxPool(window=(1, 3), stride=(1, 2), dilation=(1, 3), padding="same")

    # Its taps begin at pixels 0 and 1 as those of pairs do, but not every window reads both.
    image = np.arange(4, dtype=np.float32)[::-1].reshape(1, 1, 1, 4)
    expected = reference(layer, image[0, 0], layer.windows([(1, 1, 4)]))
    np.testing.assert_array_equal(run(layer, image)[0, 0], expected)


def test_global_pools_of_two_by_two():
    image = maps([[1, 2], [3, -4]])

    pools = (GlobalMaxPool(), GlobalMinPool(), GlobalAveragePool(), GlobalL2Pool())

    assert [run(layer, image).item() for layer in pools] == [3, -4, 0.5, pytest.approx(30**0.5)]


def test_the_mean_of_a_large_bright_image_keeps_its_digits():
    image = np.full((1, 1, 1200, 1600), 0.1)

    assert run(GlobalAveragePool(), image).item() == pytest.approx(np.float32(0.1), rel=5e-7)


@pytest.mark.parametrize(
    ("changes", "shape", "sentence"),
    [
        ({"window": (5, 2)}, (3, 4, 9), "5 pixels high, but its input is only 4 pixels high"),
        ({"dilation": (1, 4), "window": (3, 3)}, (3, 4, 8), r"9 pixels wide \(size 3, dilation 4\)"),
        ({"padding": "explicit", "sides": (0, 0, 2, 0)}, (3, 4, 9), "wholly in the padding"),
        (
            {"padding": "explicit", "sides": (0, 9, 0, 0), "stride": (1, 1)},
            (3, 4, 9),
            "wholly in the padding",
        ),
        ({}, (10,), "works on maps"),
    ],
)
def test_impossible_geometry_is_refused_with_a_sentence(changes, shape, sentence):
    with pytest.raises(ShapeError, match=sentence):
        MaxPool(**changes).output_shape([shape])

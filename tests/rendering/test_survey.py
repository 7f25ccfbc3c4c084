"""The survey of a layer: ranges as NumPy finds them, averages as a naive loop makes them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.engine.layer import Array
from explorer.engine.memory import empty_maps
from explorer.rendering.flat_maps import flat_shape
from explorer.rendering.survey import Scan, Survey, memory_order


def maps(channels: int, height: int, width: int, seed: int = 0, batch: int = 1) -> Array:
    """Random activations as the engine lays them out."""
    x = empty_maps(batch, channels, height, width)
    x[...] = np.random.default_rng(seed).standard_normal((batch, channels, height, width), np.float32)
    return x


def scanned(x: Array, channels: list[int], size: tuple[int, int]) -> Scan:
    scan = Scan(memory_order(x), ranges=True, channels=np.array(channels, np.intp), size=size)
    for piece in scan.pieces():
        piece()
    scan.finish()
    return scan


def survey(x: Array) -> Survey:
    scan = Scan(memory_order(x), ranges=True)
    for piece in scan.pieces():
        piece()
    scan.finish()
    return scan.survey


def naive_average(map_: Array, height: int, width: int) -> Array:
    """Every output pixel is the mean of the area it covers, each input pixel by the share inside."""

    def shares(extent: int, count: int) -> Array:
        result = np.zeros((count, extent))
        for i in range(count):
            first, last = i * extent / count, (i + 1) * extent / count
            for j in range(extent):
                result[i, j] = max(0.0, min(last, j + 1) - max(first, j)) * count / extent
        return result

    return shares(map_.shape[0], height) @ map_ @ shares(map_.shape[1], width).T


def found(scan: Scan) -> Array:
    assert scan.averages is not None
    return scan.averages.values


def in_blocks(map_: Array, height: int) -> Array:
    """Every row replaced by the mean of its block of whole rows, as many as go into an output pixel."""
    step = max(1, map_.shape[0] // height)
    result = np.empty(map_.shape)
    for y in range(0, map_.shape[0], step):
        result[y : y + step] = map_[y : y + step].mean(axis=0)
    return result


sizes = st.integers(1, 40)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 5), sizes, sizes, sizes, sizes, st.integers(0, 99))
def test_averages_are_those_of_the_naive_loop(
    channels: int, height: int, width: int, rows: int, columns: int, seed: int
) -> None:
    x = maps(channels, height, width, seed)
    rows, columns = min(rows, height), min(columns, width)
    scan = scanned(x, list(range(channels)), (rows, columns))
    blocks = [in_blocks(one, rows) for one in x[0]]
    expected = np.stack([naive_average(one, rows, columns) for one in blocks], axis=1)
    np.testing.assert_allclose(found(scan), expected, atol=1e-5)


@pytest.mark.parametrize("size", [(60, 80), (20, 16), (37, 50), (1, 1), (60, 41)])
def test_whole_ratios_and_those_below_two_are_exact(size: tuple[int, int]) -> None:
    x = maps(2, 60, 80)
    exact = np.stack([naive_average(one, *size) for one in x[0]], axis=1)
    np.testing.assert_allclose(found(scanned(x, [0, 1], size)), exact, atol=1e-5)


def test_other_ratios_differ_from_the_exact_area_by_less_than_one_can_see() -> None:
    y, x = np.mgrid[0:480, 0:640]
    map_ = np.sin(x / 25 + y / 40).astype(np.float32)  # stripes about five pixels wide in the tile
    small = found(scanned(map_[None, None], [0], (58, 77)))[:, 0]
    assert np.abs(small - naive_average(map_, 58, 77)).max() < 0.02


def test_ranges_are_exact_whatever_the_size_of_the_tiles() -> None:
    x = maps(7, 61, 53)
    found = scanned(x, [0, 1, 2, 3, 4, 5, 6], (9, 8)).survey
    np.testing.assert_array_equal(found.low, x[0].min(axis=(1, 2)))
    np.testing.assert_array_equal(found.high, x[0].max(axis=(1, 2)))
    np.testing.assert_array_equal(found.size, np.abs(x[0]).max(axis=(1, 2)))


def test_only_some_channels_are_averaged_and_in_their_order() -> None:
    x = maps(9, 20, 20)
    scan = scanned(x, [1, 2, 6], (5, 5))
    for place, channel in enumerate((1, 2, 6)):
        np.testing.assert_allclose(found(scan)[:, place], naive_average(x[0, channel], 5, 5), atol=1e-5)


@pytest.mark.parametrize("shape", [(512, 1, 1), (1, 640, 480), (3, 1, 640), (3, 640, 1)])
def test_extreme_shapes_are_surveyed(shape: tuple[int, int, int]) -> None:
    x = maps(*shape)
    np.testing.assert_array_equal(survey(x).high, x[0].max(axis=(1, 2)))


def test_other_layouts_and_batches_are_read_as_sample_zero() -> None:
    x = np.random.default_rng(0).standard_normal((3, 4, 12, 10)).astype(np.float32)  # plain order
    batch = maps(4, 12, 10, batch=2)
    for one in (x, batch):
        scan = scanned(one, [0, 1, 2, 3], (4, 5))
        np.testing.assert_allclose(found(scan)[:, 2], naive_average(one[0, 2], 4, 5), atol=1e-5)
        np.testing.assert_array_equal(scan.survey.low, one[0].min(axis=(1, 2)))


def test_nan_spoils_neither_the_range_nor_its_neighbours() -> None:
    x = maps(3, 16, 16)
    x[0, 1, 3, 3] = np.nan
    x[0, 2, 0, 0] = np.inf
    scan = scanned(x, [0, 1, 2], (4, 4))
    known = scan.survey
    assert not known.finite
    finite = np.where(np.isfinite(x[0]), x[0], 0)
    np.testing.assert_array_equal(known.high, finite.max(axis=(1, 2)))
    np.testing.assert_allclose(found(scan)[:, 0], naive_average(x[0, 0], 4, 4), atol=1e-5)
    assert np.isnan(found(scan)[0, 1, 0])
    assert np.isfinite(found(scan)[1:, 1]).all()


def test_a_map_of_nothing_but_nan_has_the_range_zero() -> None:
    x = maps(2, 8, 8)
    x[0, 0] = np.nan
    assert survey(x).size[0] == 0


def test_dead_channels_say_the_same_everywhere() -> None:
    x = maps(3, 20, 20)
    x[0, 0] = 0
    x[0, 1] = -3
    assert survey(x).dead.tolist() == [True, True, False]


def test_a_single_pixel_is_dead_only_if_it_is_zero() -> None:
    x = maps(2, 1, 1)
    x[0, 0] = 0
    x[0, 1] = 5
    assert survey(x).dead.tolist() == [True, False]


def test_saturated_channels_lie_where_the_layer_levels_off() -> None:
    x = maps(3, 20, 20)
    x[0, 0] = 0.999
    x[0, 0, 0, 0] = 0.5
    x[0, 1, :10] = 0.999
    scan = Scan(memory_order(x), ranges=True, plateaus=(0.0, 1.0))
    for piece in scan.pieces():
        piece()
    scan.finish()
    assert scan.survey.saturated.tolist() == [True, False, False]


@pytest.mark.parametrize(("shape", "flat"), [((2, 30), (1, 2, 30)), ((2, 3, 4, 5), (12, 2, 5))])
def test_signals_are_maps_of_one_row_and_volumes_are_slices(
    shape: tuple[int, ...], flat: tuple[int, ...]
) -> None:
    x = np.random.default_rng(0).standard_normal((1, *shape)).astype(np.float32)
    assert memory_order(x).shape == flat
    assert flat_shape(shape) == (flat[1], flat[0], flat[2])
    np.testing.assert_array_equal(survey(x).high, x[0].reshape(shape[0], -1).max(axis=1))


def test_activity_is_the_mean_size_of_the_values() -> None:
    x = maps(2, 64, 64)
    x[0, 0] = -2
    x[0, 1] = 0.5
    np.testing.assert_allclose(survey(x).activity, [2.0, 0.5])

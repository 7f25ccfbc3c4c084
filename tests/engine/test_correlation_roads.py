"""Every special road of a correlation leads where the general one leads, over drawn settings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.engine.correlation import _correlated_bands, correlate, multiply_lines
from explorer.engine.correlation_gradients import (
    correlate_rows,
    correlate_transposed,
    input_gradient,
    kernel_gradient,
)
from explorer.engine.depthwise import channels_input_gradient, channels_kernel_gradient, filters_alone
from explorer.engine.geometry import BORDERS, Window
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.transposed_convolution import ConvTranspose2d
from explorer.engine.memory import empty_maps
from explorer.engine.pool import pool
from explorer.engine.rows import computed
from explorer.engine.stamp_gradients import stamp_gradients
from explorer.engine.tape import Needed, Tape

windows = st.builds(
    Window,
    size=st.integers(1, 4),
    stride=st.integers(1, 3),
    before=st.integers(0, 4),
    after=st.integers(0, 4),
    dilation=st.integers(1, 2),
)
extents = st.integers(8, 19)
drawn = settings(max_examples=60, deadline=None)


def drawn_maps(rng, batch, channels, height, width):
    maps = empty_maps(batch, channels, height, width)
    maps[...] = rng.standard_normal(maps.shape)
    return maps


def general_road(x, kernel, bias, pair, groups, border="constant", value=0.0):
    """The correlation by bands of rows, in float64."""
    rows, columns = (one.output_size(extent) for one, extent in zip(pair, x.shape[2:]))
    y = empty_maps(len(x), len(kernel), rows, columns, np.float64)
    numbers = [one.astype(np.float64) for one in (x, kernel, bias)]
    return computed(_correlated_bands(*numbers, pair, groups, border, value, y))


def assert_close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


@drawn
@given(
    down=windows,
    across=windows,
    height=extents,
    width=extents,
    border=st.sampled_from(BORDERS),
    batch=st.integers(1, 3),
)
def test_short_rows(down, across, height, width, border, batch):
    rng = np.random.default_rng(height)
    x = drawn_maps(rng, batch, 3, height, width)
    kernel, bias = rng.standard_normal((5, 3, down.size, across.size)), rng.standard_normal(5)
    found = correlate(x, kernel.astype(np.float32), bias.astype(np.float32), (down, across), 1, border, 0.5)
    assert_close(found, general_road(x, kernel, bias, (down, across), 1, border, 0.5))


@pytest.mark.parametrize("filters", [3, 300])
@pytest.mark.parametrize("patches", [1, 1 << 30])
def test_short_rows_give_the_same_for_any_number_of_threads(patches, filters, monkeypatch):
    monkeypatch.setattr("explorer.engine.short_rows.PATCHES", patches)
    rng = np.random.default_rng(0)
    x = drawn_maps(rng, 1, 4, 14, 14)
    kernel = rng.standard_normal((filters, 4, 3, 3)).astype(np.float32)
    pair = Window(3, before=1, after=1), Window(3, before=1, after=1)
    found = []
    for threads in (1, 2, 5):
        monkeypatch.setattr(pool, "threads", threads)
        found.append(correlate(x, kernel, None, pair))
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])
    assert_close(found[0], general_road(x, kernel, np.zeros(filters), pair, 1))


@drawn
@given(
    down=windows,
    across=windows,
    height=extents,
    width=extents,
    border=st.sampled_from(BORDERS),
    value=st.sampled_from((0.0, 0.5)),
    batch=st.integers(1, 9),
)
def test_every_channel_by_itself(down, across, height, width, border, value, batch):
    rng = np.random.default_rng(width)
    x, pair = drawn_maps(rng, batch, 4, height, width), (down, across)
    kernel, bias = rng.standard_normal((4, 1, down.size, across.size)), rng.standard_normal(4)
    weights = kernel.astype(np.float32)
    assert filters_alone(x, weights, pair)
    y = correlate(x, weights, bias.astype(np.float32), pair, 4, border, value)
    assert_close(y, general_road(x, kernel, bias, pair, 4, border, value))
    gradient = drawn_maps(rng, *y.shape)
    size = kernel.shape[2:]
    found = channels_kernel_gradient(gradient, x, size, pair, border, value)
    assert_close(found, kernel_gradient(gradient, x, size, pair, 4, border, value))
    back = channels_input_gradient(gradient, weights, pair, (height, width))
    if back is not None:
        assert_close(back, input_gradient(gradient, weights, pair, (height, width), 4))


def test_zeros_of_a_kernel_let_nan_and_infinity_through():
    x = drawn_maps(np.random.default_rng(0), 1, 2, 12, 80)
    x[0, 1, 5, 40:42] = np.nan, np.inf
    kernel = np.zeros((2, 1, 3, 3), np.float32)
    pair = Window(3, before=1, after=1), Window(3, before=1, after=1)
    with np.errstate(invalid="ignore"):
        y = correlate(x, kernel, None, pair, 2)
    assert np.isnan(y[0, 1, 4:7, 39:43]).all()
    assert not y[0, 0].any()


def stamped(y, kernel, pair, extents, groups, bias):
    """Every value of `y` times the kernel, added where the kernel read, one place of it after another."""
    down, across = pair
    rows, columns = y.shape[2:]
    sides = [(one.before, one.reach + one.stride * count) for one, count in zip(pair, (rows, columns))]
    x = np.zeros((len(y), groups * kernel.shape[1], *(a + b + e for (a, b), e in zip(sides, extents))))
    parts = y.reshape(len(y), groups, -1, rows, columns)
    weights = kernel.reshape(groups, -1, *kernel.shape[1:])
    for i, j in np.ndindex(*kernel.shape[2:]):
        found = np.einsum("ngkhw,gkc->ngchw", parts, weights[..., i, j], dtype=np.float64)
        top, left = i * down.dilation, j * across.dilation
        read = x[
            :,
            :,
            top : top + rows * down.stride : down.stride,
            left : left + columns * across.stride : across.stride,
        ]
        read += found.reshape(read.shape)
    top, left = down.before, across.before
    return x[:, :, top : top + extents[0], left : left + extents[1]] + bias[:, None, None]


@drawn
@given(
    down=windows,
    across=windows,
    height=extents,
    width=extents,
    groups=st.integers(1, 2),
    batch=st.integers(1, 9),
)
def test_transposes_and_their_gradients(down, across, height, width, groups, batch):
    rng, pair = np.random.default_rng(width), (down, across)
    outputs = [one.output_size(extent) for one, extent in zip(pair, (height, width))]
    y = drawn_maps(rng, batch, 4 * groups, *outputs)
    kernel = rng.standard_normal((4 * groups, 3, down.size, across.size)).astype(np.float32)
    bias = rng.standard_normal(3 * groups).astype(np.float32)
    found = correlate_transposed(y, kernel, pair, (height, width), groups, bias)
    assert_close(found, stamped(y, kernel, pair, (height, width), groups, bias))
    gradient = drawn_maps(rng, batch, 3 * groups, height, width)
    back, learned, sums = stamp_gradients(gradient, y, kernel, pair, groups)
    np.testing.assert_allclose(sums, gradient.sum((0, 2, 3), dtype=np.float64), rtol=1e-5, atol=1e-4)
    assert_close(back, general_road(gradient, kernel, np.zeros(4 * groups), pair, groups))
    assert_close(learned, kernel_gradient(y, gradient, kernel.shape[2:], pair, groups))


@pytest.mark.parametrize("is_cut", [False, True])
@pytest.mark.parametrize(
    ("filters", "depth", "line"), [(64, 512, 224), (64, 291, 160), (7, 700, 300), (96, 512, 32)]
)
def test_products_are_the_same_however_they_are_cut(filters, depth, line, is_cut, monkeypatch):
    for room in ("correlation", "pool"):
        monkeypatch.setattr(f"explorer.engine.{room}.has_small_product_kernel", lambda: is_cut)
    rng = np.random.default_rng(depth)
    weights = rng.standard_normal((2, 1, filters, depth)).astype(np.float32)
    windows = rng.standard_normal((2, 3, depth, line)).astype(np.float32)
    out = np.empty((2, 3, filters, line), np.float32)
    multiply_lines(weights, windows, out)
    assert_close(out, weights.astype(np.float64) @ windows)


@pytest.mark.parametrize("is_cut", [False, True])
@pytest.mark.parametrize("lines", [64, 21])
def test_sums_over_rows_are_the_same_however_they_are_cut(lines, is_cut, monkeypatch):
    monkeypatch.setattr("explorer.engine.correlation_gradients.has_small_product_kernel", lambda: is_cut)
    rng = np.random.default_rng(lines)
    band = rng.standard_normal((2, 9, lines, 112)).astype(np.float32)
    seeds = rng.standard_normal((2, 4, 40, 112)).astype(np.float32)
    out = np.empty((2, 3 * lines, 40), np.float32)
    correlate_rows(band, seeds.transpose(0, 1, 3, 2), Window(3, stride=2), out)
    windows = np.concatenate([band[:, tap : tap + 7 : 2] for tap in range(3)], 2).astype(np.float64)
    assert_close(out, np.einsum("grlx,grkx->glk", windows, seeds))


SPECIAL = [
    (Conv2d(filters=4, groups=4), (4, 70, 40)),
    (Conv2d(filters=4, groups=4, kernel=(5, 3), stride=(2, 2), dilation=(1, 2)), (4, 70, 41)),
    (Conv2d(filters=300), (4, 9, 9)),
    (Conv2d(filters=20, stride=(2, 2)), (16, 41, 70)),
    (ConvTranspose2d(filters=16, kernel=(4, 4), stride=(2, 2)), (16, 20, 40)),
    (ConvTranspose2d(filters=4, groups=4, kernel=(4, 4), stride=(2, 2)), (4, 20, 40)),
]


@pytest.mark.parametrize(("layer", "shape"), SPECIAL, ids=lambda one: getattr(one, "kind", one))
def test_neither_threads_nor_memory_change_what_a_road_gives(layer, shape, monkeypatch):
    rng = np.random.default_rng(0)
    parameters = layer.initial_parameters([shape], rng)
    x = rng.standard_normal((2, *shape)).astype(np.float32)
    seed = rng.standard_normal((2, *layer.output_shape([shape]))).astype(np.float32)

    def found(x, seed, threads):
        monkeypatch.setattr(pool, "threads", threads)
        tape = Tape(record=True)
        output = layer.forward([x], parameters, tape)
        gradients = layer.backward(seed, tape, Needed())
        return output, *gradients.inputs, *gradients.parameters.values()

    alone = found(x, seed, 1)
    for one, other in zip(found(x, seed, 3), alone, strict=True):
        np.testing.assert_array_equal(one, other)
    upside_down = [np.flip(np.repeat(np.flip(one), 2, axis=-1)[..., 1::2]) for one in (x, seed)]
    for one, other in zip(found(*upside_down, 2), alone, strict=True):
        assert_close(one, other)

"""Convolutions of signals and volumes, and transposed ones, against SciPy and against each other."""

import itertools

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
from hypothesis import assume, given
from hypothesis import strategies as st

from explorer.engine import signal_correlation
from explorer.engine.geometry import BORDERS
from explorer.engine.layer import Layer, ShapeError, layer_of
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.local_response import LocalResponseNormalization
from explorer.engine.layers.signals import Conv1d, ConvTranspose1d, MaxPool1d
from explorer.engine.layers.transposed_convolution import ConvTranspose2d
from explorer.engine.layers.volumes import Conv3d, MaxPool3d
from explorer.engine.tape import Needed, Tape
from tests.engine.run import run

SCIPYS = {
    "constant": "constant",
    "reflect": "reflect",
    "reflect-101": "mirror",
    "replicate": "nearest",
    "wrap": "wrap",
}
seeds = st.integers(0, 2**32 - 1)


def normal(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def plain(numbers: tuple[int, ...]) -> int | tuple[int, ...]:
    return numbers[0] if len(numbers) == 1 else numbers


@st.composite
def sizes(draw: st.DrawFn, axes: int, largest: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Extents and a kernel that fits into them."""
    extents = tuple(draw(st.integers(1, largest)) for _ in range(axes))
    return extents, tuple(draw(st.integers(1, min(5, extent))) for extent in extents)


@given(seeds, sizes(1, 40), st.integers(1, 3), st.booleans())
def test_a_signal_is_correlated_or_convolved_as_by_scipy(seed, drawn, channels, flip):
    (length,), (size,) = drawn
    x, kernel = normal(seed, channels, length), normal(seed + 1, channels, size)
    layer = Conv1d(filters=1, kernel=size, padding="valid", bias=False, flip=flip)

    ours = run(layer, x[None], kernel=kernel[None])[0, 0]

    function = scipy.signal.convolve if flip else scipy.signal.correlate
    theirs = sum(function(*pair, "valid") for pair in zip(x.astype(float), kernel.astype(float), strict=True))
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


@given(seeds, sizes(3, 8), st.integers(1, 3), st.booleans())
def test_a_volume_is_correlated_or_convolved_as_by_scipy(seed, drawn, channels, flip):
    extents, size = drawn
    x, kernel = normal(seed, channels, *extents), normal(seed + 1, channels, *size)
    layer = Conv3d(filters=1, kernel=size, padding="valid", bias=False, flip=flip)

    ours = run(layer, x[None], kernel=kernel[None])[0, 0]

    function = scipy.signal.convolve if flip else scipy.signal.correlate
    theirs = sum(function(*pair, "valid") for pair in zip(x.astype(float), kernel.astype(float), strict=True))
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


@pytest.mark.parametrize("border", BORDERS)
@given(seeds, st.tuples(*[st.integers(1, 6)] * 3), st.tuples(*[st.sampled_from([1, 3, 5])] * 3))
def test_every_border_of_a_volume_is_scipys(border, seed, extents, size):
    x, kernel = normal(seed, *extents), normal(seed + 1, *size)
    layer = Conv3d(filters=1, kernel=size, padding="same", border=border, padding_value=1.5, bias=False)

    ours = run(layer, x[None, None], kernel=kernel[None, None])[0, 0]

    theirs = scipy.ndimage.correlate(x.astype(float), kernel.astype(float), mode=SCIPYS[border], cval=1.5)
    np.testing.assert_allclose(ours, theirs, atol=1e-3)


@pytest.mark.parametrize("axes", [1, 2, 3])
@given(seeds, st.data())
def test_a_transposed_convolution_without_strides_is_the_full_convolution(axes, seed, data):
    extents, size = data.draw(sizes(axes, 8))
    x, kernel = normal(seed, *extents), normal(seed + 1, *size)
    settings = {"filters": 1, "kernel": plain(size), "stride": plain((1,) * axes), "padding": "valid"}
    layer = layer_of(f"conv_transpose{axes}d", {**settings, "bias": False})

    ours = run(layer, x[None, None], kernel=kernel[None, None])[0, 0]

    theirs = scipy.signal.convolve(x.astype(float), kernel.astype(float), "full")
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


@pytest.mark.parametrize("axes", [1, 2, 3])
@given(seeds, st.data())
def test_a_transposed_convolution_is_the_transpose_of_the_convolution(axes, seed, data):
    """The product of A x with y is the product of x with A' y, for every stride, dilation, padding and group."""

    def several(low: int, high: int, count: int = axes) -> tuple[int, ...]:
        return tuple(data.draw(st.integers(low, high)) for _ in range(count))

    groups, channels, filters = data.draw(st.integers(1, 2)), *several(1, 2, 2)
    settings = {
        "kernel": plain(several(1, 4)), "stride": plain(several(1, 4)), "dilation": plain(several(1, 2)),
        "padding": "explicit", "sides": several(0, 2, 2 * axes), "groups": groups, "bias": False,
    }  # fmt: skip
    extents = several(3, 7)
    forward = layer_of(f"conv{axes}d", {**settings, "filters": groups * filters})
    try:
        outputs = forward.output_shape([(groups * channels, *extents)])
    except ShapeError:
        assume(False)
    reached = _transposed_extents(forward, outputs[1:])
    extra = [n - m for n, m in zip(extents, reached, strict=True)]
    assume(min(extra) >= 0)
    back = layer_of(
        f"conv_transpose{axes}d",
        {**settings, "filters": groups * channels, "output_padding": plain(tuple(extra))},
    )
    x, y = normal(seed, 1, groups * channels, *extents), normal(seed + 1, 1, *outputs)
    kernel = normal(seed + 2, groups, filters, channels, *_numbers(settings["kernel"]))

    there = run(forward, x, kernel=kernel.reshape(groups * filters, *kernel.shape[2:]))
    turned = kernel.swapaxes(1, 2).reshape(groups * channels, filters, *kernel.shape[3:])
    again = run(back, y, kernel=turned)

    assert again.shape == x.shape
    product = float((there.astype(float) * y).sum())
    assert product == pytest.approx(float((x.astype(float) * again).sum()), abs=2e-3)


def _numbers(value: int | tuple[int, ...]) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else value


def _transposed_extents(layer: Layer, outputs: tuple[int, ...]) -> list[int]:
    numbers = zip(
        outputs, *(_numbers(getattr(layer, name)) for name in ("kernel", "stride", "dilation")), strict=True
    )
    sides = [layer.sides[2 * i] + layer.sides[2 * i + 1] for i in range(len(outputs))]
    return [(n - 1) * s + d * (k - 1) + 1 - cut for (n, k, s, d), cut in zip(numbers, sides, strict=True)]


@pytest.mark.parametrize("stride", [1, 3])
@pytest.mark.parametrize(("signals", "maps"), [(Conv1d, Conv2d), (ConvTranspose1d, ConvTranspose2d)])
def test_a_long_signal_is_cut_into_pieces_and_equals_a_map_of_one_row(signals, maps, stride, monkeypatch):
    monkeypatch.setattr(signal_correlation, "PIECE", 1)
    shared = {"filters": 6, "padding": "same"}
    signal_layer = signals(kernel=9, stride=stride, dilation=2, **shared)
    map_layer = maps(kernel=(1, 9), stride=(1, stride), dilation=(1, 2), **shared)
    x = normal(0, 3, 8, 1000)
    parameters = map_layer.initial_parameters([(8, 1, 1000)], np.random.default_rng(1))
    narrow = {name: array[:, :, 0] if name == "kernel" else array for name, array in parameters.items()}
    tapes = Tape(record=True), Tape(record=True)

    long = signal_layer.forward([x], narrow, tapes[0])
    row = map_layer.forward([x[:, :, None]], parameters, tapes[1])

    seed = normal(2, *long.shape)
    of_signal = signal_layer.backward(seed, tapes[0], Needed())
    of_row = map_layer.backward(seed[:, :, None], tapes[1], Needed())
    np.testing.assert_allclose(long, row[:, :, 0], atol=1e-4)
    np.testing.assert_allclose(of_signal.inputs[0], of_row.inputs[0][:, :, 0], atol=1e-4)
    np.testing.assert_allclose(
        of_signal.parameters["kernel"], of_row.parameters["kernel"][:, :, 0], rtol=1e-4, atol=2e-3
    )


def test_the_default_transposed_convolution_doubles_maps():
    assert ConvTranspose2d().output_shape([(3, 7, 9)]) == (8, 14, 18)
    assert ConvTranspose2d(stride=(3, 1), kernel=(2, 5)).output_shape([(3, 7, 9)]) == (8, 21, 9)


def test_one_pixel_stamps_the_kernel_as_it_is():
    kernel = np.arange(9).reshape(1, 1, 3, 3)
    layer = ConvTranspose2d(filters=1, padding="valid", stride=(1, 1))

    assert (
        run(layer, np.full((1, 1, 1, 1), 2.0), kernel=kernel, bias=[1]).tolist() == (2 * kernel + 1).tolist()
    )
    assert run(layer.with_settings(flip=True), np.ones((1, 1, 1, 1)), kernel=kernel, bias=[0])[0, 0, 0].tolist() == [
        8, 7, 6,
    ]  # fmt: skip


def test_the_size_of_a_transposed_convolution_is_told_as_a_formula():
    layer = ConvTranspose2d(kernel=(4, 4), padding="explicit", sides=(1, 1, 0, 0), output_padding=(0, 1))

    assert layer.size_formulas([(1, 80, 80)]) == (
        "(80 - 1) · 2 + 4 - 1 - 1 = 160",
        "(80 - 1) · 2 + 4 + 1 = 163",
    )


@pytest.mark.parametrize(
    ("layer", "shape", "sentence"),
    [
        (Conv1d(kernel=9, padding="valid"), (2, 5), "reaches over 9 values long, but its input is only 5 values"),
        (Conv3d(kernel=(5, 1, 1), padding="valid"), (2, 3, 9, 9), "5 slices deep, but its input is only 3 slices"),
        (MaxPool3d(), (2, 8, 8), "works on volumes .*, got 2 x 8 x 8. Put a Reshape"),
        (MaxPool1d(), (2, 8, 8), "works on signals .*, got 2 x 8 x 8. Put a Reshape"),
        (Conv2d(), (2, 8), "works on maps .*, got 2 x 8. Put a Reshape"),
        (ConvTranspose2d(groups=2), (3, 8, 8), "2 groups do not divide the 3 channels"),
        (ConvTranspose1d(padding="explicit", sides=(9, 9)), (1, 5), "the padding cuts off"),
        (LocalResponseNormalization(), (10,), "works on maps"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence(layer, shape, sentence):
    with pytest.raises(ShapeError, match=sentence):
        layer.output_shape([shape])


def test_a_volume_is_pooled_over_all_three_axes():
    x = normal(0, 1, 2, 4, 6, 4)

    y = run(MaxPool3d(), x)

    for unit in itertools.product(range(2), range(2), range(3), range(2)):
        channel, *place = unit
        window = tuple(slice(2 * i, 2 * i + 2) for i in place)
        assert y[0, channel, *place] == x[0, channel, *window].max()


def test_neighbouring_channels_hold_a_strong_one_down():
    x = np.zeros((1, 5, 1, 1))
    x[0, 2] = 1.0
    layer = LocalResponseNormalization(size=3, alpha=3.0, beta=1.0)

    alone, beside = run(layer, x), run(layer, np.where(np.arange(5)[:, None, None] == 3, 2.0, x))

    assert alone[0, 2].item() == pytest.approx(1 / 2)  # 1 / (1 + 3/3 * 1²)
    assert beside[0, 2].item() == pytest.approx(1 / 6)  # 1 / (1 + 1² + 2²)

"""Signals: typed, made or taken from an image, and what a kernel makes of them."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from explorer.engine.arithmetic import formula_text
from explorer.engine.arithmetic.signal_correlation import SIGNAL_PADDINGS, SignalCorrelation
from explorer.engine.arithmetic.signal_text import MOST_VALUES, SignalError, read_signal, signal_text
from explorer.engine.arithmetic.signals import line_of, noise, sine, step
from explorer.engine.geometry import BORDERS

DERIVATIVE = np.array([-1, 1], np.float32)


@pytest.mark.parametrize(
    "text",
    [
        "0 1 2.5", "0, 1, 2.5", "0\t1\t2,5", "0; 1; 2,5;", "[0, 1, 2.5]", "0 1\n2.5", "# typed\n0\n\n1\n5/2",
    ],
)  # fmt: skip
def test_a_signal_is_read_however_it_is_typed(text):
    np.testing.assert_array_equal(read_signal(text), [0, 1, 2.5])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 2\n3 x", "Row 2, number 2 is 'x', not a number"),
        ("1, , 3", "Row 1, number 2 is empty"),
        ("nan", "Row 1, number 1 is 'nan'"),
        ("  \n# nothing", "There are no numbers"),
        ("0 " * (MOST_VALUES + 1), "at most 10,000"),
        ("0" * 400_001, "has 400,001 characters"),
    ],
)
def test_what_is_no_signal_is_named_with_its_row(text, message):
    with pytest.raises(SignalError, match=message):
        read_signal(text)


@given(st.lists(st.floats(-1e5, 1e5, width=32), min_size=1, max_size=20))
def test_a_signal_written_reads_back_as_it_was(values):
    signal = np.array(values, np.float32)

    np.testing.assert_array_equal(read_signal(signal_text(signal)), signal)


def test_a_sine_comes_back_after_its_period():
    np.testing.assert_allclose(sine(9, period=8)[[0, 2, 4, 6, 8]], [0, 1, 0, -1, 0], atol=1e-6)


def test_a_step_is_low_before_and_high_from_there_on():
    np.testing.assert_array_equal(step(5, at=2, low=-1, high=3), [-1, -1, 3, 3, 3])


def test_noise_is_the_same_for_the_same_seed():
    np.testing.assert_array_equal(noise(50, seed=4), noise(50, seed=4))
    assert not np.array_equal(noise(50, seed=4), noise(50, seed=5))


def test_a_row_and_a_column_of_an_image_are_signals():
    image = np.arange(12.0).reshape(1, 3, 4)

    np.testing.assert_array_equal(line_of(image, row=1), [4, 5, 6, 7])
    np.testing.assert_array_equal(line_of(image, column=3), [3, 7, 11])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sine(5, period=0), "period"),
        (lambda: step(0, at=0), "A signal of 0 values"),
        (lambda: line_of(np.zeros((1, 3, 4)), row=3), "There is no row 3: the image has 3"),
        (lambda: line_of(np.zeros((1, 3, 4))), "a row or a column"),
    ],
)
def test_a_signal_that_cannot_be_says_why(make, message):
    with pytest.raises(SignalError, match=message):
        make()


def test_minus_one_one_on_a_step_shows_the_rate_of_change():
    found = SignalCorrelation(step(8, at=4), DERIVATIVE, padding="valid")

    np.testing.assert_array_equal(found.result, [0, 0, 0, 1, 0, 0, 0])


def test_minus_one_one_on_a_ramp_shows_its_slope():
    ramp = np.arange(0, 3, 0.25, dtype=np.float32)

    assert set(SignalCorrelation(ramp, DERIVATIVE, padding="valid").result) == {0.25}


def test_the_centre_decides_where_the_result_stands():
    signal, kernel = step(6, at=3), DERIVATIVE

    first = SignalCorrelation(signal, kernel, centre=0, border="replicate")
    second = SignalCorrelation(signal, kernel, centre=1, border="replicate")

    assert (np.argmax(first.result), np.argmax(second.result)) == (2, 3)
    np.testing.assert_array_equal(first.positions, range(6))
    np.testing.assert_array_equal(second.positions, range(6))


def test_full_padding_gives_every_overlap():
    found = SignalCorrelation(np.array([1, 2], np.float32), np.array([1, 1, 1], np.float32), padding="full")

    np.testing.assert_array_equal(found.result, [1, 3, 3, 2])
    np.testing.assert_array_equal(found.padded[0], range(-2, 4))


def test_convolution_turns_the_kernel():
    impulse, kernel = np.array([0, 0, 1, 0, 0], np.float32), np.array([1, 2, 3], np.float32)

    np.testing.assert_array_equal(SignalCorrelation(impulse, kernel).result, [0, 3, 2, 1, 0])
    np.testing.assert_array_equal(SignalCorrelation(impulse, kernel, flip=True).result, [0, 1, 2, 3, 0])


def test_a_value_is_explained_like_that_of_a_convolution():
    found = SignalCorrelation(np.array([2, 5, 4], np.float32), DERIVATIVE, centre=0)

    explanation = found.explain(2)

    assert formula_text(explanation) == "4·(-1) + 0·1 = -4"
    assert explanation["patch"].places.unit((1,)) is None
    assert explanation.cells_of("signal", (2,)) == {"patch": ((0,),)}


@given(
    length=st.integers(1, 12), taps=st.integers(1, 6), stride=st.integers(1, 4), data=st.data(), flip=st.booleans(),
    padding=st.sampled_from(SIGNAL_PADDINGS), border=st.sampled_from(BORDERS),
)  # fmt: skip
def test_every_value_is_what_its_explanation_says(length, taps, stride, data, flip, padding, border):
    assume(padding != "valid" or taps <= length)
    centre = data.draw(st.none() | st.integers(0, taps - 1))
    found = SignalCorrelation(noise(length), noise(taps, seed=1), stride, padding, centre, border, 0.5, flip)

    for index in range(len(found.result)):
        explanation = found.explain(index)
        assert (
            abs(explanation.total - explanation.value) <= 1e-5 * np.abs(explanation["products"].numbers).sum()
        )


@given(length=st.integers(1, 20), taps=st.integers(1, 9))
def test_full_convolution_is_numpys(length, taps):
    signal, kernel = noise(length), noise(taps, seed=1)

    found = SignalCorrelation(signal, kernel, padding="full", flip=True).result

    np.testing.assert_allclose(found, np.convolve(signal, kernel), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"padding": "valid"}, "more than the 2 values"),
        ({"stride": 0}, "The stride is 0"),
        ({"centre": 3}, "The centre is tap 3. Expected 0 to 2"),
        ({"padding": "some"}, "Expected one of valid, same, full"),
    ],
)
def test_what_cannot_slide_says_why(settings, message):
    with pytest.raises(SignalError, match=message):
        SignalCorrelation(np.ones(2, np.float32), np.ones(3, np.float32), **settings)

"""Kernels as text: what is read, what is refused with which sentence, and that writing loses nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.engine.kernel_limits import KernelError
from explorer.engine.kernel_number import number_text, read_number
from explorer.engine.kernel_text import KERNEL_FORMATS, read_kernel, write_kernel

KERNELS = arrays(
    np.float32,
    st.tuples(st.integers(1, 15), st.integers(1, 15)),
    elements=st.floats(-1e6, 1e6, width=32),
)


@pytest.mark.parametrize(
    "text",
    [
        "1 2 3\n4 5 6",
        "  1   2 3  \r\n\r\n4 5 6\n",
        "1\t2\t3\n4\t5\t6",
        "1,2,3\n4,5,6\n",
        "1, 2, 3,\n4, 5, 6,",
        "1;2;3\n4;5;6",
        "1 2 3; 4 5 6",
        "1,2,3;4,5,6",
        "[1 2 3; 4 5 6]",
        "[[1, 2, 3], [4, 5, 6]]",
        "[[1 2 3]\n [4 5 6]]",
        "[[1. 2. 3.]\n [4. 5. 6.]]",
        "array([[1., 2., 3.],\n       [4., 5., 6.]], dtype=float32)",
        "kernel = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32)",
        "torch.tensor([[[[1, 2, 3], [4, 5, 6]]]])",
        "((1, 2, 3), (4, 5, 6),)",
        "{{1, 2, 3}, {4, 5, 6}}",
        "# Sobel\n1 2 3\n4 5 6",
        "\ufeff1 2 3\n4 5 6",
    ],
)
def test_every_usual_way_to_write_a_kernel_is_read(text):
    assert read_kernel(text).tolist() == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize("text", ["0,5;1,5\n2;-3,25", "0,5\t1,5\n2\t-3,25", "0.5\t1.5\n2\t-3,25"])
def test_a_comma_between_semicolons_or_tabs_is_a_decimal_one(text):
    assert read_kernel(text).tolist() == [[0.5, 1.5], [2, -3.25]]


@pytest.mark.parametrize(
    ("text", "shape"), [("7", (1, 1)), ("[1, 2]", (1, 2)), ("1\n2\n3", (3, 1)), ("[[1],[2]]", (2, 1))]
)
def test_a_single_number_row_or_column_is_a_kernel(text, shape):
    assert read_kernel(text).shape == shape


def test_fractions_are_read():
    assert read_kernel("1/9 -1/4")[0].tolist() == [np.float32(1 / 9), -0.25]


def test_a_minus_sign_from_a_web_page_is_a_minus_sign():
    assert read_kernel("−1 0 1").tolist() == [[-1, 0, 1]]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1 2 3\n4 5 6\n7 8", "Row 3 has 2 numbers, row 1 has 3."),
        ("[[1, 2, 3], [4, 5, 6], [7]]", "Row 3 has 1 number, row 1 has 3."),
        ("1 2 3\n4 5 abc", "Row 2, number 3 is 'abc', not a number."),
        ("[[1, 2], [3, x]]", "Row 2, number 2 is 'x', not a number."),
        ("1,,3", "Row 1, number 2 is empty."),
        ("1\t2\n\t4", "Row 2, number 1 is empty."),
        ("1 nan", "Row 1, number 2 is 'nan'. Expected a finite number"),
        ("1 2\n-inf 0", "Row 2, number 1 is '-inf'. Expected a finite number"),
        ("1 1e308", "Row 1, number 2 is 1e+308. Expected a number between -1,000,000 and 1,000,000."),
        ("1 1e999", "Row 1, number 2 is inf. Expected a number between"),
        ("1/0", "Row 1, number 1 is '1/0', and nothing can be divided by 0."),
        ("1_000", "Row 1, number 1 is '1_000', not a number."),
        ("", "There are no numbers"),
        (" \n\t ", "There are no numbers"),
        ("[[]]", "There are no numbers in the text."),
        ("hello world", "Row 1, number 1 is 'hello', not a number."),
        ("\n".join(["1 2"] * 16), "The text has 16 x 2 numbers."),
        ("[[1, 2], [3, 4]", "The brackets do not match"),
        ("[[1, 2), [3, 4]]", "The brackets do not match"),
        ("[[1, 2], 5, [3, 4]]", "'5' stands outside the rows"),
        ("[5, [1, 2], [3, 4]]", "A number stands between the rows"),
        ("[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]", "The text holds 2 kernels."),
        ("[[1], [[2]]]", "Row 2 lies deeper"),
        ("__import__('os').system('x')", "neither rows of numbers nor one list"),
        ("1 " * 20_000, "The text has 40,000 characters"),
    ],
)
def test_a_text_that_is_no_kernel_is_refused_with_the_place_and_the_reason(text, sentence):
    with pytest.raises(KernelError) as refusal:
        read_kernel(text)
    assert sentence in str(refusal.value)


@given(kernel=KERNELS, format_name=st.sampled_from(sorted(KERNEL_FORMATS)))
def test_writing_and_reading_gives_exactly_the_same_numbers(kernel, format_name):
    read = read_kernel(write_kernel(kernel, format_name))
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, kernel)


@given(text=st.text(alphabet="0123456789+-.,;/eE \t\n[](){}naif#=", max_size=60))
def test_any_text_is_either_a_kernel_or_refused(text):
    try:
        kernel = read_kernel(text)
    except KernelError:
        return
    assert np.isfinite(kernel).all()
    assert max(kernel.shape) <= 15


@pytest.mark.parametrize(
    ("format_name", "text"),
    [
        ("spaces", "-1   0\n 2 0.5"),
        ("tabs", "-1\t0\n2\t0.5"),
        ("csv", "-1,0\n2,0.5"),
        ("semicolons", "-1;0\n2;0.5"),
        ("numpy", "np.array([[-1, 0],\n          [2, 0.5]], dtype=np.float32)"),
        ("json", "[[-1, 0],\n [2, 0.5]]"),
    ],
)
def test_each_format_looks_as_people_write_it(format_name, text):
    assert write_kernel(np.array([[-1, 0], [2, 0.5]], np.float32), format_name) == text


def test_a_cell_reads_a_decimal_comma_and_spaces_around():
    assert read_number(" -0,5 ") == -0.5


def test_a_number_is_written_in_its_shortest_form():
    assert [number_text(np.float32(value)) for value in (0.1, -2, -0.0, 1 / 3)] == [
        "0.1",
        "-2",
        "0",
        "0.33333334",
    ]

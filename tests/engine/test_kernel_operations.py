"""Operations on kernels: what each does to numbers one can check in the head, and what each refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.engine.kernel_limits import KernelError
from explorer.engine.kernel_operations import KERNEL_OPERATIONS, change_slices, resized

COUNTED = np.array([[1, 2, 3], [4, 5, 6]], np.float32)
EDGE = np.array([[-1, 0, 1]], np.float32)
KERNELS = arrays(
    np.float32, st.tuples(st.integers(1, 7), st.integers(1, 7)), elements=st.integers(-9, 9).map(float)
)


def changed(name, kernel, **parameters):
    return KERNEL_OPERATIONS[name](np.asarray(kernel, np.float32), **parameters).tolist()


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("rotate_90", [[4, 1], [5, 2], [6, 3]]),
        ("rotate_180", [[6, 5, 4], [3, 2, 1]]),
        ("flip_horizontal", [[3, 2, 1], [6, 5, 4]]),
        ("flip_vertical", [[4, 5, 6], [1, 2, 3]]),
        ("transpose", [[1, 4], [2, 5], [3, 6]]),
        ("negate", [[-1, -2, -3], [-4, -5, -6]]),
        ("clear", [[0, 0, 0], [0, 0, 0]]),
    ],
)
def test_turning_and_flipping_moves_every_number_where_it_belongs(name, result):
    assert changed(name, COUNTED) == result


@given(
    kernel=KERNELS,
    name=st.sampled_from(["rotate_180", "flip_horizontal", "flip_vertical", "transpose", "negate"]),
)
def test_doing_it_twice_gives_the_kernel_back(kernel, name):
    operation = KERNEL_OPERATIONS[name]
    np.testing.assert_array_equal(operation(operation(kernel)), kernel)


def test_negating_leaves_no_minus_zero():
    assert not np.signbit(KERNEL_OPERATIONS["negate"](np.zeros((1, 1), np.float32))).any()


def test_scaling_multiplies():
    assert changed("scale", EDGE, factor=-0.5) == [[0.5, 0, -0.5]]


def test_normalising_reaches_its_goal():
    assert changed("normalise_sum", [[1, 2], [3, 4]]) == pytest.approx(np.array([[0.1, 0.2], [0.3, 0.4]]))
    assert changed("normalise_mean", [[1, 2], [3, 6]]) == [[-2, -1], [0, 3]]
    assert changed("normalise_length", [[3, 0], [0, -4]]) == pytest.approx(np.array([[0.6, 0], [0, -0.8]]))


@pytest.mark.parametrize(
    ("name", "kernel", "parameters", "sentence"),
    [
        ("normalise_sum", EDGE, {}, "This kernel sums to 0, so it cannot be scaled to sum 1."),
        ("normalise_sum", [[0, 0]], {}, "This kernel sums to 0"),
        ("normalise_mean", [[2, 2], [2, 2]], {}, "would leave only zeros"),
        ("normalise_length", [[0, 0]], {}, "has no length to scale"),
        (
            "scale",
            [[5000]],
            {"factor": 1000},
            "The weight in row 1, column 1 is 5e+06. Expected",
        ),
        ("scale", EDGE, {"factor": 1e9}, "Factor is 1e+09. Expected -1000 to 1000."),
        ("scale", EDGE, {"faktor": 2}, "Scale has no parameter called faktor. It has factor."),
        ("negate", EDGE, {"factor": 2}, "It has none."),
        ("randomise", EDGE, {"seed": 1.5}, "Seed is 1.5. Expected a whole number."),
        ("resize", EDGE, {"height": 16, "width": 3}, "Height is 16. Expected 1 to 15 px."),
    ],
)
def test_an_impossible_operation_says_why(name, kernel, parameters, sentence):
    with pytest.raises(KernelError) as refusal:
        changed(name, kernel, **parameters)
    assert sentence in str(refusal.value)


def test_randomising_gives_the_same_numbers_for_the_same_seed():
    assert changed("randomise", COUNTED, seed=3) == changed("randomise", COUNTED, seed=3)
    assert changed("randomise", COUNTED, seed=3) != changed("randomise", COUNTED, seed=4)


@pytest.mark.parametrize(
    ("kernel", "size", "result"),
    [
        ([[1, 2, 3]], (1, 1), [[2]]),
        ([[1, 2, 3]], (3, 3), [[0, 0, 0], [1, 2, 3], [0, 0, 0]]),
        ([[1, 2, 3]], (1, 5), [[0, 1, 2, 3, 0]]),
        ([[1, 2]], (1, 4), [[0, 1, 2, 0]]),
    ],
)
def test_resizing_keeps_the_middle_in_the_middle(kernel, size, result):
    assert changed("resize", kernel, height=size[0], width=size[1]) == result


@given(kernel=KERNELS, rows=st.integers(0, 4), columns=st.integers(0, 4))
def test_growing_and_shrinking_again_loses_nothing(kernel, rows, columns):
    height, width = kernel.shape
    larger = resized(kernel, height + rows, width + columns)
    np.testing.assert_array_equal(resized(larger, height, width), kernel)


def test_an_operation_changes_the_chosen_slices_only():
    kernels = np.ones((2, 3, 3, 3), np.float32)
    result = change_slices(kernels, [(1, 2)], KERNEL_OPERATIONS["negate"])
    assert result.sum(axis=(2, 3)).tolist() == [[9, 9, 9], [9, 9, -9]]


def test_one_rectangular_kernel_of_several_cannot_be_turned():
    with pytest.raises(
        KernelError, match="make a 1 x 3 kernel 3 x 1, but all 2 kernels of this layer share one size"
    ):
        change_slices(np.ones((2, 1, 1, 3), np.float32), [(0, 0)], KERNEL_OPERATIONS["rotate_90"])


def test_all_rectangular_kernels_of_a_layer_can_be_turned_together():
    kernels = np.arange(12, dtype=np.float32).reshape(2, 2, 1, 3)
    result = change_slices(kernels, [(0, 0), (0, 1), (1, 0), (1, 1)], KERNEL_OPERATIONS["rotate_90"])
    assert result.shape == (2, 2, 3, 1)
    assert result[1, 0, :, 0].tolist() == [6, 7, 8]


@pytest.mark.parametrize("operation", KERNEL_OPERATIONS.values(), ids=lambda operation: operation.name)
def test_every_operation_can_be_offered(operation):
    assert operation.label
    assert operation.title
    assert operation.help.endswith(".")
    keys = [other.key for other in KERNEL_OPERATIONS.values() if other.key]
    assert keys.count(operation.key) <= 1


@pytest.mark.parametrize("operation", KERNEL_OPERATIONS.values(), ids=lambda operation: operation.name)
def test_an_operation_that_keeps_the_size_says_so(operation):
    size_is_kept = operation(COUNTED).shape == COUNTED.shape
    assert size_is_kept is not operation.changes_size

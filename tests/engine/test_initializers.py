"""What is drawn has the variance, the angles or the values that its initializer promises."""

import math

import numpy as np
import pytest

from explorer.engine.initializers import (
    AT_ONCE,
    ConstantValue,
    Glorot,
    He,
    Initializer,
    LeCun,
    Normal,
    Orthogonal,
    Uniform,
    fans,
    grown,
    he_normal,
)

SHAPE = (64, 32, 3, 5)  # every kernel reads 480 values, every value is read by 960


def draw(initializer: Initializer, shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    return initializer.draw(shape, np.random.default_rng(0))


def test_fans_count_what_is_read_and_who_reads():
    assert fans(SHAPE) == (480, 960)
    assert fans((10, 7)) == (7, 10)


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
@pytest.mark.parametrize(("family", "variance"), [(He, 2 / 480), (Glorot, 2 / 1440), (LeCun, 1 / 480)])
def test_the_variance_follows_from_the_fans(family, variance, distribution):
    kernel = draw(family(distribution=distribution))

    assert kernel.var() == pytest.approx(variance, rel=0.02)
    assert kernel.mean() == pytest.approx(0, abs=0.001)


def test_a_uniform_kernel_stays_inside_its_bound():
    assert np.abs(draw(He(distribution="uniform"))).max() <= np.sqrt(6 / 480)


@pytest.mark.parametrize("shape", [(8, 3, 3, 3), (40, 3, 3, 3)])
def test_orthogonal_kernels_stand_at_right_angles(shape):
    rows = draw(Orthogonal(gain=2.0), shape).reshape(shape[0], -1)
    product = rows @ rows.T if len(rows) <= rows.shape[1] else rows.T @ rows

    np.testing.assert_allclose(product, 4 * np.eye(len(product)), atol=1e-5)


def test_a_constant_a_bell_and_a_range_are_what_they_say():
    assert (draw(ConstantValue(value=0.5)) == 0.5).all()
    assert draw(Normal(mean=1.0, deviation=0.1)).std() == pytest.approx(0.1, rel=0.02)
    assert draw(Uniform(low=2.0, high=3.0)).min() >= 2


@pytest.mark.parametrize("kind", Initializer.kinds)
def test_the_same_generator_draws_the_same_float32(kind):
    initializer = Initializer.kinds[kind]()

    first, second = draw(initializer), draw(initializer)

    assert first.dtype == np.float32
    assert first.shape == SHAPE
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("shape", [(3, 7), (5, 4), (5, 7), (2, 2)])
def test_a_matrix_that_grows_keeps_what_it_had_and_draws_the_rest(shape: tuple[int, int]) -> None:
    old = np.zeros((3, 4), np.float32)
    found = grown(old, shape, 8, np.random.default_rng(0))
    rows, columns = min(3, shape[0]), min(4, shape[1])
    assert found.shape == shape
    assert not found[:rows, :columns].any()
    assert np.count_nonzero(found) == found.size - rows * columns


def test_many_weights_are_drawn_the_same_again_and_none_twice() -> None:
    first, second = (he_normal((1100, 1024), 1024, np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(first, second)
    blocks = first[:1024].reshape(-1, AT_ONCE // 4)
    assert len(np.unique(blocks[:, :8], axis=0)) == len(blocks)
    assert first.std() == pytest.approx(math.sqrt(2 / 1024), rel=0.01)

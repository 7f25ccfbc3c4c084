"""NaN, infinities, huge and tiny numbers travel as IEEE 754 says: they stay where they belong and slow nothing down."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from explorer.engine.layer import Layer
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.exponentials import ELU
from explorer.engine.layers.local_response import LocalResponseNormalization
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.layers.pooling import AveragePool, MaxPool
from explorer.engine.layers.sigmoids import Sigmoid
from explorer.engine.layers.signals import Conv1d
from explorer.engine.layers.softmax import Softmax
from explorer.engine.layers.transposed_convolution import ConvTranspose2d
from explorer.engine.layers.volumes import Conv3d
from explorer.engine.optimizers import Optimizer
from explorer.engine.tape import Needed, Tape
from tests.engine.layers.contract import Case, cases

CASES = cases()
every_case = pytest.mark.parametrize("case", CASES, ids=str)
SPECIAL = np.array([np.nan, np.inf, -np.inf, 3e38, -3e38, 1e-40, -1e-45, -0.0], np.float32)


def spoilt(case: Case) -> tuple[np.ndarray, ...]:
    """The inputs of a case with special values strewn over the first image."""
    inputs = [x.copy() for x in case.inputs(batch=3)]
    for x in inputs:
        strewn = x[0].reshape(-1)[:: max(1, x[0].size // 50)]
        strewn[:] = np.resize(SPECIAL, len(strewn))
    return tuple(inputs)


@every_case
def test_what_is_wrong_with_one_image_leaves_the_others_alone(case: Case):
    clean = case.forward(case.inputs(batch=3))

    spoilt_output = case.forward(spoilt(case))

    np.testing.assert_array_equal(spoilt_output[1:], clean[1:])


MAPS, LIST, SIGNAL, VOLUME = (8, 48, 48), (4000,), (8, 3000), (4, 12, 16, 16)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Conv2d(bias=False), MAPS), (ConvTranspose2d(bias=False), MAPS), (Conv1d(bias=False), SIGNAL),
        (Conv3d(bias=False), VOLUME), (Dense(bias=False), LIST), (AveragePool(), MAPS), (MaxPool(), MAPS),
        (ReLU(), MAPS),
    ],
    ids=lambda one: one.kind if isinstance(one, Layer) else "",
)  # fmt: skip
def test_tiny_numbers_are_not_taken_for_zero(layer, shape):
    """Denormal ones in, denormal ones out, to the last bits that there are."""
    x = (np.random.default_rng(0).normal(size=(1, *shape)) * 1e-40).astype(np.float32)
    parameters = layer.initial_parameters([shape], np.random.default_rng(0))

    output = layer.forward([x], parameters, Tape())

    wide = {name: array.astype(np.float64) for name, array in parameters.items()}
    exact = layer.forward([x.astype(np.float64)], wide, Tape())
    steps = 1.4e-45 * (1 + sum(array[0].size for array in parameters.values()))  # one rounding per product
    assert np.count_nonzero(output) > output.size / 4
    np.testing.assert_allclose(output, exact, rtol=0, atol=steps)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Conv2d(filters=16), MAPS), (ConvTranspose2d(filters=8), MAPS), (Conv1d(filters=16), SIGNAL),
        (Conv3d(filters=8), VOLUME), (Dense(units=200), LIST), (MaxPool(), MAPS), (AveragePool(), MAPS),
        (BatchNormalization(), MAPS), (LocalResponseNormalization(), MAPS), (Softmax(), MAPS), (Sigmoid(), MAPS),
        (ELU(), MAPS),
    ],
    ids=lambda one: one.kind if isinstance(one, Layer) else "",
)  # fmt: skip
@pytest.mark.parametrize("factor", [1e-40, 1e38, np.inf], ids=["tiny", "huge", "infinite"])
def test_no_number_makes_a_layer_ten_times_as_slow(layer, shape, factor):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, *shape)).astype(np.float32)
    gradient = rng.normal(size=(2, *layer.output_shape([shape]))).astype(np.float32)
    with np.errstate(all="ignore"):
        strange, strange_gradient = ((one * factor).astype(np.float32) for one in (x, gradient))
    parameters = layer.initial_parameters([shape], rng)

    def there_and_back(given: np.ndarray, seed: np.ndarray) -> None:
        tape = Tape(record=True)
        layer.forward([given], parameters, tape)
        layer.backward(seed, tape, Needed())

    plain = shortest(lambda: there_and_back(x, gradient))
    assert shortest(lambda: there_and_back(strange, strange_gradient)) < 10 * plain + 1e-3


@pytest.mark.parametrize("kind", Optimizer.kinds)
@pytest.mark.parametrize(
    "factor", [1e-40, 1e-21, 1e38, np.inf], ids=["tiny", "tiny squares", "huge", "infinite"]
)
def test_no_gradient_makes_a_step_ten_times_as_slow(kind, factor):
    optimizer = Optimizer.of_kind(kind, {})
    vector = np.random.default_rng(0).normal(size=100_000).astype(np.float32)

    with np.errstate(all="ignore"):
        strange = (vector * factor).astype(np.float32)

    def two_steps(gradient: np.ndarray) -> None:
        _, state = optimizer.step(vector, gradient, optimizer.start(vector))
        optimizer.step(vector, gradient, state)

    plain = shortest(lambda: two_steps(vector))
    assert shortest(lambda: two_steps(strange)) < 10 * plain + 1e-3


def shortest(work: Callable[[], None]) -> float:
    """Seconds that some work takes: the least of several times, because other programs run here too."""
    times = []
    for _ in range(8):
        started = time.perf_counter()
        with np.errstate(all="ignore"):
            work()
        times.append(time.perf_counter() - started)
    return min(times)

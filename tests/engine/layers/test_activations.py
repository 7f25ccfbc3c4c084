"""What is special about activations; their numbers are PyTorch's (test_vectors)."""

import numpy as np
import pytest
import scipy.special

from explorer.engine.layer import Layer, SettingError, layer_kinds
from explorer.engine.layers.activation import Activation, ReLU
from explorer.engine.layers.exponentials import Softplus
from explorer.engine.layers.gates import GELU, HardSwish, SiLU
from explorer.engine.layers.rectifiers import Absolute, Clip, LeakyReLU, PReLU
from explorer.engine.layers.sigmoids import Sigmoid, Tanh
from explorer.engine.layers.softmax import Softmax
from tests.engine.run import maps, run

ACTIVATIONS = [kind for kind in layer_kinds().values() if issubclass(kind, Activation) and kind.kind]
every_activation = pytest.mark.parametrize("layer_class", ACTIVATIONS, ids=lambda one: one.kind)
LINE = np.linspace(-20, 20, 4001, dtype=np.float32)


def at(layer: Layer, *values: float) -> list[float]:
    return run(layer, np.array([values], np.float32))[0].tolist()


@every_activation
def test_nan_stays_nan_and_nobody_else_becomes_it(layer_class):
    y = run(layer_class(), maps([[np.nan, 1, -1, 0, 1e30, -1e30]]))

    assert np.isnan(y).ravel().tolist() == [True, False, False, False, False, False]


@every_activation
def test_what_is_announced_as_never_negative_is_not(layer_class):
    assert layer_class.signed_output or (run(layer_class(), LINE[None]) >= 0).all()


@every_activation
def test_plateaus_are_where_large_values_end(layer_class):
    layer = layer_class()
    ends = {round(value, 3) for value in at(layer, -1000, 1000)}

    assert set(layer.plateaus()) <= ends


@pytest.mark.parametrize(
    ("layer", "low", "high"),
    [(ReLU(), 0, np.inf), (Sigmoid(), 0, 1), (Tanh(), -1, 1), (Softplus(), 0, np.inf), (Clip(), 0, 6),
     (Absolute(), np.inf, np.inf), (LeakyReLU(leak=0.5), -np.inf, np.inf)],
)  # fmt: skip
def test_infinities_go_where_the_function_goes(layer, low, high):
    assert at(layer, -np.inf, np.inf) == [low, high]


def test_leaky_relu_lets_its_share_through():
    assert at(LeakyReLU(leak=0.25), -4, 3) == [-1, 3]


def test_prelu_has_a_slope_per_channel_and_starts_at_a_quarter():
    layer = PReLU()
    start = layer.initial_parameters([(2, 1, 1)], np.random.default_rng(0))["slope"]

    assert start.tolist() == [0.25, 0.25]
    assert run(layer, maps([[-4]], [[-4]]), slope=[0.5, -1]).ravel().tolist() == [-2, 4]


def test_gelu_is_exact_to_a_millionth():
    exact = LINE.astype(float) * scipy.special.ndtr(LINE.astype(float))

    np.testing.assert_allclose(run(GELU(), LINE[None])[0], exact, rtol=3e-6, atol=1e-7)
    assert np.abs(run(GELU(form="tanh"), LINE[None])[0] - exact).max() < 5e-4


def test_smooth_gates_are_the_identity_far_to_the_right():
    assert at(SiLU(), 50) == at(HardSwish(), 50) == at(GELU(), 50) == [50]


def test_clip_refuses_a_lowest_above_the_highest():
    with pytest.raises(SettingError, match="Lowest must not be above highest, got 7 and 6"):
        Clip(low=7.0)


def test_softmax_is_a_distribution_however_large_the_scores():
    shares = at(Softmax(), 1000, 1000, -1000)

    assert shares == [0.5, 0.5, 0]


def test_softmax_of_maps_is_over_the_channels_of_every_pixel():
    shares = run(Softmax(), np.random.default_rng(0).normal(0, 9, (2, 5, 3, 4)))

    np.testing.assert_allclose(shares.sum(1), 1, rtol=1e-6)

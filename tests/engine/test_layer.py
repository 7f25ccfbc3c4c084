"""Settings: what they accept, and what they answer to what they do not."""

import numpy as np
import pytest

from explorer.engine.kernel_operations import centre
from explorer.engine.layer import SettingError, layer_kinds, layer_of, overlapping
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.dropout import Dropout


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"stride": (0, 1)}, "Stride must be at least 1, got 0"),
        ({"kernel": (3, 99)}, "Kernel must be at most 15, got 99"),
        ({"filters": 10_000}, "Filters must be at most 4096, got 10000"),
        ({"filters": 2.5}, "Filters must be a whole number, got 2.5"),
        ({"filters": True}, "Filters must be a whole number, got True"),
        ({"filters": float("nan")}, "Filters must be a whole number, got nan"),
        ({"filters": "many"}, "Filters must be a whole number, got 'many'"),
        ({"kernel": (3, 3, 3)}, r"Kernel needs 2 numbers \(height, width\)"),
        ({"sides": (1, 2)}, r"Sides needs 4 numbers \(top, bottom, left, right\)"),
        ({"padding": "some"}, "Padding must be one of valid, same, explicit, got 'some'"),
        ({"padding_value": float("inf")}, "Padding value must be a finite number, got inf"),
        ({"bias": 1}, "Bias must be on or off, got 1"),
    ],
)
def test_a_value_that_a_setting_cannot_have_is_answered_with_what_it_can(changes, sentence):
    with pytest.raises(SettingError, match=sentence):
        Conv2d(**changes)


def test_one_number_counts_for_both_axes():
    assert Conv2d(kernel=5).kernel == (5, 5)
    assert Conv2d(sides=[2]).sides == (2, 2, 2, 2)


def test_numbers_of_any_kind_become_the_settings_own():
    layer = Conv2d(filters=np.int64(4), kernel=[3.0, np.float32(5)])

    assert layer.filters == 4
    assert type(layer.filters) is type(layer.kernel[0]) is int


def test_a_changed_layer_is_another_one_and_the_first_stays():
    layer = Dropout()

    assert layer.with_settings(rate=0.25).rate == 0.25
    assert layer.rate == 0.5


def test_a_layer_cannot_be_changed_in_place():
    with pytest.raises(AttributeError):
        Dropout().rate = 0.1


@pytest.mark.parametrize(
    ("kind", "values", "sentence"),
    [
        ("conv9", {}, "no layer of kind 'conv9'.*conv2d"),
        ("dropout", {"colour": 1}, "no setting 'colour'.*rate"),
    ],
)
def test_a_file_with_unknown_words_is_answered_with_the_known_ones(kind, values, sentence):
    with pytest.raises(SettingError, match=sentence):
        layer_of(kind, values)


def test_every_layer_of_the_list_is_there():
    names = """input conv2d max_pool average_pool min_pool l2_pool weighted_pool global_max_pool global_min_pool
    global_average_pool global_l2_pool relu leaky_relu prelu elu selu silu gelu sigmoid tanh softplus hard_sigmoid
    hard_swish clip abs batch_norm local_response_norm dropout flatten reshape dense softmax log_softmax upsample pad
    add multiply concatenate conv_transpose2d"""
    along_other_axes = (
        """conv conv_transpose max_pool average_pool min_pool l2_pool weighted_pool upsample pad"""
    )

    assert set(names.split()) <= set(layer_kinds())
    assert {f"{name}{axes}d" for name in along_other_axes.split() for axes in (1, 3)} <= set(layer_kinds())


@pytest.mark.parametrize(("before", "after"), [(3, 5), (5, 3), (2, 5), (4, 3), (1, 15), (15, 2)])
def test_a_kernel_resized_to_and_fro_keeps_what_fits(before, after):
    old, fresh = np.arange(1, before + 1, dtype=np.float32), np.zeros(after, np.float32)

    resized = overlapping(old, fresh, centred=(0,))

    assert np.count_nonzero(resized) == min(before, after)
    assert resized[centre(after)] == old[centre(before)]


@pytest.mark.parametrize(
    ("layer", "old", "kept"),
    [
        (Dense(units=4), {"kernel": (6, 8), "bias": (6,)}, np.s_[:4, :5]),
        (Dense(units=4, bias=False), {"kernel": (4, 8), "bias": (4,)}, np.s_[:4, :5]),
        (Conv2d(filters=2, kernel=(3, 2)), {"kernel": (3, 6, 5, 3), "bias": (3,)}, np.s_[:2, :5, 1:4, 1:]),
    ],
)
def test_nothing_is_drawn_where_a_layer_only_shrinks(layer, old, kept):
    parameters = {name: np.random.default_rng(0).normal(size=shape) for name, shape in old.items()}
    shape = (5,) if layer.kind == "dense" else (5, 9, 9)
    nobody_draws = None

    fitted = layer.fitted_parameters(parameters, [shape], nobody_draws)

    np.testing.assert_array_equal(fitted["kernel"], parameters["kernel"][kept].astype(np.float32))
    assert {name: array.shape for name, array in fitted.items()} == layer.parameter_shapes([shape])

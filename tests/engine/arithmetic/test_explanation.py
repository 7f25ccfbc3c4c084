"""Explanations one can check in the head, their links, and what they cost."""

import math
import time

import numpy as np
import pytest

from explorer.engine.arithmetic import ExplanationError, explain, formula_text
from explorer.engine.arithmetic.linking import channel_groups, leading_terms, linked
from explorer.engine.evaluate import evaluate
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.merge import Add, Concatenate
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.layers.padding import Pad
from explorer.engine.layers.pooling import AveragePool, L2Pool, MaxPool, MinPool
from explorer.engine.layers.rectifiers import LeakyReLU
from explorer.engine.layers.softmax import Softmax
from explorer.engine.layers.transposed_convolution import ConvTranspose2d
from explorer.engine.layers.upsampling import Upsample
from tests.engine.arithmetic.traces import explained, trace_of
from tests.engine.build import chain

RAMP = np.arange(1.0, 10).reshape(1, 3, 3)  # 1 2 3 / 4 5 6 / 7 8 9
CROSS = np.array([[[[0, 1, 0], [1, 2, 1], [0, 1, 0]]]])


def convolved(unit=(0, 0, 0), x=RAMP, kernel=CROSS, **settings):
    layer = Conv2d(filters=len(kernel), kernel=kernel.shape[2:], bias=False, **settings)
    return explained(layer, x, unit=unit, kernel=kernel)


def test_a_convolution_shows_patch_kernel_products_and_sum():
    found = convolved(unit=(0, 1, 1))

    np.testing.assert_array_equal(found["patch"].numbers, RAMP)
    np.testing.assert_array_equal(found["products"].numbers, [[[0, 2, 0], [4, 10, 6], [0, 8, 0]]])
    assert found["channel sums"].numbers == [30]
    assert found.total == found.value == 30


def test_the_bias_is_added_at_the_end():
    layer = Conv2d(filters=1, kernel=(1, 1))

    found = explained(layer, RAMP, unit=(0, 0, 1), kernel=[[[[3.0]]]], bias=[0.5])

    assert [part.name for part in found.parts] == [
        "patch",
        "kernel",
        "products",
        "channel sums",
        "bias",
        "total",
    ]
    assert formula_text(found) == "2·3 + 0.5 = 6.5"


def test_padding_is_known_cell_by_cell():
    places = convolved(unit=(0, 0, 0))["patch"].places

    np.testing.assert_array_equal(places.is_padding[0], [[1, 1, 1], [1, 0, 0], [1, 0, 0]])
    assert places.position((0, 0, 2)) == (0, -1, 1)
    assert places.unit((0, 0, 2)) is None


def test_a_border_mode_says_which_real_pixel_stands_in_the_padding():
    patch = convolved(unit=(0, 0, 0), border="reflect-101")["patch"]

    assert patch.places.unit((0, 0, 0)) == (0, 1, 1)
    assert patch.places.position((0, 0, 0)) == (0, -1, -1)
    assert patch.numbers[0, 0, 0] == 5


def test_a_pixel_that_the_border_repeats_is_found_in_all_its_cells():
    found = convolved(unit=(0, 0, 0), border="replicate")

    assert found.cells_of("x0", (0, 0, 0))["patch"] == ((0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1))


def test_a_true_convolution_shows_the_kernel_turned_and_where_each_weight_stands():
    kernel = np.arange(6.0).reshape(1, 1, 2, 3)

    part = convolved(kernel=kernel, padding="valid", flip=True)["kernel"]

    np.testing.assert_array_equal(part.numbers, [[[5, 4, 3], [2, 1, 0]]])
    assert part.places.unit((0, 0, 0)) == (0, 0, 1, 2)


def test_strides_and_dilations_spread_the_places():
    layer = Conv2d(filters=1, kernel=(2, 2), stride=(2, 3), dilation=(3, 2), padding="valid", bias=False)

    places = explained(layer, np.zeros((1, 9, 9)), unit=(0, 1, 2), kernel=np.ones((1, 1, 2, 2)))[
        "patch"
    ].places

    np.testing.assert_array_equal(places.index[1], [2, 5])
    np.testing.assert_array_equal(places.index[2], [6, 8])


def test_a_group_reads_only_its_own_channels():
    layer = Conv2d(filters=4, kernel=(1, 1), groups=2, bias=False)
    x = np.arange(4.0).reshape(4, 1, 1)

    found = explained(layer, x, unit=(3, 0, 0), kernel=np.ones((4, 2, 1, 1)))

    np.testing.assert_array_equal(found["patch"].places.index[0], [2, 3])
    assert found.total == 5


def test_a_transposed_convolution_shows_which_stamps_reach_an_output():
    layer = ConvTranspose2d(filters=1, kernel=(3, 3), stride=(2, 2), padding="valid", bias=False)

    found = explained(layer, RAMP, unit=(0, 2, 2), kernel=np.arange(9).reshape(1, 1, 3, 3))

    np.testing.assert_array_equal(found["patch"].numbers, [[[1, 2], [4, 5]]])
    np.testing.assert_array_equal(
        found["kernel"].numbers, [[[8, 6], [2, 0]]]
    )  # the far tap of the nearer stamp
    assert found.total == 8 + 12 + 8


def test_the_first_of_equal_values_wins_a_max_pool():
    found = explained(MaxPool(), [[[1, 7], [7, 7]]], unit=(0, 0, 0))

    np.testing.assert_array_equal(found["patch"].marked, [[False, True], [False, False]])
    assert found.note.startswith("The largest of 4 values wins. 3 are equal")
    assert formula_text(found) == "max(1, 7, 7, 7) = 7"


def test_ceil_mode_shows_cells_outside_that_do_not_count():
    found = explained(AveragePool(ceil=True), RAMP, unit=(0, 1, 1))

    np.testing.assert_array_equal(found["patch"].absent, [[False, True], [True, True]])
    assert formula_text(found) == "(9) / 1 = 9"


def test_padding_that_counts_is_averaged_as_zeros():
    layer = AveragePool(padding="explicit", sides=(1, 1, 1, 1), count_include_pad=True)

    assert formula_text(explained(layer, RAMP, unit=(0, 0, 0))) == "(0 + 0 + 0 + 1) / 4 = 0.25"


def test_batch_normalisation_goes_in_steps():
    layer = BatchNormalization(epsilon=0.0)

    found = explained(layer, [[[7.0]]], unit=(0, 0, 0), scale=[2], shift=[-1], mean=[1], variance=[9])

    assert [found[name].number for name in ("centred", "normalised")] == [6, 2]
    assert formula_text(found) == "(7 - 1) / √(9 + 0) · 2 + (-1) = 3"


def test_the_row_of_a_batch_normalisation_reads_like_its_formula():
    one = {"scale": [1], "shift": [0], "mean": [0], "variance": [1]}
    found = explained(BatchNormalization(), [[[7.0]]], unit=(0, 0, 0), **one)

    row = " ".join(f"{part.sign} {part.name}".strip() for part in found.parts)
    assert row == "x − mean = centred ÷ √( variance + epsilon ) = normalised × scale + shift = total"


@pytest.mark.parametrize(
    ("layer", "sign"), [(MaxPool(), "max ="), (MinPool(), "min ="), (L2Pool(), "√ ="), (AveragePool(), "=")]
)
def test_before_the_total_of_a_pool_stands_what_was_done(layer, sign):
    assert explained(layer, [[[1.0, 2.0], [3.0, 4.0]]], unit=(0, 0, 0)).parts[-1].sign == sign


def test_softmax_is_shifted_by_the_largest_score():
    found = explained(Softmax(), [1000.0, 999.0], unit=(1,))

    np.testing.assert_array_equal(found["shifted"].numbers, [0, -1])
    assert found.total == pytest.approx(math.exp(-1) / (1 + math.exp(-1)))
    assert formula_text(found) == "exp(-1) / (exp(0) + exp(-1)) = 0.268941"


def test_a_dense_layer_names_the_largest_contributions_first():
    found = explained(Dense(units=1), [1.0, -5.0, 2.0, 0.5], unit=(0,), kernel=[[1, 1, 1, 1]], bias=[0])

    assert leading_terms(found["products"], 2) == ((1, 2), 1.5)


def test_an_activation_has_a_curve_with_the_point_on_it():
    found = explained(LeakyReLU(leak=0.5), [-6.0], unit=(0,))

    assert found.curve.point == (-6, -3)
    assert found.curve.x[0] <= -6
    assert np.interp(-6, found.curve.x, found.curve.y) == pytest.approx(-3)
    assert formula_text(found) == "0.5·(-6) = -3"


def test_a_concatenation_says_which_input_it_comes_from():
    found = explained(Concatenate(), np.zeros((2, 1, 1)), [[[4.0]], [[5.0]]], unit=(3, 0, 0))

    assert (found["x"].places.node, found["x"].places.unit(())) == ("x1", (1, 0, 0))
    assert found.total == 5


def test_a_map_of_one_pixel_counts_for_every_pixel_of_a_sum():
    found = explained(Add(), RAMP, [[[10.0]]], unit=(0, 2, 1))

    assert found["x2"].places.unit(()) == (0, 0, 0)
    assert formula_text(found) == "8 + 10 = 18"


def test_flatten_says_where_its_element_stands():
    assert explained(Flatten(), RAMP, unit=(5,))["x"].places.unit(()) == (0, 1, 2)


def test_a_padding_layer_says_which_pixel_it_repeats():
    found = explained(Pad(border="replicate"), RAMP, unit=(0, 0, 4))

    assert found["x"].places.unit(()) == (0, 0, 2)
    assert explained(Pad(value=0.1), RAMP, unit=(0, 0, 4)).total == pytest.approx(0.1)


def test_bilinear_upsampling_has_four_weights():
    found = explained(Upsample(mode="bilinear"), RAMP, unit=(0, 1, 1))

    np.testing.assert_allclose(found["weights"].numbers, [[0.5625, 0.1875], [0.1875, 0.0625]])
    np.testing.assert_array_equal(found["patch"].numbers, [[1, 2], [4, 5]])


def test_a_weight_is_linked_with_its_pixel_its_product_its_sum_and_the_total():
    found = convolved(unit=(0, 1, 1), x=np.ones((2, 3, 3)), kernel=np.ones((1, 2, 3, 3)))

    flags = linked(found, "kernel", (1, 0, 2))

    assert {name: flag.sum() for name, flag in flags.items()} == {
        "patch": 1, "kernel": 1, "products": 1, "channel sums": 1, "total": 1,
    }  # fmt: skip
    assert flags["patch"][1, 0, 2]
    assert flags["channel sums"][1]


def test_a_channel_sum_is_linked_with_all_cells_of_its_channel():
    found = convolved(unit=(0, 1, 1), x=np.ones((2, 3, 3)), kernel=np.ones((1, 2, 3, 3)))

    flags = linked(found, "channel sums", (0,))

    assert flags["patch"][0].all()
    assert not flags["patch"][1].any()


def test_the_total_of_a_max_pool_is_linked_with_the_winner_only():
    flags = linked(explained(MaxPool(), [[[1, 2], [9, 4]]], unit=(0, 0, 0)), "total", ())

    np.testing.assert_array_equal(flags["patch"], [[False, False], [True, False]])


def test_channels_are_summed_in_groups_that_can_be_opened():
    groups = channel_groups(np.arange(10.0), 4)

    assert [(group.first, group.last, group.sum) for group in groups] == [
        (0, 2, 3),
        (3, 5, 12),
        (6, 8, 21),
        (9, 9, 9),
    ]


def test_a_long_formula_is_shortened_in_the_middle():
    found = convolved(unit=(0, 1, 1))

    assert formula_text(found, most=4) == "1·0 + 2·1 + ... + 9·0 = 30"


def test_a_negative_number_stands_in_brackets():
    assert formula_text(convolved(kernel=np.array([[[[-2.0]]]]))) == "1·(-2) = -2"

    layer = Conv2d(filters=1, kernel=(1, 1))
    found = explained(layer, RAMP, unit=(0, 0, 1), kernel=[[[[3.0]]]], bias=[-0.5])

    assert formula_text(found) == "2·3 + (-0.5) = 5.5"


def test_nan_and_infinity_are_shown_as_the_engine_has_them():
    found = convolved(x=np.array([[[np.inf]]]), kernel=np.array([[[[1.0]]]]))

    assert found.total == math.inf


@pytest.mark.parametrize(
    ("node", "unit", "text"),
    [
        ("gone", (0, 0, 0), "no node 'gone'"),
        ("conv2d1", (0, 3, 0), "its output is 8 x 3 x 3"),
        ("conv2d1", (0, 0), "its output is 8 x 3 x 3"),
        ("max_pool2", (0, 0, 0), "pooling window"),
    ],
)
def test_a_unit_that_is_not_there_is_named(node, unit, text):
    network = chain(1, 3, 3, Conv2d(), MaxPool(window=(9, 9)))
    trace = evaluate(network, np.zeros((1, 1, 3, 3), np.float32))

    with pytest.raises(ExplanationError, match=text):
        explain(trace, node, unit)


def test_a_bypassed_node_hands_on_what_it_reads():
    network = chain(1, 3, 3, Conv2d())
    network = network.replacing(network["conv2d1"].changed(bypassed=True))
    trace = evaluate(network, RAMP[None].astype(np.float32))

    assert "bypassed" in explain(trace, "conv2d1", (0, 1, 1)).note


def test_512_channels_are_explained_in_two_milliseconds():
    layer = Conv2d(filters=8)
    x = np.random.default_rng(0).normal(size=(1, 512, 30, 30)).astype(np.float32)
    trace = trace_of(layer, x, **layer.initial_parameters([x.shape[1:]], np.random.default_rng(1)))
    times = []
    for _ in range(20):
        started = time.perf_counter()
        explain(trace, "it", (7, 0, 13))
        times.append(time.perf_counter() - started)
    assert min(times) < 2e-3

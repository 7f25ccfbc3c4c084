"""Losses by numbers that can be checked in the head, and what they refuse."""

import math

import numpy as np
import pytest

from explorer.engine.losses import BinaryCrossEntropy, CrossEntropy, Loss, MeanSquaredError

EVEN = np.zeros((2, 4), np.float32)  # four scores alike: a chance of a quarter each
LABELS = np.array([1, 3])


def test_not_knowing_between_four_classes_costs_the_logarithm_of_four():
    value, gradient = CrossEntropy().measure(EVEN, LABELS)

    assert value == pytest.approx(math.log(4))
    np.testing.assert_allclose(gradient[0], np.array([0.25, -0.75, 0.25, 0.25]) / 2)


def test_scores_beyond_what_an_exponential_can_hold_are_no_trouble():
    scores = np.array([[1000, -1000]], np.float32)

    assert CrossEntropy().measure(scores, np.array([1])).value == pytest.approx(2000)
    assert BinaryCrossEntropy().measure(scores, np.array([[0, 1]], np.float32)).value == pytest.approx(1000)


def test_a_class_of_weight_zero_does_not_count():
    scores = np.array([[5, 0], [0, 0]], np.float32)

    loss = CrossEntropy(class_weights=(0.0, 1.0)).measure(scores, np.array([0, 1]))

    assert loss.value == pytest.approx(math.log(2))
    assert not loss.gradient[0].any()


def test_balanced_classes_count_alike_however_many_images_they_have():
    loss = CrossEntropy(balanced=True).for_counts([1, 3])

    assert isinstance(loss, CrossEntropy)
    assert loss.class_weights == pytest.approx((2.0, 2 / 3))
    assert loss.weight((4, 2), np.array([0, 1, 1, 1])) == pytest.approx(4)


def test_classes_are_balanced_only_where_that_is_asked_for():
    assert CrossEntropy().for_counts([1, 3]) == CrossEntropy()


def test_a_class_that_nothing_is_there_of_is_no_trouble():
    assert CrossEntropy(balanced=True).for_counts([0, 2, 2]).class_weights == (1.0, 1.0, 1.0)


def test_the_mean_squared_error_is_the_mean_of_squares():
    value, gradient = MeanSquaredError().measure(
        np.array([[1, 2]], np.float32), np.array([[1, 5]], np.float32)
    )

    assert value == pytest.approx(4.5)
    np.testing.assert_allclose(gradient, [[0, -3]])


def test_a_class_number_is_a_one_among_zeros_where_values_are_compared():
    value = MeanSquaredError().measure(EVEN, LABELS).value

    assert value == pytest.approx(2 / 8)


def test_a_sum_of_pieces_is_the_loss_of_the_whole():
    rng = np.random.default_rng(0)
    scores, labels = rng.normal(size=(6, 3)).astype(np.float32), rng.integers(0, 3, 6)
    loss = CrossEntropy(label_smoothing=0.2, class_weights=(1.0, 2.0, 3.0))

    total = sum(loss.total(scores[i : i + 2], labels[i : i + 2]).value for i in (0, 2, 4))
    weight = sum(loss.weight((2, 3), labels[i : i + 2]) for i in (0, 2, 4))

    assert total / weight == pytest.approx(loss.measure(scores, labels).value)


def test_hits_are_counted_for_classes_and_for_a_single_yes_or_no():
    scores = np.array([[1, 3], [2, 0]], np.float32)
    single = np.array([[-1.0], [2.0]], np.float32)

    assert list(CrossEntropy().hits(scores, np.array([1, 1]))) == [True, False]
    assert list(BinaryCrossEntropy().hits(single, np.array([1, 1]))) == [False, True]
    assert MeanSquaredError().hits(single, single) is None


@pytest.mark.parametrize(
    ("loss", "targets", "sentence"),
    [
        (CrossEntropy(), np.array([1, 4]), "between 0 and 3, since there are 4 outputs; got 1 to 4"),
        (CrossEntropy(), np.array([1.0, 2.0]), "class numbers of shape 2 for outputs of 2 x 4, got float64"),
        (CrossEntropy(class_weights=(1.0,)), LABELS, "1 class weights for 4 classes"),
        (MeanSquaredError(), np.zeros((2, 3)), "values of the outputs' shape 2 x 4"),
    ],
)
def test_targets_that_do_not_fit_are_refused_with_a_sentence(loss, targets, sentence):
    with pytest.raises(ValueError, match=sentence):
        loss.measure(EVEN, targets)


@pytest.mark.parametrize("kind", Loss.kinds)
def test_every_loss_says_what_it_is(kind):
    assert Loss.kinds[kind].title
    assert Loss.kinds[kind].help.endswith(".")

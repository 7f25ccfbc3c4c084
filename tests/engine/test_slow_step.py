"""A step taken apart: its parts fit together, and it ends exactly where a step ends."""

import numpy as np
import pytest

from explorer.engine import batch_gradient
from explorer.engine.evaluate import evaluate
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.losses import CrossEntropy, MeanSquaredError
from explorer.engine.network import Network
from explorer.engine.optimizers import SGD
from explorer.engine.slow_step import SlowStep, slow_step, upcoming_indices
from explorer.engine.training import Checkpoint, Training, take_step, train
from tests.engine.build import chain
from tests.engine.test_training import SETTINGS, after, assert_same, bars, small_network

INDICES = np.arange(40)


def made(network: Network, settings: Training = SETTINGS) -> SlowStep:
    return slow_step(Checkpoint(network), bars(), INDICES, settings)


@pytest.mark.parametrize("extra", [(), (BatchNormalization(),)], ids=["pieces", "whole batch"])
def test_it_ends_bit_for_bit_where_a_step_ends(extra: tuple) -> None:
    checkpoint = after(3, small_network(*extra))[-1].checkpoint
    slow = slow_step(checkpoint, bars(), INDICES, SETTINGS)
    quick = take_step(checkpoint, bars(), INDICES, SETTINGS)
    assert_same(slow.after.network, quick.network)
    assert slow.progress.loss == quick.loss
    assert slow.after.step == quick.step == 4
    for one, other in zip(slow.after.state.vectors, quick.checkpoint.state.vectors, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.fixture(params=["pieces", "normalised as a whole", "many parameters"])
def slow(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> SlowStep:
    """A step with 40 images and dropout, which draws for 16 of them at a time however the batch is cut."""
    if request.param == "many parameters":
        monkeypatch.setattr(batch_gradient, "MOST_PARAMETERS", 1)
    return made(small_network(*([BatchNormalization()] if request.param == "normalised as a whole" else [])))


def test_the_images_losses_are_those_of_the_step(slow: SlowStep) -> None:
    assert slow.losses.mean() == pytest.approx(slow.progress.loss, rel=1e-6)


def test_an_image_that_does_not_count_adds_nothing_to_the_loss() -> None:
    slow = made(small_network(), SETTINGS.with_settings(loss=CrossEntropy(class_weights=(0.0, 2.0))))
    assert not slow.losses[slow.targets == 0].any()
    assert slow.losses.mean() == pytest.approx(slow.progress.loss, rel=1e-6)


def test_the_guesses_are_those_the_accuracy_counts(slow: SlowStep) -> None:
    assert slow.hits / len(INDICES) == slow.progress.accuracy
    np.testing.assert_allclose(slow.answer.probabilities.sum(1), 1, rtol=1e-5)


def test_without_chance_the_guess_is_what_the_network_answers() -> None:
    network = chain(1, 8, 8, Conv2d(filters=2), Flatten(), Dense(units=2))
    slow = made(network)
    answer = evaluate(network, slow.images).activations[network.nodes[-1].name]
    np.testing.assert_array_equal(slow.answer.probabilities.argmax(1), answer.argmax(1))


def test_plain_descent_steps_against_the_gradient() -> None:
    slow = made(small_network(), Training(optimizer=SGD(rate=0.5)))
    for name, gradient in slow.gradients.items():
        np.testing.assert_allclose(slow.updates[name], -0.5 * gradient, atol=1e-6)


def test_the_gradient_says_how_the_loss_changes() -> None:
    network = chain(1, 8, 8, Conv2d(filters=2), Flatten(), Dense(units=2))
    slow = made(network)
    name = network.nodes[-1].name
    kernel, gradient = network[name].parameters["kernel"], slow.gradients[name, "kernel"]
    along = 1e-2 * gradient / np.linalg.norm(gradient)
    losses = [
        made(network.with_parameters({name: {"kernel": kernel + way * along}})).progress.loss
        for way in (1, -1)
    ]
    assert losses[0] - losses[1] == pytest.approx(2 * float((along * gradient).sum()), rel=1e-2)


def test_a_network_that_tells_no_classes_apart_has_losses_and_no_guess() -> None:
    network = chain(1, 8, 8, Conv2d(filters=1, padding="same"))
    examples = type(bars())(bars().images, np.zeros((100, 1, 8, 8), np.float32))
    slow = slow_step(Checkpoint(network), examples, INDICES, Training(loss=MeanSquaredError()))
    assert slow.answer is None
    assert slow.losses.mean() == pytest.approx(slow.progress.loss, rel=1e-5)


def test_nothing_that_went_in_is_changed() -> None:
    network = small_network()
    kernel = network.nodes[1].parameters["kernel"].copy()
    made(network, Training(loss=CrossEntropy()))
    np.testing.assert_array_equal(network.nodes[1].parameters["kernel"], kernel)


def test_the_loss_afterwards_is_that_of_the_same_images() -> None:
    network = chain(1, 8, 8, Conv2d(filters=2), Flatten(), Dense(units=2))
    slow = made(network, Training(optimizer=SGD(rate=0.1)))
    again = made(slow.after.network, Training(optimizer=SGD(rate=0.1)))
    assert slow.loss_after == pytest.approx(again.progress.loss, rel=1e-6)
    assert slow.loss_after < slow.progress.loss


def test_the_upcoming_images_are_those_that_training_takes() -> None:
    checkpoint = Checkpoint(small_network())
    steps = train(checkpoint, bars(), SETTINGS)
    for _ in range(4):  # 40, 40, 20 and the first 40 of the next epoch
        indices = upcoming_indices(checkpoint, 100, SETTINGS)
        slow = slow_step(checkpoint, bars(), indices, SETTINGS)
        checkpoint = next(steps).checkpoint
        assert_same(slow.after.network, checkpoint.network)
        assert (slow.after.epoch, slow.after.position) == (checkpoint.epoch, checkpoint.position)


def test_with_fewer_examples_the_next_epoch_comes() -> None:
    late = Checkpoint(small_network(), epoch=2, position=80)
    np.testing.assert_array_equal(
        upcoming_indices(late, 60, SETTINGS),
        upcoming_indices(Checkpoint(late.network, epoch=3), 60, SETTINGS),
    )

"""Training: loss falls, nothing depends on threads, and a checkpoint goes on exactly where it stopped."""

import threading
from itertools import islice

import numpy as np
import pytest

from explorer.engine import batch_gradient
from explorer.engine.evaluate import evaluate
from explorer.engine.examples import ImageExamples
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.dropout import Dropout
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.layers.sigmoids import Sigmoid
from explorer.engine.layers.softmax import Softmax
from explorer.engine.losses import BinaryCrossEntropy, CrossEntropy, MeanSquaredError
from explorer.engine.network import Network, NetworkError
from explorer.engine.optimizers import SGD, Adam
from explorer.engine.plan import planned_gradient
from explorer.engine.pool import pool
from explorer.engine.schedules import Cosine
from explorer.engine.training import Checkpoint, Training, assess, epoch_order, take_step, train
from tests.engine.build import chain


def bars(count: int = 100) -> ImageExamples:
    """Noisy pictures of 8 x 8 with an upright bar (class 0) or a lying one (class 1)."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 60, (count, 1, 8, 8), dtype=np.uint8)
    labels = rng.integers(0, 2, count)
    for image, label, place in zip(images, labels, rng.integers(0, 8, count), strict=True):
        (image[0].T if label == 0 else image[0])[place] += 150
    return ImageExamples(images, labels)


def small_network(*extra) -> Network:
    return chain(
        1, 8, 8,
        Conv2d(filters=4), *extra, ReLU(), MaxPool(), Flatten(), Dropout(rate=0.25), Dense(units=2), Softmax(),
    )  # fmt: skip


SETTINGS = Training(batch=40, optimizer=Adam(rate=0.01))


def after(steps: int, start, settings: Training = SETTINGS):
    return list(islice(train(start, bars(), settings), steps))


def parameters(network: Network) -> dict:
    return {(node.name, name): array for node in network.nodes for name, array in node.parameters.items()}


def assert_same(left: Network, right: Network) -> None:
    for name, array in parameters(left).items():
        np.testing.assert_array_equal(array, parameters(right)[name], err_msg=str(name))


def test_a_small_network_learns_to_tell_upright_from_lying():
    made = after(50, small_network())

    assert made[0].loss > 0.5
    assert made[-1].loss < 0.25
    assert assess(made[-1].network, bars()).accuracy > 0.95


def test_the_network_at_the_start_stays_as_it_was():
    network = small_network()
    kept = {name: array.copy() for name, array in parameters(network).items()}

    after(3, network)

    for name, array in parameters(network).items():
        np.testing.assert_array_equal(array, kept[name])


@pytest.mark.parametrize("extra", [(), (BatchNormalization(),)], ids=["in pieces", "as a whole"])
def test_the_number_of_threads_changes_no_bit(extra, monkeypatch):
    monkeypatch.setattr(pool, "threads", 1)
    alone = after(4, small_network(*extra))[-1]

    monkeypatch.setattr(pool, "threads", 3)
    together = after(4, small_network(*extra))[-1]

    assert alone.loss == together.loss
    assert_same(alone.network, together.network)


def test_somebody_else_who_evaluates_meanwhile_changes_no_bit():
    alone = after(4, small_network())[-1]
    stop = threading.Event()
    image = np.random.default_rng(9).normal(size=(1, 1, 8, 8)).astype(np.float32)

    def look_on() -> None:
        while not stop.is_set():
            evaluate(small_network(), image)

    onlooker = threading.Thread(target=look_on)
    onlooker.start()
    beside = after(4, small_network())[-1]
    stop.set()
    onlooker.join()

    assert_same(alone.network, beside.network)


@pytest.mark.parametrize("stop", [1, 2, 3, 4])  # 100 images in batches of 40: 3 steps are an epoch
def test_a_checkpoint_goes_on_exactly_where_it_stopped(stop):
    network = small_network(BatchNormalization())
    whole = after(6, network)

    rest = after(6 - stop, whole[stop - 1].checkpoint)

    assert [one.loss for one in rest] == [one.loss for one in whole[stop:]]
    assert_same(rest[-1].network, whole[-1].network)


def test_another_seed_gives_another_order():
    first, second = epoch_order(100, 0, Training(seed=1)), epoch_order(100, 0, Training(seed=2))

    assert (first != second).any()
    assert (first != epoch_order(100, 1, Training(seed=1))).any()
    assert sorted(first) == list(range(100))


def test_an_epoch_ends_with_the_images_that_are_left():
    made = after(4, small_network())

    assert [one.images for one in made] == [40, 40, 20, 40]
    assert [(one.checkpoint.epoch, one.checkpoint.position) for one in made] == [
        (0, 40),
        (0, 80),
        (1, 0),
        (1, 40),
    ]


def test_settings_can_change_on_the_way():
    first = after(2, small_network())[-1]

    changed = SETTINGS.with_settings(batch=10, optimizer=SGD(rate=0.5))
    second = after(1, first.checkpoint, changed)[0]

    assert second.images == 10
    assert second.checkpoint.state.vectors == ()


def test_a_batch_in_pieces_has_the_gradient_of_the_whole(monkeypatch):
    network = small_network()
    plain = network.replacing(network["dropout5"].changed(bypassed=True))
    pieces = after(1, plain)[0]
    for room in (batch_gradient, planned_gradient):
        monkeypatch.setattr(room, "PIECE", 1000)

    whole = after(1, plain)[0]

    assert pieces.loss == pytest.approx(whole.loss, rel=1e-6)
    assert pieces.gradient_norm == pytest.approx(whole.gradient_norm, rel=1e-5)


def test_batch_normalisation_leaves_its_measurements_in_the_network():
    network = small_network(BatchNormalization())

    trained = after(1, network)[0].network

    assert (trained["batch_norm2"].parameters["mean"] != network["batch_norm2"].parameters["mean"]).any()


def test_a_schedule_lowers_the_learning_rate():
    made = after(3, small_network(), SETTINGS.with_settings(schedule=Cosine(length=2)))

    assert [one.learning_rate for one in made] == pytest.approx([0.01, 0.005, 0])


def test_a_gradient_too_long_is_shortened():
    settings = SETTINGS.with_settings(clip_norm=1e-3, optimizer=SGD(rate=1.0))
    network = small_network()

    made = after(1, network, settings)[0]

    moved = sum(
        float(np.square(array - parameters(network)[name]).sum())
        for name, array in parameters(made.network).items()
    )
    assert made.gradient_norm > 1e-3
    assert moved**0.5 == pytest.approx(1e-3, rel=1e-3)


@pytest.mark.parametrize(
    "loss", [CrossEntropy(label_smoothing=0.1), MeanSquaredError(), BinaryCrossEntropy()]
)
def test_every_loss_falls(loss):
    made = after(25, small_network(), SETTINGS.with_settings(loss=loss))

    assert made[-1].loss < 0.8 * made[0].loss


def test_a_sigmoid_at_the_end_is_part_of_binary_cross_entropy():
    network = chain(1, 8, 8, Conv2d(filters=4), ReLU(), Flatten(), Dense(units=1), Sigmoid())
    settings = SETTINGS.with_settings(loss=BinaryCrossEntropy())

    made = after(30, network, settings)

    assert made[-1].accuracy > 0.9
    assert batch_gradient.measured_node(network, settings.loss) == "dense4"


def test_a_network_without_parameters_is_refused():
    with pytest.raises(NetworkError, match="nothing to train"):
        after(1, chain(1, 8, 8, ReLU()))


def test_from_images_that_do_not_count_nothing_is_learned():
    settings = SETTINGS.with_settings(loss=CrossEntropy(class_weights=(0.0, 0.0)), optimizer=SGD(rate=1.0))
    made = after(1, small_network(), settings)[0]

    assert made.loss == made.gradient_norm == 0
    assert_same(made.network, small_network())
    assert assess(small_network(), bars(), settings.loss).loss == 0


def test_a_step_without_images_is_refused():
    with pytest.raises(ValueError, match="The batch is empty"):
        take_step(Checkpoint(small_network()), bars(), np.arange(0), SETTINGS)


def test_images_and_targets_must_be_as_many():
    with pytest.raises(ValueError, match="got 3 images and 2 targets"):
        ImageExamples(np.zeros((3, 1, 2, 2), np.uint8), np.zeros(2, int))

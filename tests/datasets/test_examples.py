"""A data set becomes what training learns from."""

from itertools import islice

import numpy as np

from explorer.datasets.augmentation import Augmentation
from explorer.datasets.examples import examples
from explorer.datasets.opening import open_dataset
from explorer.datasets.split import split
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.global_pooling import GlobalMaxPool
from explorer.engine.optimizers import Adam
from explorer.engine.training import Training, assess, train
from tests.engine.build import chain

BARS = "drawn:bars?count=240&size=12&orientations=2"


def test_a_batch_holds_the_images_of_these_numbers():
    bars = open_dataset(BARS)
    part = examples(bars, np.array([5, 7, 9]), (1, 12, 12))
    images, labels = part.batch(np.array([2, 0]), np.random.default_rng(0))
    assert len(part) == 3
    np.testing.assert_allclose(images, bars.images_as(1, 12, 12)[[9, 5]])
    assert labels.tolist() == bars.labels[[9, 5]].tolist()
    assert part.targets.tolist() == bars.labels[[5, 7, 9]].tolist()


def test_augmented_batches_follow_from_the_generator():
    part = examples(open_dataset(BARS), np.arange(10), (1, 12, 12), Augmentation(shift=2, noise=0.1))
    first, again, other = (part.batch(np.arange(10), np.random.default_rng(seed))[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_network_learns_upright_from_lying_bars():
    bars = open_dataset(BARS)
    parts = split(bars)
    learned = examples(bars, parts.train, (1, 12, 12), Augmentation(shift=1, flip_h=True))
    network = chain(
        1, 12, 12, Conv2d(filters=6, kernel=(5, 5)), ReLU(), GlobalMaxPool(), Flatten(), Dense(units=2)
    )

    made = list(islice(train(network, learned, Training(optimizer=Adam(rate=0.02))), 60))

    judged = examples(bars, parts.test, (1, 12, 12))
    assert assess(made[-1].network, judged).accuracy > 0.9

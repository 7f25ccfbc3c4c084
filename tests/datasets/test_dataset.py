"""What a data set says about itself, and how its images fit a network."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.datasets.dataset import DataSet, LeftOut
from explorer.datasets.split import Splitting, split
from explorer.sources.preparation import Preparation
from explorer.sources.preparing import prepare


def dataset(labels=(0, 1, 0), channels: int = 1, tested: int = 0, classes=("a", "b")) -> DataSet:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (len(labels), 6, 8, channels), dtype=np.uint8)
    return DataSet(images, np.array(labels), tuple(classes), "Some", tested=tested)


def test_it_tells_its_size_and_its_classes():
    assert dataset(channels=3).describe() == "Some, 3 colour images of 8 x 6, 2 classes"
    assert dataset().balance == (2, 1)
    assert dataset().class_of(1) == "b"


def test_nobody_can_write_into_it():
    with pytest.raises(ValueError, match="read-only"):
        dataset().images[0] = 0


@pytest.mark.parametrize("labels", [(0, 2), (-1, 0)])
def test_a_label_without_a_class_is_refused(labels):
    with pytest.raises(ValueError, match="Labels lie between 0 and 1"):
        dataset(labels)


def test_every_image_needs_a_label():
    with pytest.raises(ValueError, match="got 2 images and 1 labels"):
        DataSet(np.zeros((2, 1, 1, 1), np.uint8), np.zeros(1, int), ("a",), "Some")


@pytest.mark.parametrize("own", [1, 3])
@pytest.mark.parametrize("shape", [(1, 6, 8), (3, 6, 8), (1, 5, 5), (3, 12, 16), (4, 6, 8)])
def test_images_are_what_the_live_view_shows(own, shape):
    given_images = dataset(channels=own)
    for image, expected in zip(given_images.images_as(*shape), given_images.images, strict=True):
        np.testing.assert_allclose(image, prepare(expected, Preparation(), *shape)[0], atol=1e-6)


def test_images_of_the_right_size_are_not_copied():
    given_images = dataset(channels=3)
    assert np.shares_memory(given_images.pixels_as(3, 6, 8), given_images.images)


def test_what_was_left_out_is_told_in_one_line():
    left_out = LeftOut.of([(f"{k}.png", f"{k}.png is empty.") for k in range(5)])
    assert left_out.describe() == (
        "5 files were left out: 0.png, 1.png, 2.png and 2 more. The first: 0.png is empty."
    )
    assert LeftOut().describe() == ""


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=60),
    st.floats(0, 0.9), st.floats(0, 0.9), st.integers(0, 5), st.data(),
)  # fmt: skip
@settings(max_examples=60)
def test_a_split_gives_every_image_one_part_and_every_class_its_share(labels, validation, test, seed, data):
    tested = data.draw(st.integers(0, len(labels) - 1))
    whole = dataset(labels, tested=tested, classes="abcd")
    splitting = Splitting(validation=validation, test=test, seed=seed)
    parts = split(whole, splitting)
    own = whole.labels[: len(labels) - tested]

    assert sorted(np.concatenate(parts).tolist()) == list(range(len(labels)))
    assert set(own) <= set(whole.labels[parts.train])
    for label in set(own):
        count = np.count_nonzero(own == label)
        validated = np.count_nonzero(whole.labels[parts.validation] == label)
        assert validated == min(round(count * validation), count - 1)
    if tested:
        assert parts.test.tolist() == list(range(len(labels) - tested, len(labels)))
    np.testing.assert_array_equal(parts.train, split(whole, splitting).train)


def test_another_seed_divides_another_way():
    whole = dataset([0, 1] * 50)
    first, second = (split(whole, Splitting(seed=seed)).train for seed in (0, 1))
    assert first.tolist() != second.tolist()

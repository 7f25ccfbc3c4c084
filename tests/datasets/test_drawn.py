"""Sets that the program draws: the same for the same seed, and what their classes say."""

import numpy as np
import pytest

from explorer.datasets.dataset import DataSetError
from explorer.datasets.kinds.drawn import DrawnSet, drawn_set
from explorer.datasets.opening import load_kinds, open_dataset

load_kinds()
SETS = sorted(DrawnSet.kinds)


def small(kind: str, **settings) -> np.ndarray:
    return DrawnSet.of_kind(kind, {"count": 40, "size": 16, **settings}).dataset().images


def test_the_three_sets_are_there():
    assert SETS == ["bars", "shapes", "x-or-not"]


@pytest.mark.parametrize("kind", SETS)
def test_the_same_seed_draws_the_same_images(kind):
    np.testing.assert_array_equal(small(kind, seed=3), small(kind, seed=3))
    assert (small(kind, seed=3) != small(kind, seed=4)).any()


@pytest.mark.parametrize("kind", SETS)
def test_no_two_images_are_alike(kind):
    assert len({image.tobytes() for image in small(kind, noise=0.0)}) == 40


@pytest.mark.parametrize("kind", SETS)
@pytest.mark.parametrize(("count", "size"), [(2, 8), (41, 33), (100, 64)])
def test_any_size_and_count_are_drawn_with_classes_of_equal_size(kind, count, size):
    drawn = open_dataset(f"drawn:{kind}?count={count}&size={size}")
    assert drawn.images.shape[:3] == (count, size, size)
    assert max(drawn.balance) - min(drawn.balance) <= 1


@pytest.mark.parametrize("kind", SETS)
def test_an_address_draws_the_same_set_again(kind):
    drawn = DrawnSet.of_kind(kind, {"count": 12, "noise": 0.2, "seed": 5})
    assert drawn_set(drawn.address) == drawn
    assert open_dataset(drawn.address).address == drawn.address


def test_the_middle_of_an_x_is_crossed_more_often_than_of_other_letters():
    drawn = open_dataset("drawn:x-or-not?count=400&size=32&noise=0&damage=0")
    middles = drawn.images[:, 8:24, 8:24, 0].max(axis=(1, 2))
    assert (middles[drawn.labels == 0] > 128).all()
    assert drawn.classes == ("X", "not X")


def test_bars_have_the_direction_that_their_class_says():
    drawn = open_dataset("drawn:bars?count=80&size=32&noise=0")
    assert drawn.classes == ("0°", "45°", "90°", "135°")
    images = drawn.images[..., 0].astype(float)
    along_rows = np.abs(np.diff(images, axis=2)).sum(axis=(1, 2))
    along_columns = np.abs(np.diff(images, axis=1)).sum(axis=(1, 2))
    assert (along_rows < along_columns)[drawn.labels == 0].all()
    assert (along_rows > along_columns)[drawn.labels == 2].all()


def test_shapes_come_without_colour_too():
    assert small("shapes", colour=False).shape[3] == 1
    assert small("shapes").shape[3] == 3


def test_a_circle_fills_more_of_its_box_than_a_star():
    drawn = open_dataset("drawn:shapes?count=40&size=64&colour=False&noise=0")
    fills = np.empty(len(drawn))
    for index, image in enumerate(drawn.images[..., 0] > 128):
        rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
        fills[index] = image.sum() / ((np.ptp(rows) + 1) * (np.ptp(columns) + 1))
    assert fills[drawn.labels == 0].min() > 0.7
    assert fills[drawn.labels == 3].max() < 0.5


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("drawn:cats", "Known kinds: bars, shapes, x-or-not"),
        ("drawn:bars?colour=1", "no setting 'colour'"),
        ("drawn:bars?count=many", "Images must be a whole number"),
        ("drawn:bars?size=1000", "Size must be at most 256"),
    ],
)
def test_an_address_that_draws_nothing_says_why(address, expected):
    with pytest.raises(DataSetError, match=expected):
        open_dataset(address)

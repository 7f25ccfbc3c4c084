"""A data set as a source: one image at a time, with its class."""

from pathlib import Path

import numpy as np
import pytest

from explorer.datasets.opening import open_dataset
from explorer.datasets.sample_source import DataSetSource
from explorer.sources.opening import open_source
from explorer.sources.source import SourceError
from tests.datasets.files import pets, write_folder

BARS = "drawn:bars?count=6&size=16"


def never_wait(seconds: float | None) -> bool:
    return False


def opened(*given) -> DataSetSource:
    source = DataSetSource(*given)
    source.open()
    return source


def test_an_address_becomes_a_source_and_comes_back():
    source = open_source(f"dataset:{BARS}")
    assert source.kind == "dataset"
    assert source.address == f"dataset:{BARS}"


def test_images_come_with_their_class_and_place():
    source, bars = opened(BARS), open_dataset(BARS)
    frame = source.read(never_wait)
    np.testing.assert_array_equal(frame.pixels, bars.images[0])
    assert (frame.label, frame.position, frame.length) == (bars.class_of(0), 0, 6)
    assert source.read(never_wait) is None


def test_next_previous_and_around_the_end():
    source = opened(BARS)
    source.read(never_wait)
    positions = []
    for by in (1, 1, -1, -1, -1, 1):
        source.step(by)
        positions.append(source.read(never_wait).position)
    assert positions == [1, 2, 1, 0, 5, 0]


def test_files_are_named_beside_their_class(tmp_path: Path):
    source = opened(str(write_folder(tmp_path / "pets", pets())))
    assert source.read(never_wait).label == "cat · cat/0.png"
    assert source.describe() == "pets, 6 grey images of 8 x 6, 2 classes"


def test_only_chosen_images_of_a_data_set_that_is_there_already_are_shown():
    bars = open_dataset(BARS)
    source = opened(bars, np.array([4, 2]))
    source.step(1)
    np.testing.assert_array_equal(source.read(never_wait).pixels, bars.images[2])
    assert source.length == 2
    assert source.address == ""
    assert source.describe() == "Oriented bars, 2 chosen images"


def test_a_data_set_given_as_one_keeps_its_address():
    assert DataSetSource(open_dataset(BARS)).address == f"dataset:{BARS}"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("dataset:", "Nothing was given"),
        ("dataset:no such folder", "no file or folder no such folder"),
        ("dataset:download:mnist", "MNIST has not been downloaded yet"),
    ],
)
def test_what_cannot_be_shown_says_why(address: str, expected: str):
    with pytest.raises(SourceError, match=expected):
        open_source(address).open()


def test_nothing_chosen_shows_nothing():
    with pytest.raises(SourceError, match="no image to show"):
        opened(open_dataset(BARS), np.array([], int)).read(never_wait)

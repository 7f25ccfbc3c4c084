"""What a person gives decides which data set it becomes."""

from pathlib import Path

import pytest

from explorer.datasets.dataset import DataSetError
from explorer.datasets.opening import load_kinds, offers, open_dataset
from explorer.datasets.reader import kinds
from tests.datasets.files import pets, png, write_folder


def test_every_kind_has_a_title_and_a_help():
    load_kinds()
    expected = {"drawn", "installed", "download", "idx", "cifar", "npz", "class-folders", "pickled"}
    assert set(kinds()) == expected
    assert all(kind.title and kind.help for kind in kinds().values())


def test_what_can_be_had_by_name_is_offered():
    addresses = {offer.address: offer for offer in offers()}
    assert {"drawn:x-or-not", "drawn:shapes", "download:mnist", "download:horses-or-humans"} <= set(addresses)
    assert addresses["download:mnist"].bytes_to_load == 11_594_722
    assert addresses["drawn:shapes"].bytes_to_load == 0
    assert all(offer.title and offer.help for offer in addresses.values())


def test_a_path_opens_again_by_its_address(tmp_path: Path):
    dataset = open_dataset(f"  {write_folder(tmp_path / 'pets', pets())} ")
    assert open_dataset(dataset.address).describe() == dataset.describe()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", "Nothing was given"),
        ("no such folder", "There is no file or folder no such folder"),
        ("x" * 5000, "x cannot be read: File name too long"),
        ("a\0b", "There is no file|cannot be read"),
        ("download:cats", "no data set cats to download. There are download:mnist"),
    ],
)
def test_what_cannot_be_opened_says_what_was_expected(given: str, expected: str):
    with pytest.raises(DataSetError, match=expected):
        open_dataset(given)


@pytest.mark.parametrize("name", ["picture.png", "notes.txt"])
def test_a_file_of_another_kind_is_no_data_set(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(png(1))
    with pytest.raises(
        DataSetError, match=f"{name} is no data set that can be read. Expected a folder or zip"
    ):
        open_dataset(tmp_path / name)

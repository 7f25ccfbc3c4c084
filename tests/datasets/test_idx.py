"""IDX files: pairs found by their names, and a sentence for everything that can be wrong with them."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from explorer.datasets.dataset import DataSetError
from explorer.datasets.opening import open_dataset
from explorer.datasets.split import split
from tests.datasets.files import idx, idx_files, write_folder, write_zip

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


def test_the_four_usual_files_are_one_data_set(tmp_path: Path):
    dataset = open_dataset(write_folder(tmp_path / "mnist", idx_files()))
    assert dataset.describe() == "mnist, 16 grey images of 4 x 5, 3 classes"
    assert dataset.images[:, 0, 0, 0].tolist() == list(range(16))
    assert dataset.labels.tolist() == [k % 3 for k in range(16)]
    assert dataset.tested == 4
    assert split(dataset).test.tolist() == [12, 13, 14, 15]


def test_one_of_the_files_stands_for_all_of_them(tmp_path: Path):
    folder = write_folder(tmp_path, idx_files())
    assert len(open_dataset(folder / f"{IMAGES}.gz")) == 16
    assert len(open_dataset(folder / "t10k-labels-idx1-ubyte.gz")) == 16


def test_unpacked_files_in_a_zip_with_dots_in_their_names_are_found(tmp_path: Path):
    files = {
        "MNIST/train-images.idx3-ubyte": idx(np.zeros((3, 2, 2))),
        "MNIST/train-labels.idx1-ubyte": idx(np.arange(3)),
        "train-images-idx3-ubyte/train-images-idx3-ubyte": idx(np.zeros((3, 2, 2))),
    }
    assert len(open_dataset(write_zip(tmp_path / "archive.zip", files))) == 3


@pytest.mark.parametrize(
    ("folder", "name"),
    [("fashion-mnist", "T-shirt"), ("FashionMNIST", "T-shirt"), ("kmnist", "o"), ("x", "0")],
)
def test_the_name_of_the_folder_tells_what_the_classes_are_called(tmp_path: Path, folder: str, name: str):
    assert open_dataset(write_folder(tmp_path / folder, idx_files())).classes[0] == name


def test_emnist_is_turned_upright_and_its_letters_are_named(tmp_path: Path):
    image = np.array([[1, 2, 3], [4, 5, 6]])
    files = {
        "emnist-letters-train-images-idx3-ubyte": idx(np.stack([image] * 26)),
        "emnist-letters-train-labels-idx1-ubyte": idx(np.arange(1, 27)),
    }
    dataset = open_dataset(write_folder(tmp_path, files))
    assert dataset.images[0, :, :, 0].tolist() == [[1, 4], [2, 5], [3, 6]]
    assert dataset.class_of(0) == "A"
    assert dataset.class_of(25) == "Z"


def test_of_several_sets_one_must_be_chosen(tmp_path: Path):
    files = idx_files(prefix="emnist-digits-", test_word="test") | idx_files(
        prefix="emnist-letters-", test_word="test"
    )
    folder = write_folder(tmp_path / "gzip", files)
    with pytest.raises(
        DataSetError, match=r"gzip holds 2 data sets .*Choose one of them by one of its files"
    ):
        open_dataset(folder)
    chosen = open_dataset(folder / "emnist-digits-test-labels-idx1-ubyte.gz")
    assert chosen.title == "emnist-digits"
    assert len(chosen) == 16


def test_labels_that_skip_a_class_leave_a_note(tmp_path: Path):
    files = {IMAGES: idx(np.zeros((3, 2, 2))), LABELS: idx(np.array([0, 2, 2]))}
    assert open_dataset(write_folder(tmp_path, files)).notes == ("Class without any image: 1.",)


GOOD = {IMAGES: idx(np.zeros((3, 2, 2))), LABELS: idx(np.arange(3))}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({LABELS: None}, "The labels of train-images-idx3-ubyte are missing: expected train-labels-idx1-ubyte"),
        ({IMAGES: None}, "The images of train-labels-idx1-ubyte are missing: expected train-images-idx3-ubyte"),
        ({IMAGES: idx(np.arange(3))},
         "train-images-idx3-ubyte is no IDX file of images.*00 00 08 01, expected 00 00 08 03"),
        ({LABELS: b"\0\0\x0d\1"}, "train-labels-idx1-ubyte is no IDX file of labels"),
        ({LABELS: b""}, "train-labels-idx1-ubyte is no IDX file of labels: it begins with nothing"),
        ({IMAGES: gzip.compress(GOOD[IMAGES])}, "It is packed: give it a name that ends in .gz"),
        ({LABELS: idx(np.arange(2))}, "train-images-idx3-ubyte holds 3 images, but train-labels-idx1-ubyte 2 labels"),
        ({IMAGES: GOOD[IMAGES][:-1]}, "is cut off: it says that it holds 12 bytes, but ends after 11"),
        ({IMAGES: GOOD[IMAGES][:9]}, "which cannot be"),
        ({IMAGES: b"\0\0\x08\3" + b"\xff" * 12}, "4294967295 x 4294967295 x 4294967295, which cannot be"),
        ({IMAGES: idx(np.zeros((3, 0, 2)))}, "3 x 0 x 2, which cannot be"),
        ({LABELS: idx(np.zeros(3))}, "All 3 images of .* are of one class, 0"),
        ({IMAGES: idx(np.zeros((0, 2, 2))), LABELS: idx(np.zeros(0))}, "holds no images"),
        ({"t10k-images-idx3-ubyte": idx(np.zeros((2, 5, 5))), "t10k-labels-idx1-ubyte": idx(np.arange(2))},
         "t10k-images-idx3-ubyte holds images of another size than train-images-idx3-ubyte: 5 x 5 and 2 x 2"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_the_name_of_the_file(tmp_path: Path, changed: dict, expected: str):
    files = {name: content for name, content in (GOOD | changed).items() if content is not None}
    with pytest.raises(DataSetError, match=expected):
        open_dataset(write_folder(tmp_path, files))


@pytest.mark.parametrize("keep", [0, 5, 30, -9])
def test_a_packed_file_that_was_cut_off_says_so(tmp_path: Path, keep: int):
    files = idx_files()
    files[f"{IMAGES}.gz"] = files[f"{IMAGES}.gz"][:keep]
    with pytest.raises(DataSetError, match=f"{IMAGES}.gz (is damaged or cut off|is no IDX file)"):
        open_dataset(write_folder(tmp_path, files))


def test_a_packed_file_with_a_wrong_bit_says_so(tmp_path: Path):
    files = idx_files()
    content = bytearray(files[f"{IMAGES}.gz"])
    content[len(content) // 2] ^= 255
    files[f"{IMAGES}.gz"] = bytes(content)
    with pytest.raises(DataSetError, match=IMAGES):
        open_dataset(write_folder(tmp_path, files))


def test_a_small_file_that_would_unpack_to_much_is_read_only_as_far_as_it_says(tmp_path: Path):
    files = dict(GOOD)
    del files[IMAGES]
    files[f"{IMAGES}.gz"] = gzip.compress(GOOD[IMAGES] + bytes(50_000_000), 1)
    assert len(open_dataset(write_folder(tmp_path, files))) == 3


def test_the_shared_digits_are_read(shared_data: Path):
    dataset = open_dataset(shared_data / "mnist")
    assert dataset.describe() == "mnist, 8,000 grey images of 28 x 28, 10 classes"
    assert dataset.tested == 1000
    assert min(dataset.balance) > 700

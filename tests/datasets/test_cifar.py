"""CIFAR-10's binary version, and Python pickles, which are not opened."""

import pickle
from pathlib import Path

import pytest

from explorer.datasets.dataset import DataSetError
from explorer.datasets.opening import open_dataset
from tests.datasets.files import cifar_batch, cifar_files, write_folder, write_tar


class Evil:
    """Would write a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("write", [write_folder, write_tar])
def test_the_batches_are_read_in_order_and_the_test_batch_last(tmp_path: Path, write):
    dataset = open_dataset(write(tmp_path / "cifar-10-binary.tar.gz", cifar_files()))
    assert dataset.labels.tolist() == [0, 1, 2, 3, 4, 5]
    assert dataset.tested == 1
    assert dataset.images.shape == (6, 32, 32, 3)
    assert dataset.images[0, 7, 7].tolist() == [10, 20, 30]
    assert dataset.class_of(5) == "dog"


def test_one_batch_stands_for_all_of_them(tmp_path: Path):
    folder = write_folder(tmp_path, cifar_files()) / "cifar-10-batches-bin"
    assert len(open_dataset(folder / "data_batch_1.bin")) == 6


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (cifar_batch([0, 1])[:-1], "data_batch_1.bin has 6,145 bytes, which is no whole number of images"),
        (b"", "data_batch_1.bin has 0 bytes"),
        (cifar_batch([0, 77]), "data_batch_1.bin holds the label 77"),
    ],
)
def test_a_batch_that_is_none_says_why(tmp_path: Path, content: bytes, expected: str):
    with pytest.raises(DataSetError, match=expected):
        open_dataset(write_folder(tmp_path, {"data_batch_1.bin": content}))


@pytest.mark.parametrize("name", ["data_batch_1", "images.pkl", "cifar-10-batches-py/test_batch"])
def test_a_pickle_is_refused_and_not_executed(tmp_path: Path, name: str):
    trace = tmp_path / "executed"
    path = write_folder(tmp_path / "given", {name: pickle.dumps(Evil(trace))}) / name
    for given in (path, path.parent) if "batch" in name else (path,):
        with pytest.raises(DataSetError, match=r"is a Python pickle.*binary version"):
            open_dataset(given)
    assert not trace.exists()

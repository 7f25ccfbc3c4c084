"""Data sets by name, from stand-ins on the loopback address: the real sites are never asked."""

import dataclasses
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.datasets.dataset import DataSetError
from explorer.datasets.kinds import downloads
from explorer.datasets.kinds.downloads import DOWNLOADS, download_folder, is_here
from explorer.datasets.opening import offers, open_dataset
from explorer.datasets.remote_file import RemoteFile
from tests.datasets.file_server import FileServer
from tests.datasets.files import cifar_files, idx_files, pets, png, write_tar, write_zip


@pytest.fixture
def server(tmp_path: Path, monkeypatch) -> Iterator[FileServer]:
    """All published sets, small, behind their own names."""
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "home"))
    horses = {"horses/1.png": png(1, colour=True), "humans/1.png": png(2, colour=True)}
    made = {
        "mnist": idx_files(),
        "fashion-mnist": idx_files(train=6),
        "cifar-10": {"cifar-10-binary.tar.gz": write_tar(tmp_path / "a", cifar_files()).read_bytes()},
        "horses-or-humans": {
            "horse-or-human.zip": write_zip(tmp_path / "b", pets()).read_bytes(),
            "validation-horse-or-human.zip": write_zip(tmp_path / "c", horses).read_bytes(),
        },
    }
    with FileServer({}) as running:
        for name, download in DOWNLOADS.items():
            files = []
            for file in download.files:
                content = made[name][file.name]
                running.files[f"{name}-{file.name}"] = content
                address = running.address(f"{name}-{file.name}")
                digest = hashlib.sha256(content).hexdigest()
                files.append(RemoteFile(file.name, (address,), len(content), digest))
            monkeypatch.setitem(downloads.DOWNLOADS, name, dataclasses.replace(download, files=tuple(files)))
        yield running


@pytest.mark.parametrize(
    ("name", "expected", "first_class"),
    [
        ("mnist", "MNIST, 16 grey images of 4 x 5, 3 classes", "0"),
        ("fashion-mnist", "Fashion-MNIST, 10 grey images of 4 x 5, 10 classes", "T-shirt"),
        ("cifar-10", "CIFAR-10, 6 colour images of 32 x 32, 10 classes", "airplane"),
        ("horses-or-humans", "Horses or humans, 8 colour images of 8 x 6, 4 classes", "cat"),
    ],
)
def test_a_set_comes_by_its_name(server: FileServer, name: str, expected: str, first_class: str):
    dataset = open_dataset(f"download:{name}")
    assert dataset.describe() == expected
    assert dataset.classes[0] == first_class
    assert dataset.tested > 0
    assert dataset.address == f"download:{name}"
    assert dataset.origin == DOWNLOADS[name].origin


def test_the_second_time_nothing_is_fetched_and_nothing_is_to_load(server: FileServer):
    assert not is_here("mnist")
    open_dataset("download:mnist")
    asked = len(server.ranges)
    open_dataset("download:mnist")
    assert len(server.ranges) == asked == 4
    assert is_here("mnist")
    to_load = {offer.address: offer.bytes_to_load for offer in offers()}
    assert to_load["download:mnist"] == 0
    assert to_load["download:cifar-10"] > 0


def test_a_download_lies_in_the_cache(server: FileServer, tmp_path: Path):
    open_dataset("download:mnist")
    assert download_folder("mnist") == tmp_path / "home" / "cache" / "datasets" / "mnist"
    assert len(list(download_folder("mnist").iterdir())) == 4


def test_a_missing_file_on_the_server_is_named(server: FileServer):
    del server.files["mnist-t10k-images-idx3-ubyte.gz"]
    with pytest.raises(DataSetError, match="t10k-images-idx3-ubyte.gz could not be downloaded .*404"):
        open_dataset("download:mnist")


def test_every_published_file_has_an_address_a_size_and_a_checksum():
    for download in DOWNLOADS.values():
        for file in download.files:
            assert all(
                address.startswith("http") and address.endswith(file.name) for address in file.addresses
            )
            assert file.size > 1000
            assert len(bytes.fromhex(file.sha256)) == 32

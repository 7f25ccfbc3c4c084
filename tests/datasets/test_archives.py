"""Zips and tars are read without trusting what they say, and without ever writing anything."""

import io
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from explorer.datasets import files as archives
from explorer.datasets.dataset import DataSetError
from explorer.datasets.opening import open_dataset
from explorer.datasets.watcher import Cancelled
from tests.datasets.files import pets, png, write_folder, write_tar, write_zip


@pytest.mark.parametrize("write", [write_zip, write_tar])
@pytest.mark.parametrize(
    "name", ["../cat/evil.png", "/cat/evil.png", "cat/../../evil.png", "C:/cat/evil.png"]
)
def test_paths_that_lead_out_are_left_out_and_nothing_is_written(tmp_path: Path, write, name: str):
    path = write(tmp_path / ("a.zip" if write is write_zip else "a.tar.gz"), pets() | {name: png(1)})
    before = sorted(tmp_path.rglob("*"))
    dataset = open_dataset(path)
    assert len(dataset) == 6
    assert dataset.left_out.reasons == ((name, f"The path {name} leads out of the archive."),)
    assert sorted(tmp_path.rglob("*")) == before


def test_backslashes_are_folders_too(tmp_path: Path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in pets().items():
            info = zipfile.ZipInfo("x")
            info.filename = name.replace("/", "\\")
            archive.writestr(info, content)
    assert open_dataset(path).classes == ("cat", "dog")


def test_links_in_a_tar_are_passed_over(tmp_path: Path):
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        for name, content in pets().items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("cat/link.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert len(open_dataset(path)) == 6


def claiming(path: Path, size: int) -> Path:
    """A zip whose last file claims to be `size` bytes long."""
    content = bytearray(write_zip(path, pets()).read_bytes())
    entry = content.rindex(b"PK\1\2")
    content[entry + 24 : entry + 28] = struct.pack("<I", size)
    path.write_bytes(content)
    return path


def test_a_file_that_claims_an_impossible_size_is_a_bomb(tmp_path: Path):
    with pytest.raises(DataSetError, match=r"a.zip would become far too large.*dog/2.png"):
        open_dataset(claiming(tmp_path / "a.zip", 4_000_000_000))


def test_a_file_longer_than_it_says_is_left_out(tmp_path: Path):
    dataset = open_dataset(claiming(tmp_path / "a.zip", 5))
    assert [name for name, _ in dataset.left_out.reasons] == ["dog/2.png"]


def test_a_file_shorter_than_it_says_is_whole_if_its_checksum_is_right(tmp_path: Path):
    assert len(open_dataset(claiming(tmp_path / "a.zip", 500))) == 6


@pytest.mark.parametrize("write", [write_zip, write_tar])
def test_many_files_that_are_too_large_together_are_a_bomb(tmp_path: Path, write, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_ARCHIVE", 200)
    path = write(tmp_path / ("a.zip" if write is write_zip else "a.tar.gz"), pets())
    with pytest.raises(DataSetError, match="would become far too large"):
        open_dataset(path)


def test_a_picture_that_would_fill_the_memory_is_left_out(tmp_path: Path):
    bomb = bytearray(png(1))
    bomb[16:24] = struct.pack(">II", 60_000, 60_000)
    dataset = open_dataset(write_zip(tmp_path / "a.zip", pets() | {"cat/bomb.png": bytes(bomb)}))
    assert "60000 x 60000" in dataset.left_out.reasons[0][1]
    assert dataset.images.shape == (6, 6, 8, 1)


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_FILES", 5)
    with pytest.raises(DataSetError, match="more than 5 files"):
        open_dataset(write_folder(tmp_path, pets()))


def test_files_with_a_password_are_left_out(tmp_path: Path):
    path = write_zip(tmp_path / "a.zip", pets())
    content = bytearray(path.read_bytes())
    at = -1
    while (at := content.find(b"PK\1\2", at + 1)) >= 0:
        content[at + 8] |= 1
    at = -1
    while (at := content.find(b"PK\3\4", at + 1)) >= 0:
        content[at + 6] |= 1
    path.write_bytes(content)
    with pytest.raises(DataSetError, match="6 files were left out.*protected by a password"):
        open_dataset(path)


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tgz", "a.npz"])
def test_an_archive_that_is_cut_off_says_so(tmp_path: Path, name: str):
    write = write_zip if name.endswith("zip") else write_tar
    whole = write(tmp_path / "whole", pets()).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataSetError, match=rf"{name} (cannot be read|is no).*cut off"):
        open_dataset(tmp_path / name)


def test_reading_tells_how_far_it_is_and_stops_when_cancelled(tmp_path: Path):
    told: list[tuple[str, int, int]] = []
    open_dataset(write_folder(tmp_path / "pets", pets()), lambda *progress: told.append(progress))
    assert told[-1] == ("Reading pets", 6, 6)
    with pytest.raises(Cancelled):
        open_dataset(tmp_path / "pets", cancelled=lambda: True)

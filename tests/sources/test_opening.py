"""What a person gives decides which source it becomes."""

import os
from pathlib import Path

import numpy as np
import pytest

from explorer.sources.opening import load_kinds, open_source
from explorer.sources.source import SourceError, kinds
from tests.sources.files import write_picture, write_video


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ("0", "camera"),
        ("camera:2", "camera"),
        ("camera:2@1280x720", "camera"),
        ("http://127.0.0.1:9/a.mjpg", "stream"),
        ("rtsp://user:secret@camera/1", "stream"),
        ("sample:zone-plate", "sample"),
        ("sample:zone-plate@64x48", "sample"),
    ],
)
def test_addresses_are_recognised_and_come_back(given: str, kind: str) -> None:
    source = open_source(given)
    assert source.kind == kind
    assert open_source(source.address).address == source.address


def test_files_are_recognised_by_what_is_in_them(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", np.zeros((3, 3), np.uint8)).rename(tmp_path / "picture")
    write_video(tmp_path / "v.avi")
    given = [tmp_path, tmp_path / "picture", tmp_path / "v.avi"]
    assert [open_source(path).kind for path in given] == ["folder", "image", "video"]


def test_a_broken_png_stays_an_image_and_says_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "notes.png"
    path.write_text("text")
    assert open_source(path).kind == "image"


def test_a_file_url_from_drag_and_drop_is_a_path(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "ž 图.png", np.zeros((3, 3), np.uint8))
    assert open_source(path.as_uri()).address == str(path)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", "Nothing was given"),
        ("no such file.png", "There is no file or folder"),
        ("sample:", "written sample:name"),
        ("sample:nothing", "no sample called nothing"),
        ("ftp://a/b", "no address of a stream"),
        ("x" * 5000, "cannot be read"),
        ("a\0b", "There is no file|cannot be read"),
        ("-1", "There is no file or folder"),
    ],
)
def test_what_cannot_be_opened_says_what_was_expected(given: str, expected: str) -> None:
    with pytest.raises(SourceError, match=expected):
        open_source(given)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_or_a_device_is_not_called_missing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(SourceError, match="neither a file nor a folder"):
        open_source(tmp_path / "pipe.png")


def test_every_kind_has_a_title_and_a_help() -> None:
    load_kinds()
    assert {"camera", "folder", "given", "image", "sample", "stream", "video"} <= set(kinds())
    assert all(kind.title and kind.help for kind in kinds().values())


def test_a_password_in_an_address_is_not_shown() -> None:
    assert "secret" not in open_source("rtsp://user:secret@camera/1").describe()

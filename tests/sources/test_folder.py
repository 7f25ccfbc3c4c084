"""A folder of images is a slide show."""

from pathlib import Path

import numpy as np
import pytest

from explorer.sources.folder import FolderSource
from explorer.sources.source import SourceError
from tests.sources.files import write_picture


def never_wait(seconds: float | None) -> bool:
    return False


def opened(path: Path) -> FolderSource:
    source = FolderSource(path)
    source.open()
    return source


def label(source: FolderSource) -> str:
    frame = source.read(never_wait)
    assert frame is not None
    return frame.label


def fill(folder: Path, *names: str) -> None:
    for name in names:
        write_picture(folder / name, np.zeros((3, 3), np.uint8))


def test_images_come_in_the_order_a_person_expects(tmp_path: Path) -> None:
    fill(tmp_path, "image10.png", "image2.png", "Image1.png")
    source = opened(tmp_path)
    labels = [label(source)]
    for _ in range(2):
        source.step(1)
        labels.append(label(source))
    assert labels == ["Image1.png", "image2.png", "image10.png"]


def test_before_the_first_image_comes_the_last(tmp_path: Path) -> None:
    fill(tmp_path, "a.png", "b.png")
    source = opened(tmp_path)
    label(source)
    source.step(-1)
    assert label(source) == "b.png"


def test_bad_files_among_good_ones_are_passed_over_and_counted(tmp_path: Path) -> None:
    fill(tmp_path, "a.png", "c.png")
    (tmp_path / "b.png").write_text("no image")
    (tmp_path / "b2.jpg").touch()
    source = opened(tmp_path)
    label(source)
    source.step(1)
    assert label(source) == "c.png"
    assert source.describe().endswith("2 images, 2 unreadable")


def test_going_back_over_a_bad_file_goes_back(tmp_path: Path) -> None:
    fill(tmp_path, "a.png", "c.png", "d.png")
    (tmp_path / "b.png").touch()
    source = opened(tmp_path)
    source.seek(2)
    source.position = 2
    source.step(-1)
    assert label(source) == "a.png"


def test_other_files_are_no_images(tmp_path: Path) -> None:
    fill(tmp_path, "a.png")
    (tmp_path / "readme.txt").write_text("x")
    assert opened(tmp_path).length == 1


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no image in"):
        opened(tmp_path)


def test_a_folder_of_nothing_but_bad_files_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("no image")
    with pytest.raises(SourceError, match="None of the 1 images .* it holds text"):
        opened(tmp_path).read(never_wait)


def test_a_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        opened(tmp_path / "none")


def test_the_shared_photos_are_walked_through(shared_data: Path) -> None:
    source = opened(shared_data / "photos")
    for _ in range(source.length):
        label(source)
        source.step(1)
    assert list(source.skipped) == ["truncated.jpg"]

"""One folder per class, on the disk or in a zip: what becomes a class, and what is left out."""

from pathlib import Path

import numpy as np
import pytest

from explorer.datasets.dataset import DataSetError
from explorer.datasets.kinds import class_folders
from explorer.datasets.kinds.class_folders import class_depth
from explorer.datasets.opening import open_dataset
from tests.datasets.files import pets, png, write_folder, write_tar, write_zip


def prefixed(prefix: str, contents: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{prefix}/{name}": content for name, content in contents.items()}


@pytest.mark.parametrize("write", [write_folder, write_zip, write_tar])
def test_folders_are_classes(tmp_path: Path, write):
    name = {write_folder: "pets", write_zip: "pets.zip", write_tar: "pets.tar.gz"}[write]
    dataset = open_dataset(write(tmp_path / name, pets()))
    assert dataset.describe() == "pets, 6 grey images of 8 x 6, 2 classes"
    assert dataset.classes == ("cat", "dog")
    assert dataset.images[:, 0, 0, 0].tolist() == [10, 11, 12, 200, 201, 202]
    assert dataset.names[0] == "cat/0.png"
    assert dataset.left_out.count == 0
    assert dataset.notes == ()


@pytest.mark.parametrize("wrapper", ["", "data/", "data/more/"])
@pytest.mark.parametrize("words", [("train", "test"), ("Training", "Validation"), ("train", "val")])
def test_folders_around_the_classes_are_parts(tmp_path: Path, wrapper: str, words: tuple[str, str]):
    contents = {}
    for word in words:
        contents |= prefixed(f"{wrapper}{word}", pets())
    dataset = open_dataset(write_zip(tmp_path / "a.zip", contents))
    assert dataset.classes == ("cat", "dog")
    assert dataset.tested == 6
    assert all(words[1] in name for name in dataset.names[-6:])


def test_only_a_training_part_is_the_whole(tmp_path: Path):
    assert open_dataset(write_folder(tmp_path, prefixed("test", pets()))).tested == 0


@pytest.mark.parametrize(
    ("folders", "depth"),
    [
        (["cat", "dog"], 0),
        (["cat"], 0),
        (["train", "truck"], 0),
        (["train", "test"], 0),
        (["train/cat", "train/dog", "test/cat"], 1),
        (["train/cat", "train/dog", "test"], 1),
        (["a/b/cat", "a/b/dog"], 2),
        (["cat/old", "cat/young", "dog"], 0),
        (["train/train/cat", "test/test/cat"], 2),
        ([], 0),
    ],
)
def test_what_stands_around_the_classes_is_told_from_them(folders: list[str], depth: int):
    assert class_depth([tuple(folder.split("/")) for folder in folders]) == depth


def test_zips_in_one_folder_are_parts_of_one_data_set(tmp_path: Path):
    write_zip(tmp_path / "horse-or-human.zip", pets())
    write_zip(tmp_path / "validation-horse-or-human.zip", {"cat/9.png": png(99)})
    dataset = open_dataset(tmp_path)
    assert (len(dataset), dataset.tested) == (7, 1)
    assert dataset.images[-1].max() == 99


def test_zips_without_parts_in_their_names_are_classes(tmp_path: Path):
    for name in ("cat", "dog"):
        write_zip(tmp_path / f"{name}.zip", {"1.png": png(5)})
    assert open_dataset(tmp_path).classes == ("cat", "dog")


def test_unreadable_files_among_good_ones_are_left_out_and_counted(tmp_path: Path):
    contents = pets() | {
        "cat/broken.png": png(1)[:40],
        "cat/empty.jpg": b"",
        "dog/notes.txt": b"text",
        "loose.png": png(1),
        "dog/.hidden.png": b"",
        "__MACOSX/cat/._0.png": b"",
        "README.md": b"text",
    }
    dataset = open_dataset(write_zip(tmp_path / "pets.zip", contents))
    assert len(dataset) == 6
    assert {name: why.partition(" ")[2] for name, why in dataset.left_out.reasons} == {
        "cat/broken.png": "begins as a PNG of 8 x 6, but is damaged or cut off. Copy or export it again.",
        "cat/empty.jpg": "is empty (0 bytes). Expected an image: PNG, JPEG, BMP, WebP, TIFF and GIF.",
        "dog/notes.txt": "is no image.",
        "loose.png": "lies in no folder of a class.",
    }
    assert dataset.left_out.describe().startswith("4 files were left out: dog/notes.txt, ")


def test_images_of_other_sizes_are_fitted_and_counted(tmp_path: Path):
    dataset = open_dataset(write_folder(tmp_path, pets() | {"dog/large.png": png(77, (60, 60))}))
    assert dataset.images.shape == (7, 6, 8, 1)
    assert dataset.images[-1].min() == dataset.images[-1].max() == 77
    assert dataset.notes == ("1 image of another size was fitted to 8 x 6.",)


def test_images_of_many_sizes_get_one_in_the_middle(tmp_path: Path):
    contents = {f"{'ab'[k % 2]}/{k}.png": png(50, (10 * k, 20 * k)) for k in range(1, 8)}
    dataset = open_dataset(write_folder(tmp_path, contents))
    assert dataset.images.shape == (7, 40, 80, 1)
    assert dataset.notes == ("6 images of other sizes were fitted to 80 x 40.",)


def test_what_would_fill_the_memory_is_made_smaller(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(class_folders, "MOST_BYTES", 6 * 3 * 4)
    assert open_dataset(write_folder(tmp_path, pets())).images.shape == (6, 3, 4, 1)


def test_one_colour_image_makes_all_of_them_colour(tmp_path: Path):
    dataset = open_dataset(write_folder(tmp_path, pets() | {"dog/red.png": png(9, colour=True)}))
    assert dataset.channels == 3
    assert (dataset.images[0] == 10).all()


def test_an_empty_class_is_told(tmp_path: Path):
    write_folder(tmp_path, pets() | {"bird/none.png": b""})
    (tmp_path / "fish").mkdir()
    dataset = open_dataset(tmp_path)
    assert dataset.classes == ("cat", "dog")
    assert dataset.notes == ("The folders bird, fish hold no image that can be read, and became no class.",)


def test_classes_are_in_the_order_a_person_expects(tmp_path: Path):
    contents = {f"class{k}/1.png": png(k) for k in (10, 2, 1)}
    assert open_dataset(write_folder(tmp_path, contents)).classes == ("class1", "class2", "class10")


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        ({"cat/1.png": png(1), "cat/2.png": b""},
         "All 1 images of pets are of one class, cat.*second class. 1 file was left out: cat/2.png"),
        ({"cat/1.png": b"", "dog/2.png": b"x"}, "pets holds no images.*2 files were left out: cat/1.png, dog/2.png"),
        ({"1.png": png(1)}, "pets.zip holds no folders with images.*1 file was left out: 1.png"),
        ({"notes.txt": b"text"}, "pets.zip holds no folders with images"),
        ({}, "pets.zip holds no folders with images"),
    ],
)  # fmt: skip
def test_a_data_set_that_teaches_nothing_is_refused(tmp_path: Path, contents: dict, expected: str):
    with pytest.raises(DataSetError, match=expected):
        open_dataset(write_zip(tmp_path / "pets.zip", contents))


def test_the_shared_photographs_are_read(shared_data: Path):
    dataset = open_dataset(shared_data / "cifar10" / "cifar10-test-2k.zip")
    assert dataset.images.shape == (2000, 32, 32, 3)
    assert dataset.balance == (200,) * 10
    assert dataset.class_of(0) == "airplane"
    assert dataset.images.mean() == pytest.approx(121, abs=3)
    assert np.unique(dataset.images[::100].reshape(20, -1), axis=0).shape[0] == 20

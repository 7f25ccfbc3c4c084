"""NPZ archives as people save them, and those that are none."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from explorer.datasets.dataset import DataSet, DataSetError
from explorer.datasets.opening import open_dataset

IMAGES = np.arange(2 * 4 * 4, dtype=np.uint8).reshape(2, 4, 4)
LABELS = np.array([0, 1])


def opened(folder: Path, **arrays) -> DataSet:
    path = folder / "some.npz"
    np.savez_compressed(path, **arrays)
    return open_dataset(path)


def test_names_as_in_keras_give_training_and_test_images(tmp_path: Path):
    dataset = opened(tmp_path, x_train=IMAGES, y_train=LABELS, x_test=IMAGES[:1], y_test=LABELS[:1])
    assert dataset.describe() == "some, 3 grey images of 4 x 4, 2 classes"
    assert dataset.tested == 1
    np.testing.assert_array_equal(dataset.images[:2, :, :, 0], IMAGES)


@pytest.mark.parametrize("names", [("x", "y"), ("images", "labels"), ("data", "target"), ("arr_0", "arr_1")])
def test_other_usual_names_are_known(tmp_path: Path, names: tuple[str, str]):
    assert len(opened(tmp_path, **dict(zip(names, (IMAGES, LABELS), strict=True)))) == 2


def test_medmnist_has_a_validation_part(tmp_path: Path):
    arrays = {"train_images": IMAGES, "train_labels": LABELS[:, None]}
    arrays |= {"val_images": IMAGES[:1], "val_labels": LABELS[:1, None]}
    assert opened(tmp_path, **arrays).tested == 1


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        (IMAGES, 31),
        (IMAGES.reshape(2, 16), 31),
        (IMAGES[..., None], 31),
        (np.repeat(IMAGES[:, None], 3, axis=1), 31),
        (np.repeat(IMAGES[..., None], 3, axis=3), 31),
        (IMAGES / 31, 255),
        (IMAGES.astype(float), 31),
        (IMAGES.astype(np.int64), 31),
        (IMAGES > 7, 255),
        (np.concatenate([np.repeat(IMAGES[..., None], 3, 3), np.full((2, 4, 4, 1), 255)], 3), 31),
    ],
)
def test_images_of_any_layout_and_number_type_become_bytes(tmp_path: Path, images, expected: int):
    dataset = opened(tmp_path, x=images, y=LABELS)
    assert dataset.images.shape[:3] == (2, 4, 4)
    assert dataset.images[1].max() == expected


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (np.array([0.0, 1.0]), ("0", "1")),
        (np.array([[1], [0]], np.uint8), ("0", "1")),
        (np.eye(2), ("0", "1")),
        (np.array(["dog", "cat"]), ("cat", "dog")),
        (np.array([False, True]), ("0", "1")),
    ],
)
def test_labels_of_any_form_become_numbers_and_names(tmp_path: Path, labels, classes):
    dataset = opened(tmp_path, x=IMAGES, y=labels)
    assert dataset.classes == classes
    assert sorted(dataset.labels.tolist()) == [0, 1]


def test_names_of_classes_are_taken_from_the_file(tmp_path: Path):
    dataset = opened(tmp_path, x=IMAGES, y=LABELS, class_names=np.array(["left", "right"]))
    assert dataset.classes == ("left", "right")


@pytest.mark.parametrize(
    ("arrays", "expected"),
    [
        ({"x": IMAGES}, "some.npz holds x, but no labels: expected y"),
        ({"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES}, "holds x_test, but no labels"),
        ({"weights": IMAGES}, "some.npz holds weights. Expected x_train and y_train"),
        ({"x": IMAGES, "y": LABELS[:1]}, "holds 2 images in x, but 1 labels in y"),
        ({"x": IMAGES, "y": np.array(3)}, "holds 2 images in x, but 1 labels in y"),
        ({"x": IMAGES, "y": np.array([0.5, 1])}, "no whole numbers"),
        ({"x": IMAGES, "y": np.array([-1, 1])}, "go from -1 to 1"),
        ({"x": IMAGES, "y": np.array([0, 10**12])}, "go from 0 to"),
        ({"x": np.zeros((2, 3)), "y": LABELS}, "x in some.npz has the shape 2 x 3, which are no images"),
        ({"x": np.zeros((2, 5, 5, 7)), "y": LABELS}, "has the shape 2 x 5 x 5 x 7"),
        ({"x": np.array(["a", "b"]), "y": LABELS}, "no numbers"),
        ({"x": IMAGES, "y": np.zeros(2, int)}, "one class, 0"),
        ({"x": np.array([{}, {}]), "y": LABELS}, "x in some.npz holds Python objects"),
        ({"x_train": IMAGES, "y_train": LABELS, "x_test": np.zeros((1, 5, 5)), "y_test": LABELS[:1]},
         "some.npz have different sizes: 4 x 4 x 1 and 5 x 5 x 1"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_the_name_of_the_file(tmp_path: Path, arrays: dict, expected: str):
    with pytest.raises(DataSetError, match=expected):
        opened(tmp_path, **arrays)


def test_a_header_that_claims_a_terabyte_is_not_believed(tmp_path: Path):
    path = tmp_path / "some.npz"
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|u1", "fortran_order": False, "shape": (1 << 20, 1 << 10, 1 << 10)}
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", header.getvalue())
        archive.writestr("y.npy", header.getvalue())
    with pytest.raises(DataSetError, match=r"x in some.npz is cut off or damaged"):
        open_dataset(path)

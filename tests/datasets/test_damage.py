"""Whatever is damaged in a file, a person gets a data set or a sentence, never an exception of ours."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.datasets.dataset import DataSetError
from explorer.datasets.opening import open_dataset
from tests.datasets.files import cifar_files, idx, idx_files, pets, write_tar, write_zip


def _npz() -> bytes:
    content = io.BytesIO()
    np.savez(content, x_train=np.zeros((3, 4, 4), np.uint8), y_train=np.arange(3))
    return content.getvalue()


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> dict[str, bytes]:
    """One file of every kind, by the name that it must have."""
    folder = tmp_path_factory.mktemp("whole")
    return {
        "pets.zip": write_zip(folder / "a", pets()).read_bytes(),
        "pets.tar.gz": write_tar(folder / "b", pets()).read_bytes(),
        "cifar.tar.gz": write_tar(folder / "c", cifar_files()).read_bytes(),
        "mnist.zip": write_zip(folder / "d", idx_files()).read_bytes(),
        "some.npz": _npz(),
        "train-images-idx3-ubyte": idx(np.zeros((3, 4, 4))),
        "train-labels-idx1-ubyte": idx(np.arange(3)),
    }


@pytest.mark.parametrize(
    "name", ["pets.zip", "pets.tar.gz", "cifar.tar.gz", "mnist.zip", "some.npz", "train-images-idx3-ubyte"]
)
@given(data=st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_damage_gives_a_data_set_or_a_sentence(name: str, data, whole: dict[str, bytes], tmp_path: Path):
    content = bytearray(whole[name])
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(len(content) // 2, len(content)))]
    (tmp_path / name).write_bytes(content)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(whole["train-labels-idx1-ubyte"])
    sentence = _read(tmp_path / name)
    assert len(sentence) < 700
    assert sentence.strip()


def _read(path: Path) -> str:
    """What the data set says about itself, or why there is none."""
    try:
        return open_dataset(path).describe()
    except DataSetError as error:
        return str(error)

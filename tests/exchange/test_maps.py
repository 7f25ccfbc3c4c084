"""Maps as files: what lies in the folder, in which colours, and what happens when it cannot be written."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from explorer.engine.evaluate import Trace, evaluate
from explorer.engine.presets.networks import build_network
from explorer.exchange.files import WriteError
from explorer.exchange.maps import color, mosaic, write_maps
from explorer.rendering.look import Look


@pytest.fixture(scope="module")
def trace() -> Trace:
    network = build_network("lenet-5")
    image = np.linspace(0, 1, int(np.prod(network.input_shape)), dtype=np.float32)
    return evaluate(network, image.reshape(1, *network.input_shape))


@pytest.fixture(scope="module")
def folder(trace: Trace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("maps") / "made" / "on the way"
    write_maps(trace, folder)
    return folder


def test_every_layer_has_a_picture(trace: Trace, folder: Path) -> None:
    assert sorted(path.stem.partition("-")[2] for path in folder.glob("*.png")) == sorted(trace.activations)


def test_every_channel_has_a_picture_in_its_own_size(trace: Trace, folder: Path) -> None:
    name, maps = list(trace.activations.items())[1]
    files = sorted(folder.glob(f"*-{name}/*.png"))
    assert len(files) == maps.shape[1]
    assert cv2.imread(str(files[-1])).shape == (*maps.shape[2:], 3)


def test_the_numbers_are_all_there(trace: Trace, folder: Path) -> None:
    with np.load(folder / "maps.npz") as numbers:
        assert set(numbers) == set(trace.activations)
        for name, activation in trace.activations.items():
            np.testing.assert_array_equal(numbers[name], activation)


def test_all_files_are_told_and_no_half_one_is_left(trace: Trace, tmp_path: Path) -> None:
    told = write_maps(trace, tmp_path)
    assert sorted(told) == sorted(path for path in tmp_path.rglob("*") if path.is_file())


def test_zero_is_neutral_and_the_ends_are_opposite() -> None:
    low, zero, high = color(np.array([[[-2.0, 0.0, 2.0]]], np.float32), Look(), dark=False)[0, 0]
    assert zero == 0xFFFFFFFF
    assert (low >> 16 & 255) > (low & 255), "negative is red"
    assert (high & 255) > (high >> 16 & 255), "positive is blue"


def test_what_is_not_a_number_does_not_spoil_the_range() -> None:
    with_nan = color(np.array([[[np.nan, np.inf, 1.0]]], np.float32), Look(), dark=True)
    assert with_nan[0, 0, 2] == color(np.array([[[1.0]]], np.float32), Look(), dark=True)[0, 0, 0]


def test_features_are_squares_that_can_be_seen() -> None:
    assert mosaic(np.zeros((10, 1, 1), np.uint32), dark=True).shape == (3 * 17 - 1, 4 * 17 - 1)


def test_a_mosaic_of_many_large_maps_is_shrunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.exchange.maps.LARGEST_MOSAIC", 100_000)
    maps = np.zeros((30, 96, 128), np.uint32)
    assert 90_000 < mosaic(maps, dark=True).size < 120_000 < maps.size


def test_a_folder_that_cannot_be_made_is_told(trace: Trace, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(WriteError, match=r"taken.*could not be written: .*Choose another place"):
        write_maps(trace, tmp_path / "taken")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_told(trace: Trace, tmp_path: Path) -> None:
    (tmp_path / "maps.npz.part").symlink_to("/dev/full")
    with pytest.raises(WriteError, match="No space left on device"):
        write_maps(trace, tmp_path)
    assert not (tmp_path / "maps.npz").exists()

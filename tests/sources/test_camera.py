"""Cameras are listed by name; numbers that do not exist get a sentence."""

import sys
from pathlib import Path

import pytest

from explorer.sources import camera
from explorer.sources.camera import CameraDevice, CameraSource
from explorer.sources.source import SourceError

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="lists /dev and /sys")


@pytest.fixture
def system(tmp_path: Path) -> tuple[Path, Path]:
    """/dev with three nodes, and the names of two of them."""
    for number, name in ((10, "Desk camera"), (2, "Lid camera\n")):
        (tmp_path / "sys" / f"video{number}").mkdir(parents=True)
        (tmp_path / "sys" / f"video{number}" / "name").write_text(name)
    (tmp_path / "dev").mkdir()
    for node in ("video10", "video2", "video3", "video-old", "null"):
        (tmp_path / "dev" / node).touch()
    return tmp_path / "dev", tmp_path / "sys"


def test_cameras_are_listed_by_name_in_order(
    system: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera, "_can_capture", lambda node: True)
    assert camera._listed_cameras(*system) == [
        CameraDevice(2, "Lid camera"), CameraDevice(3, "Camera 3"), CameraDevice(10, "Desk camera")
    ]  # fmt: skip


@linux_only
def test_a_node_that_answers_no_query_is_no_camera(system: tuple[Path, Path]) -> None:
    assert camera._listed_cameras(*system) == []


@linux_only
def test_a_number_that_does_not_exist_gets_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "cameras", lambda: [CameraDevice(2, "Lid camera")])
    with pytest.raises(SourceError, match=r"There is no camera 987\. Cameras found: 2 \(Lid camera\)"):
        CameraSource(987).open()


def test_the_wanted_resolution_is_part_of_the_address() -> None:
    assert CameraSource(1, 1280, 720).address == "camera:1@1280x720"


def test_two_settings_of_a_camera_share_the_device() -> None:
    assert CameraSource(1).device == CameraSource(1, 1280, 720).device != CameraSource(2).device

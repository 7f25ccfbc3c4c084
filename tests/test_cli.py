"""The command line: a sentence and exit code 2 for what cannot be meant, a picture where no window opens."""

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from explorer import __version__, cli, display
from explorer.options import Options

ROOT = Path(__file__).parent.parent


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "čtverec 方.png"
    file.write_bytes(cv2.imencode(".png", np.zeros((4, 4), np.uint8))[1].tobytes())
    return file


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the program says when it refuses."""
    assert cli.main(arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1, "one sentence, in one line"
    return output.err


def test_nothing_asked_is_fine() -> None:
    assert cli.parse([]) == Options()


def test_everything_can_be_asked(picture: Path, tmp_path: Path) -> None:
    arguments = [str(picture), "--snapshot", str(tmp_path / "a.png"), "--size", "800x600", "--theme", "light"]
    assert cli.parse(arguments) == Options(
        source=str(picture), snapshot=tmp_path / "a.png", size=(800, 600), theme="light"
    )


@pytest.mark.parametrize("source", ["0", "12", "http://127.0.0.1:1/stream.mjpg", "rtsp://host/camera"])
def test_cameras_and_streams_are_not_asked_before_the_start(source: str) -> None:
    assert cli.parse([source]).source == source


def test_a_missing_file_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert "nowhere.png" in complaint(capsys, "nowhere.png")


def test_an_unknown_network_lists_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    said = complaint(capsys, "--network", "nonsense")
    assert "'nonsense'" in said
    assert "lenet" in said.lower()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--nonsense"], "--nonsense"),
        (["a.png", "b.png"], "b.png"),
        (["--snap", "a.png"], "--snap"),
        (["--snapshot"], "--snapshot"),
        (["--snapshot", "a.jpg"], "ends in .png"),
        (["--snapshot", "no/such/folder/a.png"], "There is no folder"),
        (["--size", "big"], "width x height"),
        (["--size", "0x10"], "width x height"),
        (["--size", "99999x10"], "at most 16000"),
        (["--theme", "pink"], "'dark', 'light'"),
    ],
)
def test_wrong_arguments_get_a_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in complaint(capsys, *arguments)


def test_a_snapshot_is_not_written_over_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "a.png"
    folder.mkdir()
    assert "is a folder" in complaint(capsys, "--snapshot", str(folder))


def test_version_and_help_answer() -> None:
    for argument, said in (("--version", __version__), ("--help", "--snapshot")):
        output = subprocess.check_output([sys.executable, "-m", "explorer", argument], cwd=ROOT, text=True)
        assert said in output


def test_importing_the_package_imports_neither_qt_nor_opencv() -> None:
    code = "import sys, explorer.cli; print(*sys.modules)"
    modules = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).split()
    assert not {"cv2", "numpy", "PySide6"}.intersection(modules)


def test_opencv_leaves_no_trace_in_the_environment() -> None:
    code = "from explorer import cli; cli.import_opencv(); import cv2, os; print(*os.environ.values())"
    assert "cv2" not in subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only there a display can be missing")


@linux
@pytest.mark.parametrize(
    ("environment", "problem"),
    [
        ({}, "DISPLAY is not set"),
        ({"DISPLAY": ":4077"}, "the display :4077 does not answer"),
        ({"DISPLAY": "nonsense"}, "the display nonsense does not answer"),
        ({"DISPLAY": ":4077", "QT_QPA_PLATFORM": "xcb"}, "the display :4077 does not answer"),
        ({"WAYLAND_DISPLAY": "wayland-77"}, "the Wayland display does not answer"),
        (
            {"WAYLAND_DISPLAY": "/nowhere", "QT_QPA_PLATFORM": "wayland"},
            "the Wayland display does not answer",
        ),
        ({"QT_QPA_PLATFORM": "offscreen"}, None),
        ({"DISPLAY": ":4077", "QT_QPA_PLATFORM": "offscreen:size=9x9"}, None),
    ],
)
def test_a_display_is_asked_before_qt_does(
    environment: dict[str, str], problem: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert display.display_problem() == problem


@linux
def test_without_a_display_a_picture_is_drawn_instead(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    result = subprocess.run(
        [sys.executable, "-m", "explorer"],
        cwd=tmp_path,
        env={**environment, "DISPLAY": ":4077", "WAYLAND_DISPLAY": ""},
        capture_output=True,
        text=True,
    )
    assert "No window can open here (the display :4077 does not answer)" in result.stderr
    assert result.returncode == 0
    assert cv2.imread(str(tmp_path / "feature-maps.png")).shape == (1000, 1600, 3)


def test_a_missing_library_of_the_system_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def start(options: Options) -> int:
        raise ImportError("libGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(cli, "start", start)
    assert cli.main([]) == 1
    assert capsys.readouterr().err.startswith("A library of the system is missing: libGL.so.1")

"""The wheel: everything is inside, and the program starts from an empty environment in another folder."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import cv2
import pytest

from explorer import __version__

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program's command in an environment that has the wheel and, by a path file, what it depends on.

    Path files in a folder that is itself named by a path file are not read, so the editable installation of
    this checkout stays unknown there: what starts can only be the wheel.
    """
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "venv", with_pip=False)
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    subprocess.run(pip, check=True, capture_output=True)
    query = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.check_output(query, text=True).strip())
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return scripts / ("feature-map-explorer.exe" if os.name == "nt" else "feature-map-explorer")


def start(program: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [program, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )


def test_every_resource_is_inside(wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("explorer/_resources/")}
    resources = [file for file in (ROOT / "resources").rglob("*") if file.is_file()]
    assert inside == {
        f"explorer/_resources/{file.relative_to(ROOT / 'resources').as_posix()}" for file in resources
    }


def test_every_module_is_inside_and_no_test(wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".py")}
    assert inside == {file.relative_to(ROOT).as_posix() for file in (ROOT / "explorer").rglob("*.py")}


def test_the_installed_program_starts(installed: Path, tmp_path: Path) -> None:
    result = start(installed, "--version", folder=tmp_path)
    assert result.stdout == f"feature-map-explorer {__version__}\n"
    assert result.returncode == 0


def test_the_installed_program_uses_its_own_resources(installed: Path, tmp_path: Path) -> None:
    code = "from explorer.resources import resource; print(resource('README.md'))"
    python = installed.with_name("python.exe" if os.name == "nt" else "python")
    result = start(python, "-c", code, folder=tmp_path)
    assert Path(result.stdout.strip()).is_relative_to(installed.parent.parent), result.stderr


def test_the_installed_program_draws_its_window(installed: Path, tmp_path: Path) -> None:
    result = start(installed, "--snapshot", "window.png", "--size", "1000x700", folder=tmp_path)
    assert result.stderr == ""
    assert cv2.imread(str(tmp_path / "window.png")).shape == (700, 1000, 3)

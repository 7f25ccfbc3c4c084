"""Where the icons, images, networks, lessons and styles of the program lie: in a checkout and in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_INSTALLED = _PACKAGE / "_resources"  # where the wheel puts them, see pyproject.toml
ROOT = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent / "resources"


def resource(path: str) -> Path:
    """The file or folder `path`, for example "icons/freeze.svg"; FileNotFoundError if it is not there."""
    found = ROOT.joinpath(*path.split("/"))
    if not found.exists():
        raise FileNotFoundError(f"The program's own file {path} is missing under {ROOT}. Install it again.")
    return found

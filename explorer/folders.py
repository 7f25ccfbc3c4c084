"""Where settings, log and cache lie on this platform; EXPLORER_HOME puts all of them into one folder."""

import os
from pathlib import Path

import platformdirs

NAME = "feature-map-explorer"


def settings_folder() -> Path:
    """Window layout, recent files, autosave."""
    return _folder("settings", platformdirs.user_config_path(NAME, appauthor=False))


def log_folder() -> Path:
    return _folder("log", platformdirs.user_log_path(NAME, appauthor=False))


def cache_folder() -> Path:
    """Downloads; everything in it can be fetched again."""
    return _folder("cache", platformdirs.user_cache_path(NAME, appauthor=False))


def _folder(kind: str, platform_path: Path) -> Path:
    """Made if missing; OSError where that is impossible."""
    home = os.environ.get("EXPLORER_HOME")
    folder = Path(home) / kind if home else platform_path
    folder.mkdir(parents=True, exist_ok=True)
    return folder

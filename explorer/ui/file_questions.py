"""What a person is asked about files: which to open, what to write, which folder; each kind has its place."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.ui.settings_store import SettingsStore


class FileQuestions:
    """Asks over a window. The folder of the last answer is remembered under `key`; None when cancelled."""

    def __init__(self, owner: QWidget, settings: SettingsStore) -> None:
        self._owner = owner
        self._settings = settings

    def ask_file(self, title: str, kinds: str, key: str) -> Path | None:
        """Let the person choose a file to open."""
        name, _ = QFileDialog.getOpenFileName(self._owner, title, self._folder(key), kinds)
        return self._remembered(name, key)

    def ask_new_file(self, title: str, kinds: str, name: str, key: str) -> Path | None:
        """Let the person name a file to write."""
        start = str(Path(self._folder(key)) / name)
        chosen, _ = QFileDialog.getSaveFileName(self._owner, title, start, kinds)
        return self._remembered(chosen, key)

    def ask_folder(self, title: str, key: str) -> Path | None:
        """Let the person choose a folder."""
        chosen = QFileDialog.getExistingDirectory(self._owner, title, self._folder(key))
        if chosen:
            self._settings.put(f"folders/{key}", chosen)
        return Path(chosen) if chosen else None

    def _folder(self, key: str) -> str:
        """Where such a file was opened or saved last; at first where people keep their pictures."""
        places = QStandardPaths.standardLocations(QStandardPaths.StandardLocation.PicturesLocation)
        remembered = self._settings.text(f"folders/{key}")
        there = [place for place in (remembered, *places) if place and Path(place).is_dir()]
        return there[0] if there else str(Path.home())

    def _remembered(self, name: str, key: str) -> Path | None:
        if not name:
            return None
        self._settings.put(f"folders/{key}", str(Path(name).parent))
        return Path(name)

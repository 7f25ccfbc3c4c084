"""What the program remembers of its window from one start to the next, in an ini file of its own."""

from __future__ import annotations

import logging
import math
import os
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from explorer.folders import settings_folder

log = logging.getLogger(__name__)

FILE = "window.ini"
MOST_RECENT = 12


class _Unkept:
    """What QSettings does, without a file: it is forgotten with the program."""

    def __init__(self) -> None:
        self._values: dict[str, object] = {}

    def value(self, key: str) -> object:
        return self._values.get(key)

    def setValue(self, key: str, value: object) -> None:
        self._values[key] = value

    def remove(self, key: str) -> None:
        """The key, and all below it."""
        for one in [one for one in self._values if one == key or one.startswith(f"{key}/")]:
            del self._values[one]


class SettingsStore:
    """Typed access to the file; whatever is missing or broken in it counts as never set.

    With `os.devnull` in the place of the file nothing is kept. Qt never gets that name: it writes another file and
    puts it in the old one's place, which for an administrator is the end of the system's /dev/null.
    """

    def __init__(self, file: Path | None = None) -> None:
        file = file or _default_file()
        is_kept = file != Path(os.devnull)
        self._settings = QSettings(str(file), QSettings.Format.IniFormat) if is_kept else _Unkept()

    def text(self, key: str, default: str = "") -> str:
        """A text."""
        value = self._settings.value(key)
        return value if isinstance(value, str) else default

    def number(self, key: str, default: float) -> float:
        """A finite number."""
        try:
            number = float(self.text(key))
        except ValueError:
            return default
        return number if math.isfinite(number) else default

    def flag(self, key: str, default: bool) -> bool:
        """Yes or no."""
        return {"true": True, "false": False}.get(self.text(key).lower(), default)

    def block(self, key: str) -> QByteArray:
        """Bytes, such as Qt's own description of a layout."""
        value = self._settings.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def put(self, key: str, value: str | float | bool | QByteArray) -> None:
        """Remember a value."""
        if isinstance(value, bool):
            value = str(value).lower()
        self._settings.setValue(key, value if isinstance(value, QByteArray) else str(value))

    def forget(self, key: str) -> None:
        """As if it had never been set."""
        self._settings.remove(key)

    def save(self) -> None:
        """Write the file now; where that is impossible the log says so."""
        if isinstance(self._settings, _Unkept):
            return
        self._settings.sync()
        if self._settings.status() != QSettings.Status.NoError:
            log.warning("The settings could not be written to %s", self._settings.fileName())

    @property
    def recent(self) -> list[str]:
        """Addresses of the sources opened last, the newest first."""
        return self._addresses("recent")

    @property
    def recent_datasets(self) -> list[str]:
        """Addresses of the data sets opened last, the newest first."""
        return self._addresses("recent_datasets")

    def remember_recent(self, address: str) -> None:
        """Put an address first among the recent sources."""
        self._remember("recent", address)

    def remember_dataset(self, address: str) -> None:
        """Put an address first among the recent data sets."""
        self._remember("recent_datasets", address)

    def forget_recent(self) -> None:
        """An empty list of recent sources."""
        self._put_addresses("recent", [])

    def forget_datasets(self) -> None:
        """An empty list of recent data sets."""
        self._put_addresses("recent_datasets", [])

    def _addresses(self, key: str) -> list[str]:
        count = min(max(self.number(f"{key}/count", 0), 0), MOST_RECENT)
        found = [self.text(f"{key}/{i}") for i in range(int(count))]
        return [address for address in found if address]

    def _remember(self, key: str, address: str) -> None:
        others = [one for one in self._addresses(key) if one != address]
        self._put_addresses(key, [address, *others][:MOST_RECENT])

    def _put_addresses(self, key: str, addresses: list[str]) -> None:
        self.forget(key)
        self.put(f"{key}/count", len(addresses))
        for i, address in enumerate(addresses):
            self.put(f"{key}/{i}", address)


def _default_file() -> Path:
    try:
        return settings_folder() / FILE
    except OSError as error:
        log.warning("Settings are not kept: %s", error)
        return Path(os.devnull)

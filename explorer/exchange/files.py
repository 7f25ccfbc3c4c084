"""Writing a file whole or not at all, with a sentence when it cannot be written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO


class WriteError(Exception):
    """A file could not be written; the text says which, why and what to do."""


def write_whole(path: Path, write: Callable[[IO[bytes]], object]) -> Path:
    """Call `write` with a file beside `path`, then put it in its place: a full disk leaves no half files.

    Returns `path`; raises WriteError.
    """
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            write(file)
        os.replace(part, path)
    except OSError as error:
        _remove(part)
        reason = error.strerror or str(error)
        raise WriteError(
            f"{path} could not be written: {reason}. Choose another place or make room."
        ) from error
    return path


def _remove(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return  # what could not be made cannot be removed either

"""From what a person gives (a path, a number, an address) to the source that delivers it."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import explorer.sources
from explorer.sources.source import Source, SourceError, kinds


@cache
def load_kinds() -> None:
    """Import every module of this package, so that each kind of source registers itself."""
    for module in pkgutil.iter_modules(explorer.sources.__path__):
        importlib.import_module(f"{explorer.sources.__name__}.{module.name}")


def open_source(given: str | Path) -> Source:
    """The source for an image, a folder, a video, a camera number, a URL or "sample:name".

    Nothing is opened yet: Source.open does that, in the thread that will read. Raises SourceError.
    """
    load_kinds()
    text = _as_path(str(given).strip())
    if not text:
        raise SourceError(
            "Nothing was given. Expected an image, a folder, a video, a camera number or an address."
        )
    try:
        for kind in kinds().values():
            source = kind.recognised(text)
            if source is not None:
                return source
        is_there = Path(text).exists()
    except (OSError, ValueError) as error:  # names too long for the system, files one may not read
        raise SourceError(f"{text[:200]} cannot be read: {error}. Choose another file.") from error
    if is_there:
        raise SourceError(
            f"{text} is neither a file nor a folder but a device, a pipe or a socket. Choose an image, a folder or "
            "a video; a camera is opened by its number."
        )
    raise SourceError(
        f"There is no file or folder {text}. Expected an image, a folder, a video, a camera number, an "
        "address such as http://..., or sample:zone-plate."
    )


def _as_path(text: str) -> str:
    if text.lower().startswith("file:"):
        from urllib.request import url2pathname  # it brings http and email along: 20 ms of every start

        return url2pathname(urlsplit(text).path)
    return text

"""Fetching one file: resumed after a broken connection, and verified before anybody reads it."""

from __future__ import annotations

import errno
import hashlib
import http.client
import os
import selectors
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO

from explorer.datasets.dataset import DataSetError
from explorer.datasets.remote_file import RemoteFile
from explorer.datasets.watcher import Watcher

CHUNK = 1 << 16
TIMEOUT_S = 15.0
POLL_S = 0.1
ATTEMPTS = 5  # in a row that bring nothing new, once something has arrived
FIRST_ATTEMPTS = 2  # before: there may be no network at all
WAITS_S = 0.5, 1.0, 2.0, 4.0
PARTIAL, RANGE_REFUSED = 206, 416
GIVES_UP = frozenset({400, 401, 403, 404, 405, 410, 451})  # asking again does not help
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Broken(Exception):
    """The connection ended before the file did; it is worth trying again."""


class Unavailable(Exception):
    """This address does not give the file; another one may."""


class Full(Exception):
    """There is no room for it on the disk."""


def fetch(
    file: RemoteFile, folder: Path, watcher: Watcher, pause: Callable[[float], object] = time.sleep
) -> Path:
    """The file in `folder`, fetched if it is not there yet. Raises DataSetError, and Cancelled.

    What has arrived waits in NAME.part: the next attempt, or the next start of the program, goes on from there.
    """
    path, part = folder / file.name, folder / f"{file.name}.part"
    if path.is_file() and is_genuine(path, file, watcher):
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        _fetch_part(file, part, watcher, pause)
        if not is_genuine(part, file, watcher):
            part.unlink()  # perhaps begun with another version of the file: once more from its start
            _fetch_part(file, part, watcher, pause)
            if not is_genuine(part, file, watcher):
                part.unlink()
                raise DataSetError(
                    f"{file.name} from {_host(file.addresses[0])} is not the file that was expected (its SHA-256 "
                    "differs), so it was thrown away. Try again later, or over another network."
                )
        os.replace(part, path)
    except Full as error:
        part.unlink(missing_ok=True)
        raise DataSetError(
            f"There is no room for {file.name} ({_megabytes(file.size)}) in {folder}. Make room and try again."
        ) from error
    except OSError as error:
        raise DataSetError(
            f"{file.name} cannot be kept in {folder}: {error.strerror or error}. Check that one may write there."
        ) from error
    return path


def is_genuine(path: Path, file: RemoteFile, watcher: Watcher) -> bool:
    """Whether a file is the one that was published: its length and SHA-256 are."""
    if path.stat().st_size != file.size:
        return False
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as content:
        while chunk := content.read(1 << 20):
            watcher.tell(f"Verifying {file.name}", done, file.size)
            digest.update(chunk)
            done += len(chunk)
    return digest.hexdigest() == file.sha256


def _fetch_part(file: RemoteFile, part: Path, watcher: Watcher, pause: Callable[[float], object]) -> None:
    """Fetch until the file is complete, from the first address that has it."""
    reasons = []
    for address in file.addresses:
        try:
            _fetch_from(address, file, part, watcher, pause)
            return
        except Unavailable as error:
            reasons.append(f"{_host(address)}: {error}")
    kept = "; what has arrived is kept" if _length(part) else ""
    raise DataSetError(
        f"{file.name} could not be downloaded ({'; '.join(reasons)}). Check the network and try again{kept}."
    )


def _fetch_from(
    address: str, file: RemoteFile, part: Path, watcher: Watcher, pause: Callable[[float], object]
) -> None:
    failures, furthest = 0, _length(part)  # a server may know no ranges, and always break at the same place
    while _length(part) < file.size:
        try:
            _transfer(address, file, part, watcher)
        except Broken as error:
            failures = 0 if _length(part) > furthest else failures + 1
            furthest = max(furthest, _length(part))
            if failures >= (ATTEMPTS if furthest else FIRST_ATTEMPTS):
                raise Unavailable(str(error)) from error
            watcher.tell(f"Waiting for {_host(address)}", _length(part), file.size)
            pause(WAITS_S[min(failures, len(WAITS_S) - 1)])
    watcher.tell(f"Downloading {file.name}", file.size, file.size)


def _transfer(address: str, file: RemoteFile, part: Path, watcher: Watcher) -> None:
    """One connection: append what comes to the part, or begin anew where the server knows no ranges."""
    had = _length(part)
    headers = {"User-Agent": "feature-map-explorer", "Accept-Encoding": "identity"}
    if had:
        headers["Range"] = f"bytes={had}-"
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            resumes = answer.status == PARTIAL and _first_byte(answer) == had
            with part.open("ab" if resumes else "wb") as content:
                _receive(answer, content, file, watcher)
    except urllib.error.HTTPError as error:
        with error:
            if error.code == RANGE_REFUSED:
                part.unlink(missing_ok=True)
                raise Broken("it does not go on where it stopped") from error
            sentence = f"it answers {error.code} {error.reason}"
            raise (Unavailable if error.code in GIVES_UP else Broken)(sentence) from error
    except (
        urllib.error.URLError,
        http.client.HTTPException,
        ssl.SSLError,
        TimeoutError,
        ConnectionError,
    ) as error:
        reason = getattr(error, "reason", error)
        raise Broken(getattr(reason, "strerror", None) or str(reason) or "the connection broke") from error


def _receive(
    answer: http.client.HTTPResponse, content: IO[bytes], file: RemoteFile, watcher: Watcher
) -> None:
    began = done = content.tell()
    while done < file.size:
        watcher.tell(f"Downloading {file.name}", done, file.size)
        if done > began:  # what came along with the headers lies in a buffer that no selector sees
            _await(answer, file, done, watcher)
        chunk = answer.read1(min(CHUNK, file.size - done))  # never more than was promised
        if not chunk:
            raise Broken("the connection broke")
        try:
            content.write(chunk)
            content.flush()
        except OSError as error:
            if error.errno in FULL:
                raise Full from error
            raise
        done += len(chunk)


def _await(answer: http.client.HTTPResponse, file: RemoteFile, done: int, watcher: Watcher) -> None:
    """Wait until more has arrived or the connection has ended; a silent server must not delay a cancel."""
    if answer.isclosed():
        return
    gives_up = time.monotonic() + TIMEOUT_S
    with selectors.DefaultSelector() as selector:
        selector.register(answer, selectors.EVENT_READ)
        while not selector.select(POLL_S):
            watcher.tell(f"Downloading {file.name}", done, file.size)
            if time.monotonic() > gives_up:
                raise Broken("nothing comes any more")


def _first_byte(answer: http.client.HTTPResponse) -> int:
    """Where the part of the file begins that the server sends: "bytes 100-199/200"."""
    start = (answer.headers.get("Content-Range") or "").removeprefix("bytes ").partition("-")[0]
    return int(start) if start.isdecimal() else -1


def _length(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _host(address: str) -> str:
    return address.split("/")[2]


def _megabytes(size: int) -> str:
    return f"{max(1, round(size / 1e6))} MB"

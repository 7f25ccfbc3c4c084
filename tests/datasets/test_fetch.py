"""Fetching a file from a server that is slow, breaks off, has another file, or none; and onto a full disk."""

import errno
import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer.datasets import fetch as fetching
from explorer.datasets.dataset import DataSetError
from explorer.datasets.fetch import fetch
from explorer.datasets.remote_file import RemoteFile
from explorer.datasets.watcher import Cancelled, Watcher
from tests.datasets.file_server import FileServer

CONTENT = np.random.default_rng(0).bytes(300_000)
NAME = "images.gz"


@pytest.fixture
def server() -> Iterator[FileServer]:
    with FileServer({NAME: CONTENT}) as running:
        yield running


def remote(server: FileServer, *others: str, content: bytes = CONTENT) -> RemoteFile:
    addresses = (*others, server.address(NAME))
    return RemoteFile(NAME, addresses, len(content), hashlib.sha256(content).hexdigest())


class Pauses(list[float]):
    """Notes how long it was asked to wait, and does not."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def fetched(file: RemoteFile, folder: Path, watcher: Watcher | None = None) -> bytes:
    return fetch(file, folder, watcher or Watcher(), Pauses()).read_bytes()


def test_a_file_comes_whole_and_is_told_about(server: FileServer, tmp_path: Path):
    told: list[tuple[str, int, int]] = []
    watcher = Watcher(lambda *progress: told.append(progress))
    assert fetched(remote(server), tmp_path / "new" / "folder", watcher) == CONTENT
    assert ("Downloading images.gz", 0, 300_000) in told
    assert ("Downloading images.gz", 300_000, 300_000) in told
    assert told[-1][0] == "Verifying images.gz"
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == [NAME]


def test_what_is_there_is_not_fetched_again(server: FileServer, tmp_path: Path):
    for _ in range(2):
        fetched(remote(server), tmp_path)
    assert server.ranges == [None]


def test_what_was_damaged_on_the_disk_is_fetched_again(server: FileServer, tmp_path: Path):
    fetched(remote(server), tmp_path)
    (tmp_path / NAME).write_bytes(CONTENT[:-1] + b"?")
    assert fetched(remote(server), tmp_path) == CONTENT


def test_a_broken_connection_is_resumed_where_it_broke(server: FileServer, tmp_path: Path):
    server.trouble.breaks_after = [100_000, 50_000]
    assert fetched(remote(server), tmp_path) == CONTENT
    assert server.ranges == [None, "bytes=100000-", "bytes=150000-"]


def test_a_server_without_ranges_begins_anew(server: FileServer, tmp_path: Path):
    server.trouble.breaks_after = [100_000]
    server.trouble.knows_ranges = False
    assert fetched(remote(server), tmp_path) == CONTENT


def test_a_server_that_sends_another_part_than_asked_is_not_believed(server: FileServer, tmp_path: Path):
    server.trouble.breaks_after = [100_000]
    server.trouble.forgets_ranges = [False, True]
    assert fetched(remote(server), tmp_path) == CONTENT


def test_the_next_start_goes_on_from_what_has_arrived(server: FileServer, tmp_path: Path):
    server.trouble.breaks_after = [200_000, *[0] * 9]
    with pytest.raises(DataSetError, match="what has arrived is kept"):
        fetched(remote(server), tmp_path)
    server.trouble.breaks_after = []
    assert fetched(remote(server), tmp_path) == CONTENT
    assert server.ranges[-1] == "bytes=200000-"


def test_a_part_of_another_file_is_noticed_and_replaced(server: FileServer, tmp_path: Path):
    (tmp_path / f"{NAME}.part").write_bytes(b"?" * 1000)
    assert fetched(remote(server), tmp_path) == CONTENT
    assert server.ranges == ["bytes=1000-", None]


def test_a_part_longer_than_the_file_is_replaced(server: FileServer, tmp_path: Path):
    (tmp_path / f"{NAME}.part").write_bytes(b"?" * 400_000)
    assert fetched(remote(server), tmp_path) == CONTENT


def test_a_server_whose_file_is_shorter_than_the_part_begins_anew(server: FileServer, tmp_path: Path):
    (tmp_path / f"{NAME}.part").write_bytes(CONTENT[:200_000])
    server.files[NAME] = CONTENT[:100_000]
    with pytest.raises(DataSetError, match="could not be downloaded"):
        fetched(remote(server), tmp_path)


def test_a_server_without_ranges_that_always_breaks_at_the_same_place_is_given_up(server, tmp_path: Path):
    server.trouble.knows_ranges = False
    server.trouble.breaks_after = [100_000] * 100
    with pytest.raises(DataSetError, match="could not be downloaded"):
        fetched(remote(server), tmp_path)
    assert len(server.ranges) == 6


def test_pauses_grow_and_end(server: FileServer, tmp_path: Path):
    (tmp_path / f"{NAME}.part").write_bytes(CONTENT[:1000])
    server.trouble.breaks_after = [0] * 100
    pauses = Pauses()
    with pytest.raises(DataSetError, match="images.gz could not be downloaded"):
        fetch(remote(server), tmp_path, Watcher(), pauses)
    assert pauses == [1.0, 2.0, 4.0, 4.0]


def test_another_file_than_expected_is_thrown_away(server: FileServer, tmp_path: Path):
    with pytest.raises(DataSetError, match=r"images.gz from 127.0.0.1:\d+ is not the file that was expected"):
        fetched(remote(server, content=CONTENT[::-1]), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_no_more_is_taken_than_was_promised(server: FileServer, tmp_path: Path):
    server.files[NAME] = CONTENT + bytes(1_000_000)
    assert fetched(remote(server), tmp_path) == CONTENT


@pytest.mark.parametrize(("code", "requests"), [(404, 1), (403, 1), (503, 2)])
def test_a_server_without_the_file_is_named(server: FileServer, tmp_path: Path, code: int, requests: int):
    server.trouble.answers = [code] * 9
    with pytest.raises(
        DataSetError, match=rf"images.gz could not be downloaded \(127.0.0.1:\d+: it answers {code}"
    ):
        fetched(remote(server), tmp_path)
    assert len(server.ranges) == requests


def test_where_nothing_has_arrived_nothing_is_said_to_be_kept(server: FileServer, tmp_path: Path):
    server.trouble.answers = [404]
    with pytest.raises(DataSetError) as error:
        fetched(remote(server), tmp_path)
    assert str(error.value).endswith("Check the network and try again.")


def test_where_one_address_fails_the_next_one_is_asked(server: FileServer, tmp_path: Path):
    other = server.address("missing.gz")
    assert fetched(remote(server, other), tmp_path) == CONTENT


def test_nobody_there_is_said_at_once(server: FileServer, tmp_path: Path):
    with FileServer({}) as gone:
        address = gone.address(NAME)
    pauses = Pauses()
    with pytest.raises(DataSetError, match=r"images.gz could not be downloaded .*refused"):
        fetch(RemoteFile(NAME, (address,), 5, ""), tmp_path, Watcher(), pauses)
    assert len(pauses) == 1


def test_a_server_that_falls_silent_is_asked_again(server: FileServer, tmp_path: Path, monkeypatch):
    asked_again = threading.Event()
    server.trouble.in_pieces_of = 100_000
    server.trouble.before_piece = lambda sent: (
        asked_again.set() if len(server.ranges) > 1 else sent >= 200_000 and asked_again.wait(10)
    )
    monkeypatch.setattr(fetching, "TIMEOUT_S", 0.3)
    assert fetched(remote(server), tmp_path) == CONTENT
    assert server.ranges == [None, "bytes=200000-"]


def test_a_slow_download_can_be_cancelled_and_keeps_what_has_arrived(server: FileServer, tmp_path: Path):
    cancelled = threading.Event()
    server.trouble.in_pieces_of = 50_000
    server.trouble.before_piece = lambda sent: cancelled.wait(10) if sent >= 100_000 else None
    watcher = Watcher(lambda what, done, total: done >= 1 and cancelled.set(), cancelled.is_set)
    with pytest.raises(Cancelled):
        fetched(remote(server), tmp_path, watcher)
    arrived = (tmp_path / f"{NAME}.part").read_bytes()
    assert CONTENT.startswith(arrived)
    assert arrived


class FullDisk:
    """A file that takes some bytes and then no more."""

    def __init__(self, code: int) -> None:
        self.code = code

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def tell(self) -> int:
        return 0

    def write(self, content: bytes) -> int:
        raise OSError(self.code, "No room")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (errno.ENOSPC, r"There is no room for images.gz \(1 MB\) in"),
        (errno.EDQUOT, "There is no room for images.gz"),
        (errno.EIO, "images.gz cannot be kept in .*: No room"),
    ],
)
def test_a_full_disk_is_said_and_left_empty(server: FileServer, tmp_path: Path, monkeypatch, code, expected):
    monkeypatch.setattr(
        fetching.Path, "open", lambda self, mode="r", *rest: FullDisk(code) if mode in ("ab", "wb") else None
    )
    with pytest.raises(DataSetError, match=expected):
        fetched(remote(server), tmp_path)
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(server: FileServer, tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(DataSetError, match="images.gz cannot be kept in"):
        fetched(remote(server), tmp_path / "file" / "folder")


def test_a_redirect_to_a_file_of_ours_is_not_followed(server: FileServer, tmp_path: Path, monkeypatch):
    secret = tmp_path / "secret"
    secret.write_bytes(CONTENT)

    def redirect(request) -> None:
        request.send_response(302)
        request.send_header("Location", secret.as_uri())
        request.end_headers()

    monkeypatch.setattr(server, "serve", redirect)
    with pytest.raises(DataSetError, match="could not be downloaded"):
        fetched(remote(server), tmp_path / "folder")

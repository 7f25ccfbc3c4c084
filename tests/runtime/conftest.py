"""A capture whose thread runs, and a camera on the loopback address."""

from collections.abc import Iterator

import pytest

from explorer.runtime.capture import Capture
from tests.sources.mjpeg_server import MjpegServer


@pytest.fixture
def capture() -> Iterator[Capture]:
    capture = Capture()
    capture.start()
    yield capture
    capture.stop()


@pytest.fixture
def server() -> Iterator[MjpegServer]:
    with MjpegServer() as server:
        yield server

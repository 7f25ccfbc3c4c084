"""What a test does to show a source."""

from explorer.runtime.capture import Capture, CaptureState
from explorer.sources.source import Source
from explorer.sources.stream import StreamSource
from tests.sources.mjpeg_server import MjpegServer


def stream(server: MjpegServer) -> StreamSource:
    return StreamSource(server.url, open_timeout_ms=500, read_timeout_ms=300)


def show(capture: Capture, source: Source) -> CaptureState:
    """Switch, and wait until that has worked or failed."""
    capture.switch(source)
    return capture.wait_until(
        lambda state: state.kind != "opening" and (state.source is source or state.kind == "failed")
    )
